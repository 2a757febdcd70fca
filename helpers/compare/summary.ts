import { installed } from '../constants/project.mjs';
import { claimsOf } from '../record/record.ts';
import { replayCommand } from '../record/replay.ts';
import { counted } from '../report/wording.ts';
import { type Comparison, slugsOf } from './compare.ts';
import { countOf, entriesOf } from './entries.ts';

/** Remarks about both versions, machines and runs. */
export function remarks({ a, b, chapters, differentOrder }: Comparison): string[] {
  const builds = a.build?.commit === b.build?.commit && a.build?.commit !== undefined;
  const [machineA, machineB] = [a, b].map(({ machine }) => machine && [machine.kernel, machine.iptables].join(', '));
  const left = [...new Set([...slugsOf(a), ...slugsOf(b)])].filter((slug) => !chapters.includes(slug));
  return [
    ...(builds ? [`Both are built from the same commit, ${a.build?.commit.slice(0, 12)}.`] : []),
    ...(machineA !== machineB ? [`They ran on different machines: ${machineA} and ${machineB}.`] : []),
    ...(differentOrder
      ? ['Their claims ran in different orders, so connections and counters may differ: run both with one --seed.']
      : []),
    ...(left.length > 0 ? [`Not compared, because only one side has a record: ${left.join(', ')}.`] : []),
  ];
}

/** `322 differences in 19 chapters (379 claims), 4 places left out as noise.` */
export function describeScope({ a, chapters, differences, noise, notExercised }: Comparison): string {
  const claims = claimsOf({ chapters: a.chapters.filter(({ slug }) => chapters.includes(slug)) }).length;
  const parts = [
    `${counted(differences.length, 'difference')} in ${counted(chapters.length, 'chapter')} (${counted(claims, 'claim')})`,
    ...(noise.length > 0 ? [`${counted(noise.length, 'place')} left out as noise`] : []),
    ...(notExercised.length > 0 ? [`${counted(notExercised.length, 'known change')} not exercised`] : []),
  ];
  return `${parts.join(', ')}.`;
}

/** `12 entries (207 differences): all known changes.` or `2 unknown differences, and 12 known changes (205 differences).` */
export function verdictOf({ differences }: Comparison): string {
  const { unknown, known } = entriesOf(differences);
  const [news, old] = [countOf(unknown), known.reduce((sum, { count }) => sum + count, 0)];
  const changes = `${counted(known.length, 'known change')} (${counted(old, 'difference')})`;
  if (differences.length === 0) return 'No differences.';
  if (news === 0)
    return `${counted(known.length, 'entry', 'entries')} (${counted(old, 'difference')}): all known changes.`;
  return `${counted(news, 'unknown difference')}${known.length > 0 ? `, and ${changes}` : ''}.`;
}

/** What to do after the verdict; empty where nothing is left to do. */
export function nextStep({ a, b, differences }: Comparison): string {
  if (differences.length === 0) return '';
  const unknown = differences.filter(({ status }) => status === 'new');
  if (unknown.length === 0) return 'Before an upgrade, read the source of each change.';
  const failed = unknown.find(({ path, b: outcome }) => path === 'outcome' && outcome?.startsWith('failed'));
  if (failed) return `Replay a claim that failed: ${replayCommand(b, failed.slug, failed.claim)}`;
  const [one, other] = [a, b].map(({ name, build }) => build?.version ?? name);
  const where = one === other ? 'the changes between both builds' : `Envoy's release notes between ${one} and ${other}`;
  return `Look for the cause in ${where}; if the change is intended, add it to ${installed ? '`changes` of bigbook.config.ts' : 'helpers/envoy/known-changes.ts'}.`;
}
