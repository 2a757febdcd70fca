import { describeChange } from '../envoy/known-changes.ts';
import { describeGround } from '../report/wording.ts';
import type { Comparison } from './compare.ts';
import { byChange, FEW, type Group, grouped, values, where } from './groups.ts';
import { describeCounts, remarks } from './summary.ts';
import { PLAIN } from './word-diff.ts';

/** Formats a comparison as Markdown for a pull request. */
export function comparisonPage(comparison: Comparison): string {
  const { a, b, noise, stale } = comparison;
  const table = (groups: Group[]): string =>
    [
      `| where | ${a.name} | ${b.name} | seen in |`,
      '| --- | --- | --- | --- |',
      ...groups.map((group) => {
        const [one, other] = values(group, PLAIN).map((value) => (value === undefined ? '' : code(value)));
        return `| ${[code(group.path), one, other, where(group)].join(' | ')} |`;
      }),
    ].join('\n');
  const { known, unknown } = byChange(comparison);
  return [
    `## Envoy ${a.name} → ${b.name}`,
    describeCounts(comparison),
    [a, b].map((each) => `- ${each.name}: ${describeGround(each)}`).join('\n'),
    ...remarks(comparison),
    ...(unknown.length > 0 ? ['### New: nobody has explained these yet', table(unknown)] : []),
    ...(known.length > 0 ? ['### Known changes'] : []),
    ...known.flatMap(({ change, groups }) => [`**${describeChange(change)}**`, ...folded(groups, table)]),
    ...(stale.length > 0
      ? ['### Known, but not seen', stale.map((change) => `- ${describeChange(change)}`).join('\n')]
      : []),
    ...(noise.length > 0 ? [`### Noise: ${a.name} against itself`, table(grouped(noise))] : []),
  ]
    .join('\n\n')
    .concat('\n');
}

/** A table whose rows after the first are in a closed `details` element. */
function folded(groups: Group[], table: (groups: Group[]) => string): string[] {
  const more = groups.slice(FEW);
  if (more.length === 0) return [table(groups)];
  return [
    table(groups.slice(0, FEW)),
    `<details><summary>and ${more.length} more</summary>\n\n${table(more)}\n\n</details>`,
  ];
}

/** A value in a table cell. */
function code(text: string): string {
  const inline = text.replaceAll('|', '\\|');
  return inline.includes('`') ? `\`\` ${inline} \`\`` : `\`${inline}\``;
}
