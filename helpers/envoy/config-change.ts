import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap, isNode, isScalar, isSeq, parseDocument } from 'yaml';
import { unknownName } from '../util/suggestion.mjs';
import { describePlace, findPlace, follow, type Place, placeOf, type Selector } from './select.ts';

/**
 * A change of an object in an Envoy config, by paths from there: `typed_config.failure_mode_allow`,
 * `domains[*:443]`.
 */
export interface ConfigChange {
  /** Default: the whole config. */
  at?: Selector;
  /** New values of existing fields. */
  set?: Record<string, unknown>;
  /** Values of new fields. */
  add?: Record<string, unknown>;
  /** New last items of lists. */
  append?: Record<string, unknown>;
  delete?: string[];
}

/**
 * Changes an Envoy config, except comments and order.
 *
 * @throws where a part of the change has no effect
 */
export function changeConfig(yaml: string, change: ConfigChange): string {
  const document = parseDocument(yaml);
  const at = change.at ? placeOf(document, change.at) : [];
  const has = (path: string): Place => {
    const place = follow(document, at, path);
    if (place && document.hasIn(place)) return place;
    throw new Error(`the config has no ${path}; \`add\` adds a field${missingKey(document, place)}`);
  };
  for (const [path, value] of Object.entries(change.set ?? {})) {
    if (document.getIn(has(path)) === value) throw new Error(`${path} is ${value} already`);
  }
  for (const path of Object.keys(change.add ?? {})) {
    const place = follow(document, at, path);
    if (!place || document.hasIn(place)) throw new Error(`the config has ${path} already; \`set\` replaces a value`);
  }
  for (const path of Object.keys(change.append ?? {})) {
    if (!isSeq(document.getIn(has(path)))) throw new Error(`the config has no list at ${path}`);
  }
  for (const path of change.delete ?? []) has(path);
  return applied(document, at, change);
}

/** The first missing step of a place, with a suggestion. */
function missingKey(document: Document, place: Place = []): string {
  const at = place.findIndex((_, index) => !document.hasIn(place.slice(0, index + 1)));
  const holder = document.getIn(place.slice(0, at), true);
  if (at < 0 || !isMap(holder)) return '';
  const known = holder.items.map(({ key }) => String(key));
  return `: ${unknownName('key', String(place[at]), known)}`;
}

/** As `changeConfig`, for a config that may have the change already, or lack its object. */
export function ensureConfig(yaml: string, change: ConfigChange): string {
  const document = parseDocument(yaml);
  const at = change.at ? findPlace(document, change.at) : [];
  return at ? applied(document, at, change) : yaml;
}

function applied(document: Document, at: Place, { set, add, append, delete: paths = [] }: ConfigChange): string {
  const where = (path: string): Place => follow(document, at, path) ?? [];
  for (const [path, value] of Object.entries({ ...set, ...add })) {
    const place = where(path);
    const scalar = typeof value !== 'object' || value === null;
    if (place.length > 0) document.setIn(place, scalar ? value : document.createNode(value));
  }
  for (const [path, value] of Object.entries(append ?? {})) {
    const list = document.getIn(where(path));
    if (!isSeq(list)) continue;
    const there = list.items.some((item) => isNode(item) && isDeepStrictEqual(item.toJS(document), value));
    if (!there) list.add(document.createNode(value));
  }
  for (const path of paths) {
    const place = where(path);
    if (place.length > 0 && document.hasIn(place)) document.deleteIn(place);
  }
  return document.toString();
}

/** A scalar of a config. */
export interface ConfigLeaf {
  /** The innermost containing object, if any. */
  at?: Selector;
  /** The path from there. */
  path: string;
  /** The keys from the top, without positions in lists. */
  keys: string;
  value: string | number | boolean | null;
}

/** Every scalar of an Envoy config, in file order; scalars behind an alias only at the anchor. */
export function leavesOf(yaml: string): ConfigLeaf[] {
  const document = parseDocument(yaml);
  const walk = (node: unknown, place: Place): ConfigLeaf[] => {
    if (isScalar(node)) {
      const keys = place.filter((step) => typeof step === 'string').join('.');
      return [{ ...describePlace(document, place), keys, value: node.value as ConfigLeaf['value'] }];
    }
    if (isSeq(node)) return node.items.flatMap((item, at) => walk(item, [...place, at]));
    if (!isMap(node)) return [];
    return node.items.flatMap(({ key, value }) => walk(value, [...place, String(key)]));
  };
  return walk(document.contents, []);
}
