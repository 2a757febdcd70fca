import { claimsOf } from '../record/record.ts';
import { counted } from '../report/wording.ts';
import { type Comparison, slugsOf } from './compare.ts';

/** Remarks about both versions, machines and runs. */
export function remarks({ a, b, chapters, differentOrder }: Comparison): string[] {
  const builds = a.identity?.commit === b.identity?.commit && a.identity?.commit !== undefined;
  const [machineA, machineB] = [a, b].map(({ machine }) => machine && [machine.kernel, machine.iptables].join(', '));
  const left = [...new Set([...slugsOf(a), ...slugsOf(b)])].filter((slug) => !chapters.includes(slug));
  return [
    ...(builds ? [`Both are built from one commit, ${a.identity?.commit.slice(0, 12)}.`] : []),
    ...(machineA !== machineB ? [`They ran on different ground: ${machineA} and ${machineB}.`] : []),
    ...(differentOrder
      ? ['Their claims ran in different orders, so connections and counters may differ: run both with one --seed.']
      : []),
    ...(left.length > 0 ? [`Only one of both has ${left.join(', ')}: not compared.`] : []),
  ];
}

/** `3 differences in 19 chapters (371 claims): 2 known, 1 new.` */
export function describeCounts({ a, chapters, differences, noise, stale }: Comparison): string {
  const claims = claimsOf({ chapters: a.chapters.filter(({ slug }) => chapters.includes(slug)) }).length;
  const of = `in ${counted(chapters.length, 'chapter')} (${counted(claims, 'claim')})`;
  const known = differences.filter(({ status }) => status === 'known').length;
  const found =
    differences.length === 0
      ? `No difference ${of}`
      : `${counted(differences.length, 'difference')} ${of}: ${known} known, ${differences.length - known} new`;
  const more = [
    ...(stale.length > 0 ? [`${counted(stale.length, 'known change')} not seen`] : []),
    ...(noise.length > 0 ? [`${counted(noise.length, 'place')} left out as noise`] : []),
  ];
  return `${[found, ...more].join('; ')}.`;
}
