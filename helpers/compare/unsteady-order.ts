import type { Observation } from '../exchange/observation.ts';
import type { RawHeader } from '../exchange/wire.ts';
import type { EnvoyRecord } from '../record/record.ts';
import { type Difference, differencesOf } from './differences.ts';

/** Two records of one version. */
export type Repeated = readonly [EnvoyRecord, EnvoyRecord];

/** Header lists whose order varies by itself, by what `keyOf` returns. */
export type UnsteadyOrders = ReadonlySet<string>;

/**
 * The header lists that a version reorders by itself: all requests to one server, since Envoy may
 * build them from a map, and single responses.
 */
export function unsteadyOrders(repeated: readonly Repeated[]): UnsteadyOrders {
  return new Set(
    repeated.flatMap(([one, other]) =>
      differencesOf(one, other)
        .filter(({ path }) => path.endsWith(' in order'))
        .flatMap((difference) => keyOfDifference(difference, one) ?? []),
    ),
  );
}

/** A record with the headers of these lists in the order of their names. */
export function withSettledOrder(record: EnvoyRecord, orders: UnsteadyOrders): EnvoyRecord {
  if (orders.size === 0) return record;
  return {
    ...record,
    chapters: record.chapters.map((chapter) => ({
      ...chapter,
      claims: chapter.claims.map((claim) => ({
        ...claim,
        observations: claim.observations.map((seen) => settled(seen, orders, [chapter.slug, claim.title])),
      })),
    })),
  };
}

function settled(seen: Observation, orders: UnsteadyOrders, [slug, claim]: [string, string]): Observation {
  const { replies, received } = seen;
  return {
    ...seen,
    replies: orders.has(keyOf(slug, 'replies', claim, seen.exchange)) ? replies.map(byName) : replies,
    received: received.map((request) =>
      orders.has(keyOf(slug, 'received', request.servedBy)) ? byName(request) : request,
    ),
  };
}

function keyOfDifference({ slug, claim, exchange, path }: Difference, record: EnvoyRecord): string | undefined {
  if (path.startsWith('replies[')) return keyOf(slug, 'replies', claim, exchange);
  const [, at] = /^received\[(\d+)\]/.exec(path) ?? [];
  if (at === undefined) return undefined;
  const claims = record.chapters.find((chapter) => chapter.slug === slug)?.claims ?? [];
  const observations = claims.find(({ title }) => title === claim)?.observations ?? [];
  const request = observations.find((seen) => seen.exchange === exchange)?.received[Number(at)];
  return request && keyOf(slug, 'received', request.servedBy);
}

function keyOf(...parts: string[]): string {
  return JSON.stringify(parts);
}

/** Headers of one name keep their order. */
function byName<T extends { headers: RawHeader[] }>(message: T): T {
  return { ...message, headers: message.headers.toSorted(([x], [y]) => (x < y ? -1 : x > y ? 1 : 0)) };
}
