import { type Document, isMap, isSeq, type YAMLMap } from 'yaml';

/** Adds an item to a list field, which may be absent, or an item without its list, as Envoy accepts it. */
export function append(document: Document, map: YAMLMap, field: string, item: object): void {
  const key = keyOf(map, field) ?? field;
  const list = map.get(key);
  if (isSeq(list)) list.add(document.createNode(item));
  else if (isMap(list)) map.set(key, document.createNode([list, item]));
  else map.set(key, document.createNode([item]));
}

/** The key of a field; protobuf's JSON form also allows camel case. */
export function keyOf(map: YAMLMap, field: string): string | undefined {
  return [field, field.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase())].find((key) => map.has(key));
}

/** The value of a field, by either key. */
export function fieldOf(map: YAMLMap, field: string): unknown {
  const key = keyOf(map, field);
  return key === undefined ? undefined : map.get(key);
}
