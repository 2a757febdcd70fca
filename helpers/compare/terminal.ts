import type { Colors } from 'picocolors/types.js';
import { describeChange } from '../envoy/known-changes.ts';
import { describeGround } from '../report/wording.ts';
import type { Comparison } from './compare.ts';
import { byChange, FEW, type Group, grouped, values, where } from './groups.ts';
import { describeCounts, remarks } from './summary.ts';
import { type DiffStyle, PLAIN } from './word-diff.ts';

/** Formats a comparison for a terminal. */
export function describeComparison(comparison: Comparison, colours: Colors): string {
  const { bold, dim, red, green, yellow } = colours;
  const style: DiffStyle = colours.isColorSupported ? { removed: red, added: green } : PLAIN;
  const { a, b, noise, stale } = comparison;
  const shown = (group: Group): string => {
    const [one, other] = values(group, style);
    const width = Math.max(a.name.length, b.name.length);
    return [
      `  ${bold(group.path)}  ${dim(where(group))}`,
      `    ${a.name.padEnd(width)}  ${one ?? dim('(nothing)')}`,
      `    ${b.name.padEnd(width)}  ${other ?? dim('(nothing)')}`,
    ].join('\n');
  };
  const section = (title: string, lines: string[]): string[] =>
    lines.length > 0 ? [[title, ...lines].join('\n')] : [];
  const { known, unknown } = byChange(comparison);
  const grounds = [a, b].map((each) => dim(`${each.name}: ${describeGround(each)}`));
  return [
    [...grounds, ...remarks(comparison).map(yellow)].join('\n'),
    ...known.map(({ change, groups }) => {
      const more = groups.length - FEW;
      const rest = more > 0 ? [dim(`  and ${more} more, which --json or --markdown show`)] : [];
      return [`${green('known')}  ${describeChange(change)}`, ...groups.slice(0, FEW).map(shown), ...rest].join('\n');
    }),
    ...section(red('new'), unknown.map(shown)),
    ...section(
      yellow('stale: known, but not seen'),
      stale.map((change) => `  ${describeChange(change)}`),
    ),
    ...section(yellow(`noise: ${a.name} against itself`), grouped(noise).map(shown)),
    describeCounts(comparison),
  ].join('\n\n');
}
