import type { Colors } from 'picocolors/types.js';
import { type Change, describeChange } from '../envoy/known-changes.ts';
import { claimsOf, type EnvoyRecord } from '../record/record.ts';
import { counted, describeGround } from '../report/wording.ts';
import type { Comparison, Difference, Explained } from './compare.ts';
import { type Marks, PLAIN, wordDiff } from './word-diff.ts';

/** Longer values are cut where they are shown; a record has them whole. */
const LONGEST = 400;

/** How much is shown at once of what a known change has changed: one of them can be seen in a hundred counters. */
const FEW = 6;

/** Places in which the very same thing differs. */
interface Group<D extends Difference = Difference> {
  /** As in a difference, without which of several it is. */
  path: string;
  a?: string;
  b?: string;
  places: D[];
}

/** A comparison for a terminal. */
export function describeComparison(comparison: Comparison, colours: Colors): string {
  const { bold, dim, red, green, yellow } = colours;
  const marks: Marks = colours.isColorSupported ? { gone: red, come: green } : PLAIN;
  const { a, b, noise, stale } = comparison;
  const [nameA, nameB] = namesOf(comparison);
  const shown = (group: Group): string => {
    const [one, other] = values(group, marks);
    const width = Math.max(nameA.length, nameB.length);
    return [
      `  ${bold(group.path)}  ${dim(where(group))}`,
      `    ${nameA.padEnd(width)}  ${one ?? dim('(nothing)')}`,
      `    ${nameB.padEnd(width)}  ${other ?? dim('(nothing)')}`,
    ].join('\n');
  };
  const { known, unknown } = sorted(comparison);
  return [
    [...[a, b].map((each) => dim(`${each.name}: ${describeGround(each)}`)), ...remarks(comparison).map(yellow)].join(
      '\n',
    ),
    ...known.map(({ change, groups }) => {
      const more = groups.length - FEW;
      const rest = more > 0 ? [dim(`  and ${more} more, which --json or --markdown show`)] : [];
      return [`${green('known')}  ${describeChange(change)}`, ...groups.slice(0, FEW).map(shown), ...rest].join('\n');
    }),
    ...(unknown.length > 0 ? [[red('new'), ...unknown.map(shown)].join('\n')] : []),
    ...(stale.length > 0
      ? [[yellow('stale: known, but not seen'), ...stale.map((change) => `  ${describeChange(change)}`)].join('\n')]
      : []),
    ...(noise.length > 0 ? [[yellow(`noise: ${nameA} against itself`), ...grouped(noise).map(shown)].join('\n')] : []),
    verdict(comparison),
  ].join('\n\n');
}

/** A comparison as Markdown, fit for a pull request. */
export function comparisonPage(comparison: Comparison): string {
  const { a, b, noise, stale } = comparison;
  const [nameA, nameB] = namesOf(comparison);
  const table = (groups: Group[]): string =>
    [
      `| where | ${nameA} | ${nameB} | seen in |`,
      '| --- | --- | --- | --- |',
      ...groups.map((group) => {
        const [one, other] = values(group, PLAIN);
        return `| ${[code(group.path), one === undefined ? '' : code(one), other === undefined ? '' : code(other), where(group)].join(' | ')} |`;
      }),
    ].join('\n');
  const { known, unknown } = sorted(comparison);
  return [
    `## Envoy ${nameA} → ${nameB}`,
    verdict(comparison),
    [a, b].map((each) => `- ${each.name}: ${describeGround(each)}`).join('\n'),
    ...remarks(comparison),
    ...(unknown.length > 0 ? ['### New: nobody has explained these yet', table(unknown)] : []),
    ...(known.length > 0 ? ['### Known changes'] : []),
    ...known.flatMap(({ change, groups }) => [`**${describeChange(change)}**`, ...folded(groups, table)]),
    ...(stale.length > 0
      ? ['### Known, but not seen', stale.map((change) => `- ${describeChange(change)}`).join('\n')]
      : []),
    ...(noise.length > 0 ? [`### Noise: ${nameA} against itself`, table(grouped(noise))] : []),
  ]
    .join('\n\n')
    .concat('\n');
}

/** A long table as its first rows, the rest behind a line to click. */
function folded(groups: Group[], table: (groups: Group[]) => string): string[] {
  const more = groups.slice(FEW);
  if (more.length === 0) return [table(groups)];
  return [
    table(groups.slice(0, FEW)),
    `<details><summary>and ${more.length} more</summary>\n\n${table(more)}\n\n</details>`,
  ];
}

