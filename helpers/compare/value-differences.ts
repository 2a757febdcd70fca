import { parsedObject } from '../exchange/masked-json.ts';
import { given } from '../util/given.ts';
import { alignment } from './alignment.ts';
import type { Found } from './found.ts';
import { headerDifferences, isHeaders } from './header-differences.ts';

/** The differences of two plain values, by path. */
export function valueDifferences(path: string, a: unknown, b: unknown): Found[] {
  if (JSON.stringify(a) === JSON.stringify(b)) return [];
  if (isHeaders(a) && isHeaders(b) && a.length + b.length > 0) return headerDifferences(path, a, b, valueDifferences);
  if (Array.isArray(a) && Array.isArray(b)) return listDifferences(path, a, b);
  if (isObject(a) && isObject(b)) {
    return Object.keys({ ...a, ...b }).flatMap((key) => valueDifferences(`${path}.${key}`, a[key], b[key]));
  }
  if (typeof a === 'string' && typeof b === 'string') {
    const [one, other] = [parsedObject(a), parsedObject(b)];
    if (one && other) return valueDifferences(path, one, other);
  }
  return [{ path, ...given({ a: printed(a), b: printed(b) }) }];
}

/** @param nameOf aligns items and names them in paths; default: the JSON text aligns, the index names */
export function listDifferences<T>(path: string, a: T[], b: T[], nameOf?: (item: T) => string): Found[] {
  return alignment(a, b, nameOf ?? ((item) => JSON.stringify(item))).flatMap(([at, otherAt]) => {
    const [one, other] = [a[at ?? -1], b[otherAt ?? -1]];
    const item = one ?? other;
    const name = nameOf && item !== undefined ? nameOf(item) : (at ?? otherAt);
    return valueDifferences(`${path}[${name}]`, one, other);
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function printed(value: unknown): string | undefined {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
