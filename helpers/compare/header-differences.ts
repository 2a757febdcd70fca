import type { RawHeader } from '../exchange/wire.ts';
import { alignment } from './alignment.ts';
import type { Found } from './found.ts';

export function isHeaders(value: unknown): value is RawHeader[] {
  return (
    Array.isArray(value) &&
    value.every((item) => Array.isArray(item) && item.length === 2 && item.every((text) => typeof text === 'string'))
  );
}

/** Differences of headers by name, then of the order of common headers. */
export function headerDifferences(
  path: string,
  a: RawHeader[],
  b: RawHeader[],
  differences: (path: string, a: unknown, b: unknown) => Found[],
): Found[] {
  const names = [...new Set([...a, ...b].map(([name]) => name))];
  const values = (headers: RawHeader[], name: string): string[] =>
    headers.filter(([other]) => other === name).map(([, value]) => value);
  const found = names.flatMap((name) => {
    const [one, other] = [values(a, name), values(b, name)];
    return Array.from({ length: Math.max(one.length, other.length) }, (_, index) =>
      differences(`${path}.${name}${index > 0 ? `[${index}]` : ''}`, one[index], other[index]),
    ).flat();
  });
  const common = (headers: RawHeader[], others: RawHeader[]): string[] =>
    headers.flatMap(([name]) => (others.some(([other]) => other === name) ? name : []));
  return [...found, ...movedHeaders(path, common(a, b), common(b, a))];
}

/** The smallest set of moved headers that explains the new order. */
function movedHeaders(path: string, a: string[], b: string[]): Found[] {
  const behind = (names: string[], index: number): string => (index === 0 ? 'first' : `behind ${names[index - 1]}`);
  const kept = alignment(a, b, (name) => name).filter(
    ([one, other]) => one !== undefined && other !== undefined && a[one] === b[other],
  );
  const [keptA, keptB] = [new Set(kept.map(([one]) => one)), new Set(kept.map(([, other]) => other))];
  return a.flatMap((name, index) => {
    if (keptA.has(index)) return [];
    const now = b.findIndex((other, at) => other === name && !keptB.has(at));
    const [was, is] = [behind(a, index), behind(b, now)];
    // A header that moved with the one before it says nothing more.
    return now < 0 || was === is ? [] : [{ path: `${path}.${name} in order`, a: was, b: is }];
  });
}
