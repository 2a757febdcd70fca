import { isMap, isSeq, type YAMLMap } from 'yaml';
import { given } from '../../util/given.ts';
import { fieldOf, keyOf } from '../config-fields.ts';

export interface TypedNode {
  /** The full name of its protobuf message. */
  type: string;
  body: YAMLMap;
  /** Whether it is in an internal listener. */
  internal: boolean;
}

/** Every message with a type (`@type`), a TypedStruct with the type that it contains. */
export function typedNodes(root: unknown): TypedNode[] {
  const found: TypedNode[] = [];
  // `visit` copies the path of each node, which takes several times as long.
  const search = (node: unknown, isInternal: boolean): void => {
    if (isSeq(node)) for (const item of node.items) search(item, isInternal);
    if (!isMap(node)) return;
    const internal = isInternal || keyOf(node, 'internal_listener') !== undefined;
    const { type, body } = typed(node);
    if (type !== undefined) found.push({ type, body, internal: isInternal });
    for (const { value } of node.items) search(value, internal);
  };
  search(root, false);
  return found;
}

function typed(map: YAMLMap): { type?: string; body: YAMLMap } {
  const type = nameOf(map.get('@type'));
  if (type === undefined || !/^(xds\.type\.v3|udpa\.type\.v1)\.TypedStruct$/.test(type)) {
    return { ...given({ type }), body: map };
  }
  const value = map.get('value');
  return isMap(value) ? { ...given({ type: nameOf(fieldOf(map, 'type_url')) }), body: value } : { body: map };
}

/** `envoy.a.v3.B` of `type.googleapis.com/envoy.a.v3.B`. */
function nameOf(url: unknown): string | undefined {
  return typeof url === 'string' ? url.slice(url.lastIndexOf('/') + 1) : undefined;
}
