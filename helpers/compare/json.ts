import { describeChange } from '../envoy/known-changes.ts';
import type { EnvoyRecord } from '../record/record.ts';
import { given } from '../util/given.ts';
import type { Comparison } from './compare.ts';
import { entriesOf } from './entries.ts';
import type { Explained } from './explain.ts';
import { verdictOf } from './summary.ts';
import { WEIGHTS, weightOf } from './weight.ts';

/** The output of `compare --json`: every difference, in the order of the other forms. */
export function comparisonJson(comparison: Comparison): unknown {
  const sideOf = ({ name, build, machine }: EnvoyRecord): unknown => ({ name, ...build, machine });
  const { unknown, known } = entriesOf(comparison.differences);
  const { guards } = comparison;
  const jsonOf = (explained: Explained): unknown => {
    const { change, ...difference } = explained;
    const cause = guards?.causes.get(explained);
    return {
      weight: weightOf(difference.path),
      ...difference,
      ...(change && { reason: describeChange(change) }),
      ...given({ cause }),
    };
  };
  return {
    a: sideOf(comparison.a),
    b: sideOf(comparison.b),
    chapters: comparison.chapters,
    verdict: verdictOf(comparison),
    weights: Object.fromEntries(WEIGHTS.map((title, index) => [index + 1, title])),
    differences: [...unknown, ...known.flatMap(({ values }) => values)].flatMap(({ places }) => places.map(jsonOf)),
    noise: comparison.noise.map((difference) => ({ weight: weightOf(difference.path), ...difference })),
    ...(guards && { guards: { defined: guards.guards, runs: guards.runs, seconds: guards.ms / 1000 } }),
    notExercised: comparison.notExercised.map(describeChange),
  };
}
