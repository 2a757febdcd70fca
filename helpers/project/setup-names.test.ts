import { expect, test } from 'vitest';
import { setupNames } from './setup-names.ts';

test.each([
  [['deploy/edge.yaml'], ['edge']],
  [['deploy/envoy.yaml'], ['deploy']],
  [['envoy.yaml'], ['envoy']],
  [
    ['a/envoy.yaml', 'b/envoy.yaml', 'b/a/envoy.json'],
    ['a', 'b', 'a-2'],
  ],
  [['mesh/frontProxy.v2.yml'], ['front-proxy-v2']],
  [['1/envoy.yaml'], ['envoy-1']],
])('setups of %j', (paths, names) => {
  expect([...setupNames(paths).values()]).toEqual(names);
});

test('a taken name gets a number', () => {
  expect(setupNames(['edge.yaml'], ['edge'])).toEqual(new Map([['edge.yaml', 'edge-2']]));
});
