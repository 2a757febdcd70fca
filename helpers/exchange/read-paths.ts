import { isHeaders } from '../compare/header-differences.ts';
import { maskText, type Roles } from './masking.ts';
import { circumstancesOf, type Observation, recordedOf } from './observation.ts';
import { RECORDED, RECORDED_KINDS, type RecordedKind, type Seen } from './observers/registry.ts';
import type { Read } from './recording-view.ts';

/**
 * The paths of reads in the observation of an exchange, sorted. Values that a record does not keep
 * have no path.
 */
export function readPaths(reads: Read[], seen: Seen, observation: Observation, roles: Roles): string[] {
  const indexes = new Map<RecordedKind, (number | undefined)[]>();
  const paths = reads.flatMap(({ kind, keys, exists }) => {
    if (kind === 'title') return 'exchange';
    if (!isRecorded(kind)) return [];
    const [index, ...fields] = inRecord(kind, keys, seen);
    const recorded = observation[kind];
    if (!Array.isArray(recorded) || index === 'length' || index === undefined) {
      return pathOf(kind, recorded, index === undefined ? [] : [index, ...fields], exists, roles) ?? [];
    }
    const known = indexes.get(kind) ?? recordedIndexes(kind, seen, observation, roles);
    indexes.set(kind, known);
    const at = known[Number(index)];
    return at === undefined ? [] : (pathOf(`${kind}[${at}]`, recorded[at], fields, exists, roles) ?? []);
  });
  return [...new Set(paths)].sort();
}

function isRecorded(kind: string): kind is RecordedKind {
  return RECORDED_KINDS.some((recorded) => recorded === kind);
}

function inRecord<K extends RecordedKind>(kind: K, keys: string[], seen: Seen): string[] {
  return RECORDED[kind].recordedKeys?.(keys, seen[kind]) ?? keys;
}

/**
 * The index in the record of each item of an exchange; undefined where the record leaves it out.
 */
function recordedIndexes<K extends RecordedKind>(
  kind: K,
  seen: Seen,
  observation: Observation,
  roles: Roles,
): (number | undefined)[] {
  const items: unknown[] = Object.values(seen[kind]);
  const texts = Object.values(observation[kind]).map((item) => JSON.stringify(item));
  const circumstances = circumstancesOf(seen);
  const used = new Map<string, number>();
  return items.map((item) => {
    const [recorded] = Object.values(recordedOf(kind, [item] as Seen[K], circumstances, roles));
    if (recorded === undefined) return undefined;
    const text = JSON.stringify(recorded);
    const last = used.get(text);
    // Equal items are recorded in order, or once.
    const next = texts.indexOf(text, (last ?? -1) + 1);
    const at = next < 0 ? last : next;
    if (at !== undefined) used.set(text, at);
    return at;
  });
}

/** The path of a value in a record; undefined where the record leaves it out. */
function pathOf(path: string, value: unknown, keys: string[], exists: boolean, roles: Roles): string | undefined {
  const [key, ...rest] = keys;
  if (key === undefined) return path;
  if (Array.isArray(value) && key === 'length') return `${path}.length`;
  if (isHeaders(value)) {
    const [name] = value.find(([each]) => each.toLowerCase() === key.toLowerCase()) ?? [];
    return name === undefined && exists ? undefined : `${path}.${name ?? key}`;
  }
  const name = maskText(key, roles);
  const at = Array.isArray(value) ? `${path}[${key}]` : `${path}.${name}`;
  const next: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  if (next === undefined) return exists || rest.length > 0 ? undefined : at;
  return pathOf(at, next, rest, exists, roles);
}
