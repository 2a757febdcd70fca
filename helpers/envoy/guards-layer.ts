import { type Document, isMap, type YAMLMap } from 'yaml';
import { append, fieldOf, keyOf } from './config-fields.ts';

/** Adds a layer to the runtime, the last one, which overrides the others. */
export function addGuards(document: Document, guards: Record<string, boolean>, changes: string[]): void {
  const key = isMap(document.contents) ? (keyOf(document.contents, 'layered_runtime') ?? 'layered_runtime') : '';
  const own = document.get(key);
  const runtime = isMap(own) ? own : (document.createNode({}) as YAMLMap);
  // Without layers, Envoy has one for its admin interface (source/common/runtime/runtime_impl.cc).
  if (fieldOf(runtime, 'layers') == null) append(document, runtime, 'layers', { name: 'admin', admin_layer: {} });
  append(document, runtime, 'layers', { name: 'harness guards', static_layer: guards });
  document.set(key, runtime);
  changes.push(`The runtime gets ${Object.keys(guards).length} guards.`);
}
