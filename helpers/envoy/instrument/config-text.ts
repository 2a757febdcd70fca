import { Document, isMap, isNode, type Node, parseDocument, visit } from 'yaml';
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
  const anchored = new Map<string, Node>();
  visit(document, {
    Alias: (_, { source }) => {
      const copy = anchored.get(source)?.clone();
      return isNode(copy) ? copy : undefined;
    },
    Value: (_, node) => {
      if (node.anchor !== undefined) anchored.set(node.anchor, node);
      delete node.anchor;
    },
  });
}
