import type { Difference } from '../../compare/differences.ts';
import { levelOf } from './level.ts';

/** Differences of requests, and how many follow from others. */
export interface Kept<D extends Difference> {
  kept: D[];
  /** The number of those that are left out. */
  followed: number;
}

/**
 * Leaves out what follows from another difference of the same exchange: lengths of a body of another
 * length, what logs and counters say of another response, counters of other TLS parameters.
 */
export function withoutConsequences<D extends Difference>(differences: readonly D[]): Kept<D> {
  const exchanges = new Map<string, D[]>();
  for (const difference of differences) {
    const at = JSON.stringify([difference.claim, difference.exchange]);
    exchanges.set(at, [...(exchanges.get(at) ?? []), difference]);
  }
  const kept = [...exchanges.values()].flatMap((those) => {
    const [first] = those;
    return first?.claim === '' ? those : those.filter((difference) => !follows(difference, those));
  });
  return { kept, followed: differences.length - kept.length };
}

const STATUS = /^replies\[\d+\]\.status$/;

function follows(difference: Difference, others: readonly Difference[]): boolean {
  const { path, a, b } = difference;
  const level = levelOf(difference);
  // Another status comes with another response, and with another way through Envoy.
  const isBelowStatus = !STATUS.test(path) && level !== 'crash' && level !== 'tls';
  if (isBelowStatus && others.some((other) => STATUS.test(other.path))) return true;
  if (/^replies\[\d+\]\.headers\.content-length( in order)?$/.test(path)) {
    const body = others.find((other) => /^replies\[\d+\]\.body\b/.test(other.path));
    if (path.endsWith(' in order')) return others.some((other) => isOtherHeader(other));
    return body !== undefined && Number(b) - Number(a) === lengthOf(body.b) - lengthOf(body.a);
  }
  // A position says nothing where headers have come or gone.
  if (/^replies\[\d+\]\.headers\..* in order$/.test(path)) return others.some(isOtherHeader);
  if (/^stats\./.test(path) && level === 'tls') return others.some((other) => /\.tls\b/.test(other.path));
  if (level !== 'log' && level !== 'metric') return false;
  return others.some((other) => levelOf(other) === 'answer' || levelOf(other) === 'crash');
}

function isOtherHeader({ path, a, b }: Difference): boolean {
  return /^replies\[\d+\]\.headers\.\S+$/.test(path) && (a === undefined) !== (b === undefined);
}

function lengthOf(text = ''): number {
  return Buffer.byteLength(text);
}
