import { createHash } from 'node:crypto';
import type { Scenario } from '../scenario/scenario.ts';
import { UsageError } from '../util/errors.ts';
import type { Machine } from './record.ts';
import type { Variant } from './variants.ts';

/** Everything that the result of a trial depends on. Equal inputs give equal results. */
export interface TrialInputs extends Omit<Machine, 'capabilities'> {
  /** With the fault injected. */
  scenario: Scenario;
  /** The known change that the fault misdates; absent for a fault of the scenario. */
  misdated?: string;
  /** A trial of a mutation ends with the first claim that fails. */
  injects: NonNullable<Variant['injects']>;
  /** The Envoy config, before the changes of the scenario; absent where the chapter has no Envoy. */
  envoyConfig?: string;
  /** A hash of the claims file and of the modules of the project that it imports. */
  claims: string;
  /** A hash of the harness and of its dependencies. */
  harness: string;
  /** The id of Envoy's image. */
  envoyImage: string;
  /** The id of the image of hosts. */
  hostImage: string;
  /** The version of Node that runs the claims. */
  node: string;
  /** The names of the available ones. */
  capabilities: string[];
}

/** A name for the result of a trial: 64 hex digits. @throws UsageError for a scenario that is not plain data */
export function trialKey(inputs: TrialInputs): string {
  const parts = Object.entries(inputs).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(parts, plain)).digest('hex');
}

const PLAIN: unknown[] = [Object.prototype, Array.prototype, null];

/** A replacer for `JSON.stringify`, which would write functions, maps and regular expressions all alike. */
function plain(this: Record<string, unknown>, key: string, value: unknown): unknown {
  // The text of a date has replaced it in `value`.
  const own = this[key];
  const isObject = typeof own === 'object' && own !== null;
  if (
    ['function', 'symbol', 'bigint'].includes(typeof own) ||
    (isObject && !PLAIN.includes(Object.getPrototypeOf(own)))
  )
    throw new UsageError(
      `--incremental compares scenarios by their data, found ${Object.prototype.toString.call(own)} in "${key}"; use plain data or leave the option out`,
    );
  return value;
}
