import {
  Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  visit,
} from 'yaml';
import { UsageError } from '../../util/errors.ts';
import { isObject, type Json, type JsonObject } from '../../util/json.ts';
import { snakeCase } from '../fields.ts';

/** A parsed config in YAML or JSON. */
export interface ConfigDocument {
  text: string;
  /** Its value, with aliases expanded and the last one of duplicate keys, as Envoy reads it. */
  value: JsonObject;
  /** Its nodes with their places in the text; absent for large JSON. */
  document?: Document;
  lines: LineCounter;
}

/** The place of a value: keys, and positions in lists. */
export type ConfigPath = (string | number)[];

/** To parse more takes many seconds; YAML that people write is shorter. */
const MOST_YAML_BYTES = 1_000_000;
const MOST_BYTES = 32_000_000;

/** Of a config with aliases expanded. */
const MOST_NODES = 500_000;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a binary file has
const BINARY = /[\u0000-\u0008\u000e-\u001f\ufffd]/;

const EXPECTED = 'expected an Envoy bootstrap in YAML or JSON';

/** @throws UsageError for an empty or a binary file */
export function expectText(text: string, name: string): void {
  if (text.trim() === '') throw new UsageError(`${name}: the file is empty; ${EXPECTED}`);
  if (BINARY.test(text.slice(0, MOST_BYTES))) throw new UsageError(`${name}: the file is binary; ${EXPECTED}`);
}

/**
 * Parses a config as Envoy does: duplicate keys are allowed, the last one counts.
 *
 * @param name for messages: the path of the file
 * @throws UsageError in one line where it is empty, binary, too large, not YAML, or no mapping
 */
export function parseConfig(text: string, name: string): ConfigDocument {
  expectText(text, name);
  const json = text.length > MOST_BYTES ? undefined : jsonOf(text);
  if (json === undefined && text.length > MOST_YAML_BYTES) {
    throw new UsageError(
      `${name}: ${megabytes(text.length)} MB of YAML are too much; expected ${megabytes(MOST_YAML_BYTES)} MB or less, or JSON`,
    );
  }
  const lines = new LineCounter();
  if (json !== undefined && text.length > MOST_YAML_BYTES) return { text, value: json, lines };
  const { document, end } = parsed(text, name, lines);
  if (!isMap(document.contents)) throw new UsageError(`${name}: no mapping at the top; ${EXPECTED}`);
  if (hasMappingAsKey(document)) throw new UsageError(`${name}: ${TEMPLATE}`);
  if (expandedSize(document) > MOST_NODES) {
    throw new UsageError(
      `${name}: its YAML aliases expand to more than ${MOST_NODES} values; write them out, or remove them`,
    );
  }
  return {
    text: text.slice(0, end),
    value: json ?? (document.toJS({ maxAliasCount: -1 }) as JsonObject),
    document,
    lines,
  };
}

function jsonOf(text: string): JsonObject | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function parsed(text: string, name: string, lines: LineCounter): { document: Document; end?: number } {
  // Envoy reads the first document of several.
  const documents = parseAllDocuments(text, { uniqueKeys: false, lineCounter: lines, logLevel: 'silent' });
  const all = [...documents].filter(({ contents }) => contents !== null);
  const document = all[0] ?? new Document(null);
  const [error] = document.errors;
  if (error === undefined) return { document, ...(all.length > 1 && document.range && { end: document.range[2] }) };
  // The parser reports an overflow of its stack as an error of the text.
  if (/call stack/.test(error.message))
    throw new UsageError(`${name}: its values are nested too deeply for a bootstrap`);
  const [reason = ''] = error.message.split(/ at line \d+/, 1);
  throw new UsageError(
    /\{\{.*\}\}/.test(text) || /^\s*\{%/m.test(text)
      ? `${name}: ${TEMPLATE}`
      : `${name}:${lines.linePos(error.pos[0]).line}: not valid YAML: ${reason}`,
  );
}

const TEMPLATE = 'a template, no YAML; render it first, and check the result';

/** `{{ .Values.port }}` is a mapping whose key is a mapping. */
function hasMappingAsKey(document: Document): boolean {
  let found = false;
  visit(document, {
    Pair: (_, { key }) => {
      found ||= isCollection(key);
    },
  });
  return found;
}

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1).replace(/\.0$/, '');

