import { parsedObject } from '../exchange/masked-json.ts';
import { describedLines, type Observation } from '../exchange/observation.ts';
import { RECORDED_KINDS, type RecordedKind } from '../exchange/observers/registry.ts';
import { counted } from '../report/wording.ts';
import { resolve } from './observation-path.ts';

/** A value of an observation that a claim read. */
export interface ReadValue {
  kind: RecordedKind;
  /** Names the value in every observation of a chapter: `replies[0].headers.x-a`. */
  path: string;
  /** `x-a: 1`. */
  text: string;
}

/** The values that a claim read of an observation, by kind, each once. */
export function readValues(seen: Observation): ReadValue[] {
  const paths = seen.read ?? [];
  const byKind = RECORDED_KINDS.flatMap((kind) => {
    const own = paths.filter((path) => kindOf(path) === kind);
    // The items show their number.
    return own.some((path) => path.startsWith(`${kind}[`)) ? own.filter((path) => path !== `${kind}.length`) : own;
  });
  const values = byKind.flatMap((path) => valuesAt(seen, path)).sort((a, b) => rank(a) - rank(b));
  return [...new Map(values.map((value) => [`${value.kind} ${value.text}`, value])).values()];
}

/** A status before all else of its kind, a body behind. */
function rank({ kind, path }: ReadValue): number {
  const field = path.replace(/^\w+\[\d+\]\./, '');
  return 3 * RECORDED_KINDS.indexOf(kind) + (NAMELESS.includes(field) ? 0 : field.startsWith('body') ? 2 : 1);
}

/** Whether an observation has the same value at the same path. */
export function hasValue(seen: Observation, { kind, path, text }: ReadValue): boolean {
  return (
    valuesAt(seen, path).some((value) => value.text === text) ||
    (isLine(kind) && describedLines(seen, kind).includes(text))
  );
}

/** How each kind and one of its items are named, and whether one line describes an item. */
const KIND_WORDS: Record<RecordedKind, { name: string; item: string; line?: true }> = {
  crashes: { name: 'Envoy', item: 'crash', line: true },
  replies: { name: 'response', item: 'response' },
  received: { name: 'upstream', item: 'request' },
  streams: { name: 'upstream', item: 'connection', line: true },
  connections: { name: 'upstream', item: 'connection', line: true },
  checks: { name: 'check', item: 'check' },
  httpChecks: { name: 'check', item: 'check' },
  limitRequests: { name: 'rate limit request', item: 'rate limit request' },
  jwksRequests: { name: 'JWKS server', item: 'request' },
  authzLog: { name: 'authorization service log', item: 'line', line: true },
  metadata: { name: 'metadata service', item: 'request', line: true },
  sidecarLog: { name: "sidecar's access log", item: 'line' },
  accessLog: { name: 'access log', item: 'line' },
  accessLogText: { name: 'text of the access log', item: 'line' },
  ownLog: { name: "the config's access log", item: 'line' },
  stats: { name: 'counters', item: 'counter' },
  rules: { name: 'rules', item: 'matching rule', line: true },
  conntrack: { name: 'conntrack', item: 'entry', line: true },
};

/** The name of a kind, before its values. */
export function kindName(kind: RecordedKind): string {
  return KIND_WORDS[kind].name;
}

function isLine(kind: RecordedKind): boolean {
  return KIND_WORDS[kind].line ?? false;
}

function kindOf(path: string): string {
  return /^\w+/.exec(path)?.[0] ?? '';
}

function valuesAt(seen: Observation, path: string): ReadValue[] {
  const kind = RECORDED_KINDS.find((each) => each === kindOf(path));
  if (!kind) return [];
  const rest = path.slice(kind.length);
  const value = (text: string): ReadValue => ({ kind, path, text });
  if (rest === '') {
    const lines = describedLines(seen, kind).map((text) => value(text.trim()));
    return lines.length > 0 ? lines : [value(countText(kind, 0))];
  }
  if (kind === 'stats') return [value(`${rest.slice(1)} +${seen.stats[rest.slice(1)] ?? 0}`)];
  const items = seen[kind];
  const [, at, field = ''] = /^\[(\d+)\]\.?(.*)$/.exec(rest) ?? [];
  const item = items[Number(at)];
  if (item === undefined) return [value(countText(kind, items.length))];
  if (isLine(kind)) return describedLines({ ...seen, [kind]: [item] }, kind).map(value);
  const found = resolve(item, field);
  const fields = field === 'body' ? bodyFields(found, seen.received.length > 0) : [];
  if (fields.length === 0) return [value(fieldText(kind, field, found))];
  return fields.map((name) => {
    const inner = `${field}.${name}`;
    return { kind, path: `${path}.${name}`, text: fieldText(kind, inner, resolve(item, inner)) };
  });
}

/** The fields of a JSON body; of an upstream's only those that do not repeat the received request. */
function bodyFields(body: unknown, isReceived: boolean): string[] {
  const fields = typeof body === 'string' ? Object.keys(parsedObject(body) ?? {}) : [];
  return fields.filter((name) => !isReceived || !/^(headers|local|remote|path|tls)$/.test(name));
}

/** `no request`, `2 requests`. */
function countText(kind: RecordedKind, count: number): string {
  const { item } = KIND_WORDS[kind];
  return count === 0 ? `no ${item}` : counted(count, item);
}

/** Fields that need no name. */
const NAMELESS = ['status', 'ended.code'];

/** Parts of a path that readers do not need. */
const FILLING = /^attributes\.(request\.http\.)?|(?<=^attributes\.\w+\.)address\.socket_address\./g;

function fieldText(kind: RecordedKind, field: string, value: unknown): string {
  const header = /(?:^|\.)headers\.(.+)$/.exec(field)?.[1];
  if (header === 'length' && typeof value === 'number') return counted(value, 'header');
  if (header !== undefined) return headerText(header, value);
  const name = field.replaceAll(FILLING, '');
  if (value === undefined || value === null) return `no ${name}`;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (NAMELESS.includes(field)) return text;
  if (text === '') return `empty ${name}`;
  return kind === 'accessLog' || kind === 'ownLog' ? `${name}=${text}` : `${name}: ${text}`;
}

function headerText(name: string, value: unknown): string {
  const lines = (Array.isArray(value) ? value : [value]).filter((line) => line !== undefined);
  return lines.length === 0 ? `no ${name}` : lines.map((line) => `${name}: ${line}`).join(', ');
}
