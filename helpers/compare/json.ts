import { describeChange } from '../envoy/known-changes.ts';
import type { EnvoyRecord } from '../record/record.ts';
import type { Comparison } from './compare.ts';

/** The output of `compare --json`. */
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
