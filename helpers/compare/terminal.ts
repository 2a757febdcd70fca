import type { Colors } from 'picocolors/types.js';
import { describeSince } from '../envoy/known-changes.ts';
import { describeEnvironment, indented } from '../report/wording.ts';
import { type Comparison, noisyVersions } from './compare.ts';
import { entriesOf, type KnownEntry, type ValueChange, valueChanges } from './entries.ts';
import { causeLines, describeSearch } from './guard-causes.ts';
import { describeScope, nextStep, remarks, verdictOf } from './summary.ts';
import { describeRest, describeWeights, FEW, placesText, placeText, valuesText } from './value-text.ts';
import { WEIGHTS } from './weight.ts';
import { type DiffStyle, PLAIN } from './word-diff.ts';

/**
 * Formats a comparison for a terminal; the last line is the verdict.
 *
 * @param all whether to print every value and every place of a change
 */
export function describeComparison(comparison: Comparison, colours: Colors, all = false): string {
  const { a, b, noise, notExercised } = comparison;
  const { bold, dim, red, green, yellow } = colours;
  const style: DiffStyle = colours.isColorSupported ? { removed: red, added: green } : PLAIN;
  const width = Math.max(a.name.length, b.name.length);

  const valueLines = (value: ValueChange): string => {
    const [one, other] = valuesText(value, style);
    const places = all ? value.places.map(placeText) : [placesText(value)];
    return [
      bold(value.path),
      `  ${a.name.padEnd(width)}  ${one ?? dim('(nothing)')}`,
      `  ${b.name.padEnd(width)}  ${other ?? dim('(nothing)')}`,
      ...places.map((place) => dim(`  ${place}`)),
      ...causeLines(value.places, comparison.guards, a.name).map((line) => `  ${line}`),
    ].join('\n');
  };
  const byWeight = (values: ValueChange[]): string[] =>
    WEIGHTS.flatMap((title, index) => {
      const those = values.filter(({ weight }) => weight === index + 1);
      return those.length > 0 ? [`${title}\n${indented(those.map(valueLines).join('\n'), 2)}`] : [];
    });
  const knownLines = ({ change, values }: KnownEntry): string => {
    const shown = all ? values : values.slice(0, FEW);
    const rest = values.slice(shown.length);
    return [
      `${green(describeSince(change))}: ${change.what}`,
      dim(`  source: ${change.source}`),
      `  ${describeWeights(values)}`,
      ...shown.map((value) => indented(valueLines(value), 2)),
      ...(rest.length > 0 ? [dim(`  ${describeRest(rest)}: --all lists them`)] : []),
    ].join('\n');
  };

  const { unknown, known } = entriesOf(comparison.differences);
  const section = (title: string, parts: string[]): string[] => (parts.length > 0 ? [bold(title), ...parts] : []);
  return [
    [
      ...[a, b].map((each) => dim(`${each.name.padEnd(width)}  ${describeEnvironment(each)}`)),
      ...remarks(comparison).map(yellow),
    ].join('\n'),
    ...section(red('Unknown differences'), byWeight(unknown)),
    ...section('Known changes', known.map(knownLines)),
    ...section(
      yellow('Known changes that no compared claim exercises'),
      notExercised.map((change) => `${describeSince(change)}: ${change.what}`),
    ),
    ...noisyVersions(noise).flatMap(([version, places]) =>
      section(yellow(`Noise: ${version} differs from itself`), byWeight(valueChanges(places))),
    ),
    ...(comparison.guards ? [describeSearch(comparison.guards, b.name)] : []),
    describeScope(comparison),
    `${bold(verdictOf(comparison))} ${nextStep(comparison)}`.trimEnd(),
  ].join('\n\n');
}