/** The number of values with every alias expanded; does not expand them. */
function expandedSize(document: Document): number {
  const anchored = new Map<string, number>();
  const sizeOf = (node: unknown): number => {
    // An alias inside of its own anchor has no end.
    if (isAlias(node)) return anchored.get(node.source) ?? Number.POSITIVE_INFINITY;
    if (isPair(node)) return sizeOf(node.value);
    const size = isCollection(node) ? node.items.reduce((sum: number, item) => sum + sizeOf(item), 1) : 1;
    if ((isCollection(node) || isScalar(node)) && node.anchor !== undefined) anchored.set(node.anchor, size);
    return size;
  };
  return sizeOf(document.contents);
}

/** A value of a config, with its key where it is in a mapping. */
export interface FoundNode {
  key?: Node;
  value: Node;
}

/**
 * The node at a path, whose keys may be in snake_case while the text has camelCase. A single value in
 * place of a list is its first item.
 */
export function nodeAt({ document }: ConfigDocument, path: ConfigPath): FoundNode | undefined {
  if (!document?.contents) return undefined;
  let found: FoundNode = { value: document.contents as Node };
  for (const step of path) {
    const node = isAlias(found.value) ? found.value.resolve(document) : found.value;
    if (isMap(node)) {
      if (step === 0) continue;
      const pair = (node.items as Pair[]).findLast(
        ({ key }) => isScalar(key) && sameField(String(key.value), String(step)),
      );
      if (pair === undefined) return undefined;
      found = { key: pair.key as Node, value: (pair.value ?? pair.key) as Node };
    } else if (isSeq(node)) {
      const item = node.items[Number(step)];
      if (item === undefined) return undefined;
      found = { value: item as Node };
    } else return undefined;
  }
  return found;
}

function sameField(key: string, step: string): boolean {
  return key === step || snakeCase(key) === snakeCase(step);
}

/** The line of a node, from 1. */
export function lineOf({ lines }: ConfigDocument, { key, value }: FoundNode): number | undefined {
  const at = (key ?? value).range?.[0];
  return at === undefined ? undefined : lines.linePos(at).line;
}

/** A value that replaces another one. */
export interface ConfigEdit {
  path: ConfigPath;
  to: string;
  /** A key that replaces the last one of the path. */
  key?: string;
}

/** The text of a config with some of its values replaced; everything else stays as it is written. */
export function editConfig(config: ConfigDocument, edits: ConfigEdit[]): string {
  if (edits.length === 0) return config.text;
  if (!config.document) {
    const value = structuredClone(config.value);
    for (const edit of edits) setAt(value, edit);
    return JSON.stringify(value, undefined, 1);
  }
  const places = new Map<number, { end: number; text: string }>();
  const replace = (node: Node | undefined, text: string): void => {
    if (!node?.range) return;
    const [start, end] = node.range;
    places.set(start, { end, text });
  };
  for (const { path, to, key } of edits) {
    const found = nodeAt(config, path);
    const node = found && isAlias(found.value) ? found.value.resolve(config.document) : found?.value;
    // A block scalar ends with its line break.
    const block = isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED');
    replace(node, `${JSON.stringify(to)}${block ? '\n' : ''}`);
    if (key !== undefined) replace(found?.key, key);
  }
  return [...places]
    .sort(([a], [b]) => b - a)
    .reduce((text, [start, { end, text: to }]) => text.slice(0, start) + to + text.slice(end), config.text);
}

/** Replaces the value at a path. */
function setAt(value: JsonObject, { path, to, key }: ConfigEdit): void {
  const holder = path
    .slice(0, -1)
    .reduce<Json | undefined>((at, step) => (at as JsonObject | undefined)?.[step], value) as JsonObject;
  const last = String(path.at(-1));
  if (key !== undefined) delete holder[last];
  holder[key ?? last] = to;
}
