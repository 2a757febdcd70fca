import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { guardsIn } from './guards.ts';

test('guards are found in a binary, also across chunks, each once', async () => {
  const chunks = [
    '\0envoy_reloadable_features_a\0envoy_reload',
    'able_features_b_2\0envoy_restart_fea',
    'tures_c\0',
    '\xffenvoy_reloadable_features_a\0',
  ];
  expect(await guardsIn(Readable.from(chunks.map((chunk) => Buffer.from(chunk, 'latin1'))))).toEqual([
    'envoy.reloadable_features.a',
    'envoy.reloadable_features.b_2',
    'envoy.restart_features.c',
  ]);
});

test("names with dots and guards of Envoy's own tests are no guards", async () => {
  const text = 'envoy.reloadable_features.x\0envoy_reloadable_features_test_feature_true\0';
  expect(await guardsIn(Readable.from([Buffer.from(text)]))).toEqual([]);
});
