import { expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { addGuards } from './guards-layer.ts';

test('guards are the last layer of the runtime, beside the layers that it has', () => {
  const guards = { 'envoy.reloadable_features.a': false };
  const layer = { name: 'harness guards', static_layer: guards };
  const layersOf = (config: object): unknown => {
    const document = parseDocument(JSON.stringify(config));
    addGuards(document, guards, []);
    const runtime = document.toJS() as Record<string, Record<string, unknown>>;
    return runtime.layered_runtime?.layers ?? runtime.layeredRuntime?.layers;
  };
  expect(layersOf({})).toEqual([{ name: 'admin', admin_layer: {} }, layer]);
  expect(layersOf({ layered_runtime: { layers: [{ name: 'own' }] } })).toEqual([{ name: 'own' }, layer]);
  expect(layersOf({ layeredRuntime: { layers: [{ name: 'own' }] } })).toEqual([{ name: 'own' }, layer]);
});
