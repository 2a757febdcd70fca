import {
  Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isSeq,
  type Node,
  Pair,
  parseDocument,
  Scalar,
  YAMLMap,
  YAMLSeq,
} from 'yaml';
import { readOctalNumbers } from '../octal-numbers.ts';

/** Above so many characters, JSON is parsed as such, which is several times as fast. */
const LARGE = 200_000;

/** A document that was not parsed as YAML is written as JSON. */
export function textOf(document: Document): string {
  return document.range ? document.toString({ lineWidth: 0 }) : JSON.stringify(document.toJS({ maxAliasCount: -1 }));
}

function parsedJson(text: string): unknown {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function documentOf(text: string): Document {
  const json = text.length > LARGE ? parsedJson(text) : undefined;
  if (json !== undefined) return new Document(json, { aliasDuplicateObjects: false });
  const document = parseDocument(text, { uniqueKeys: false, intAsBigInt: true });
  readOctalNumbers(document);
  return document;
}

/** The document of a file of resources (a DiscoveryResponse); undefined for any other file. */
export function resourcesIn(text: string): Document | undefined {
  if (!/\bresources\b/.test(text) || !text.includes('@type')) return undefined;
  const document = documentOf(text);
  const valid = document.errors.length === 0 && isMap(document.contents) && document.has('resources');
  return valid ? document : undefined;
}

/**
 * Replaces every alias by a copy of its node: an addition to one filter must not appear in another.
 */
export function expandAliases(document: Document): void {
  // `Alias.resolve` searches the whole document for each alias. An anchor precedes its aliases.
  const anchored = new Map<string, unknown>();
  const expanded = (node: unknown): unknown => {
    if (isAlias(node)) return anchored.has(node.source) ? copyOf(anchored.get(node.source)) : node;
    if (isMap(node)) {
      for (const pair of node.items) {
        pair.key = expanded(pair.key);
        pair.value = expanded(pair.value);
      }
    } else if (isSeq(node)) node.items = node.items.map(expanded);
    if (isNode(node) && node.anchor !== undefined) {
      anchored.set(node.anchor, node);
      delete node.anchor;
    }
    return node;
  };
  document.contents = expanded(document.contents) as Node | null;
}

/** `Node.clone` copies the descriptor of each property, which takes several times as long. */
function copyOf(node: unknown): unknown {
  if (isPair(node)) return new Pair(copyOf(node.key), copyOf(node.value));
  if (isMap(node)) return Object.assign(new YAMLMap(node.schema), node, { items: node.items.map(copyOf) });
  if (isSeq(node)) return Object.assign(new YAMLSeq(node.schema), node, { items: node.items.map(copyOf) });
  return node instanceof Scalar ? Object.assign(new Scalar(node.value), node) : node;
}
