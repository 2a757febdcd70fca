/** `envoy-big-book/check`: the report of `bigbook check --json`. */
export type { Cause, Finding, Level } from '../helpers/check/finding.ts';
export { LEVELS } from '../helpers/check/finding.ts';
export {
  type AskResult,
  CHECK_SCHEMA,
  type CheckReport,
  type ConfigReport,
  type LoadResult,
  type NotSeen,
} from '../helpers/check/report.ts';
