import { describeChange } from '../envoy/known-changes.ts';
import { describeEnvironment } from '../report/wording.ts';
import { type Comparison, noisyVersions } from './compare.ts';
import { entriesOf, type KnownEntry, type ValueChange, valueChanges } from './entries.ts';
import { causeLines, describeSearch } from './guard-causes.ts';
import { describeScope, nextStep, remarks, verdictOf } from './summary.ts';
import { describeRest, describeWeights, FEW, placesText, placeText, valuesText } from './value-text.ts';
import { describeWeight } from './weight.ts';
import { PLAIN } from './word-diff.ts';

/**
 * Formats a comparison as Markdown for a pull request.
 *
 * @param all whether to list every place of a change
 */
export function comparisonPage(comparison: Comparison, all = false): string {
  const { a, b, noise, notExercised } = comparison;
  const table = (values: ValueChange[]): string =>
    [
      `| affects | where | ${a.name} | ${b.name} | seen in |`,
      '| --- | --- | --- | --- | --- |',
      ...values.map((value) => {
        const [one, other] = valuesText(value, PLAIN).map((text) => (text === undefined ? '' : code(text)));
        const places = all ? value.places.map(placeText).join('<br>') : placesText(value);
        const causes = causeLines(value.places, comparison.guards, a.name);
        const where = [cell(places), ...causes.map(cell)].join('<br>');
        return `| ${[describeWeight(value.weight), code(value.path), one, other, where].join(' | ')} |`;
      }),
    ].join('\n');
  const knownParts = ({ change, values }: KnownEntry): string[] => [
    `**${describeChange(change)}**`,
    `${describeWeights(values)}.`,
    ...folded(values, table),
  ];
  const { unknown, known } = entriesOf(comparison.differences);
  return [
    `## Envoy ${a.name} → ${b.name}`,
    `**${verdictOf(comparison)}** ${nextStep(comparison)}`.trimEnd(),
    describeScope(comparison),
    [a, b].map((each) => `- ${each.name}: ${describeEnvironment(each)}`).join('\n'),
    ...remarks(comparison),
    ...(unknown.length > 0 ? ['### Unknown differences', table(unknown)] : []),
    ...(comparison.guards ? [describeSearch(comparison.guards, b.name)] : []),
    ...(known.length > 0 ? ['### Known changes', ...known.flatMap(knownParts)] : []),
    ...(notExercised.length > 0
      ? [
          '### Known changes that no compared claim exercises',
          notExercised.map((change) => `- ${describeChange(change)}`).join('\n'),
        ]
      : []),
    ...noisyVersions(noise).flatMap(([version, places]) => [
      `### Noise: ${version} differs from itself`,
      table(valueChanges(places)),
    ]),
  ]
    .join('\n\n')
    .concat('\n');
}

/** A table whose rows after the first are in a closed `details` element. */
function folded(values: ValueChange[], table: (values: ValueChange[]) => string): string[] {
  const rest = values.slice(FEW);
  if (rest.length === 0) return [table(values)];
  return [
    table(values.slice(0, FEW)),
    `<details><summary>${describeRest(rest)}</summary>\n\n${table(rest)}\n\n</details>`,
  ];
}

/** A value in a table cell. */
function code(text: string): string {
  const inline = cell(text);
  return inline.includes('`') ? `\`\` ${inline} \`\`` : `\`${inline}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
