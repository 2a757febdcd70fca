/** `envoy-big-book/check`: what `bigbook check` does, and its report. */
import { readFileSync } from 'node:fs';
import { checkAll } from '../bin/check/check-setups.ts';
import type { CheckOptions } from '../bin/check/options.ts';
import type { CheckReport } from '../helpers/check/report.ts';
import type { JsonObject } from '../helpers/util/json.ts';

export type { CheckOptions } from '../bin/check/options.ts';
export { type Cause, type Finding, LEVELS, type Level } from '../helpers/check/finding.ts';
export {
  type AskResult,
  CHECK_SCHEMA,
  type CheckReport,
  type ConfigReport,
  type LoadResult,
  type NotSeen,
} from '../helpers/check/report.ts';

/**
 * Compares two Envoys on configs. Prints nothing.
 *
 * @param configs files, folders and globs, or names of setups. Default: all setups of the project
 * @throws an error named `UsageError` for input that cannot be checked, `SetupError` where labs cannot start
 */
export function check(configs: readonly string[] = [], options: CheckOptions = {}): Promise<CheckReport> {
  return checkAll(configs, options);
}

/** The JSON schema of reports. */
export const checkSchema: JsonObject = JSON.parse(
  readFileSync(new URL('../helpers/check/check.schema.json', import.meta.url), 'utf8'),
);
