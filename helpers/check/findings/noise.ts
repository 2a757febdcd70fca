import { type Difference, differencesOf, placeOf } from '../../compare/differences.ts';
import { generalPath } from '../../compare/entries.ts';
import { unsteadyOrders, withSettledOrder } from '../../compare/unsteady-order.ts';
import { claimsOf, type EnvoyRecord } from '../../record/record.ts';
import { levelOf } from './level.ts';

/** Two records of each version, in the order in which they were made. */
export interface FourRecords {
  a: EnvoyRecord;
  aAgain: EnvoyRecord;
  b: EnvoyRecord;
  bAgain: EnvoyRecord;
}

/** Records without the order of the headers that a version reorders by itself. */
export function withoutUnsteadyOrder(records: FourRecords): FourRecords {
  const { a, aAgain, b, bAgain } = records;
  const orders = unsteadyOrders([
    [a, aAgain],
    [b, bAgain],
  ]);
  const settled = (record: EnvoyRecord): EnvoyRecord => withSettledOrder(record, orders);
  return { a: settled(a), aAgain: settled(aAgain), b: settled(b), bAgain: settled(bAgain) };
}

/** Separates the differences of two versions from what a version shows against itself. */
export interface Noise {
  /** Whether a difference is noise. */
  has: (difference: Difference) => boolean;
  /** The differences of each version against itself. */
  differences: Difference[];
}

/**
 * The noise of four records: places where a version differs from itself; counters that a version counts
 * differently anywhere; requests that a limit by time has rejected.
 */
export function noiseOf({ a, aAgain, b, bAgain }: FourRecords): Noise {
  const differences = [...differencesOf(a, aAgain), ...differencesOf(b, bAgain)];
  const places = new Set(differences.map(placeOf));
  const counters = new Set(
    differences
      .filter((each) => isCount(each) && !hasExchangeOf(each, differences))
      .map(({ path }) => generalPath(path)),
  );
  const limited = new Set([a, aAgain, b, bAgain].flatMap(limitedByTime));
  const has = (difference: Difference): boolean =>
    places.has(placeOf(difference)) ||
    (isCount(difference) && counters.has(generalPath(difference.path))) ||
    (limited.has(difference.claim) && statusDiffers(difference.claim, [a, aAgain, b, bAgain]));
  return { has, differences };
}

/** Whether a place is a counter or a line of a log, which a race can change without any other sign. */
function isCount(difference: Difference): boolean {
  return ['metric', 'log'].includes(levelOf(difference)) && /^(stats|accessLog)\b/.test(difference.path);
}

/** Whether the response to the same request varies too: then its counters vary for that reason. */
function hasExchangeOf({ claim }: Difference, differences: Difference[]): boolean {
  return differences.some((each) => each.claim === claim && /^(replies|outcome|exchange|crashes)\b/.test(each.path));
}

/** Requests that a token bucket has rejected, which it refills by time. */
function limitedByTime(record: EnvoyRecord): string[] {
  return claimsOf(record).flatMap(({ title, observations }) =>
    observations.some(({ accessLog }) =>
      accessLog.some(({ response_code_details }) => response_code_details === 'local_rate_limited'),
    )
      ? [title]
      : [],
  );
}

function statusDiffers(title: string, records: EnvoyRecord[]): boolean {
  const statuses = records.map((record) =>
    JSON.stringify(
      claimsOf(record)
        .filter((claim) => claim.title === title)
        .flatMap(({ observations }) => observations.map(({ replies }) => replies.map(({ status }) => status))),
    ),
  );
  return new Set(statuses).size > 1;
}