/** What `compare --json` prints. */
export function comparisonJson(comparison: Comparison): unknown {
  const sideOf = ({ name, identity, machine }: EnvoyRecord): unknown => ({ name, ...identity, machine });
  return {
    a: sideOf(comparison.a),
    b: sideOf(comparison.b),
    chapters: comparison.chapters,
    differences: comparison.differences.map(({ change, ...difference }) => ({
      ...difference,
      ...(change && { reason: describeChange(change) }),
    })),
    noise: comparison.noise,
    stale: comparison.stale.map(describeChange),
  };
}

/** What a reader should know before the differences. */
function remarks({ a, b, chapters }: Comparison): string[] {
  const builds = a.identity?.commit === b.identity?.commit && a.identity?.commit !== undefined;
  const [groundA, groundB] = [a, b].map(({ machine }) => machine && [machine.kernel, machine.iptables].join(', '));
  const left = [...new Set([...a.chapters, ...b.chapters].map(({ slug }) => slug))].filter(
    (slug) => !chapters.includes(slug),
  );
  return [
    ...(builds ? [`Both are built from one commit, ${a.identity?.commit.slice(0, 12)}.`] : []),
    ...(groundA !== groundB ? [`They ran on different ground: ${groundA} and ${groundB}.`] : []),
    ...(left.length > 0 ? [`Only one of both has ${left.join(', ')}: not compared.`] : []),
  ];
}

/** `3 differences in 19 chapters (371 claims): 2 known, 1 new.` */
function verdict({ a, chapters, differences, noise, stale }: Comparison): string {
  const claims = claimsOf({ chapters: a.chapters.filter(({ slug }) => chapters.includes(slug)) }).length;
  const of = `in ${counted(chapters.length, 'chapter')} (${counted(claims, 'claim')})`;
  const known = differences.filter(({ status }) => status === 'known').length;
  const said =
    differences.length === 0
      ? `No difference ${of}`
      : `${counted(differences.length, 'difference')} ${of}: ${known} known, ${differences.length - known} new`;
  const more = [
    ...(stale.length > 0 ? [`${counted(stale.length, 'known change')} not seen`] : []),
    ...(noise.length > 0 ? [`${counted(noise.length, 'place')} left out as noise`] : []),
  ];
  return `${[said, ...more].join('; ')}.`;
}

function namesOf({ a, b }: Comparison): [a: string, b: string] {
  return [a.name, b.name];
}

/** Differences by the change that explains them, those of the earliest first; and those that nothing explains. */
function sorted({ differences }: Comparison): { known: { change: Change; groups: Group[] }[]; unknown: Group[] } {
  const byChange = new Map<Change, Explained[]>();
  for (const difference of differences) {
    if (!difference.change) continue;
    byChange.set(difference.change, [...(byChange.get(difference.change) ?? []), difference]);
  }
  return {
    known: [...byChange].map(([change, some]) => ({ change, groups: grouped(some) })),
    unknown: grouped(differences.filter(({ change }) => change === undefined)),
  };
}

/** The same difference in several places once. */
function grouped<D extends Difference>(differences: D[]): Group<D>[] {
  const groups = new Map<string, Group<D>>();
  for (const difference of differences) {
    const { a, b } = difference;
    const path = difference.path.replaceAll(/\[\d+\]/g, '[]');
    const key = JSON.stringify([path, a, b]);
    const known = groups.get(key) ?? {
      path,
      ...(a === undefined ? {} : { a }),
      ...(b === undefined ? {} : { b }),
      places: [],
    };
    known.places.push(difference);
    groups.set(key, known);
  }
  return [...groups.values()];
}

/** `tproxy-local: GET http://<blue>`, or of several how many exchanges of which chapters. */
function where({ places }: Group): string {
  const [first, ...more] = places;
  if (first && more.length === 0)
    return [first.slug, first.claim, first.exchange].filter((part) => part !== '').join(' › ');
  const slugs = [...new Set(places.map(({ slug }) => slug))];
  return `${places.length} times in ${slugs.join(', ')}`;
}

function values(group: Group, marks: Marks): [a: string | undefined, b: string | undefined] {
  const [a, b] = [group.a, group.b].map((text) => text?.replaceAll(/\s+/g, ' '));
  if (a === undefined || b === undefined) return [cut(a), cut(b)];
  return wordDiff(a, b, marks).map(cut) as [string, string];
}

function cut<T extends string | undefined>(text: T): T | string {
  return text !== undefined && text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text;
}

/** A value in a cell of a table. */
function code(text: string): string {
  const inline = text.replaceAll('|', '\\|');
  return inline.includes('`') ? `\`\` ${inline} \`\`` : `\`${inline}\``;
}
