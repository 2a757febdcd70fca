import { isMap, isNode, visit, type YAMLMap } from 'yaml';
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
  if (!isNode(root)) return found;
  visit(root, {
    Map(_, map, path) {
      const { type, body } = typed(map);
      const internal = path.some((node) => isMap(node) && keyOf(node, 'internal_listener') !== undefined);
      if (type !== undefined) found.push({ type, body, internal });
    },
  });
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
