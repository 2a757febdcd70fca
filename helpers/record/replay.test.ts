import { expect, test } from 'vitest';
import { replayCommand } from './replay.ts';
import { sampleEnvoy } from './sample.ts';

test('the command names the chapter, the claim and the Envoy', () => {
  expect(replayCommand(sampleEnvoy([]), 'original-dst', 'the address dialled wins')).toBe(
    "npm run bigbook -- run original-dst --claim 'the address dialled wins' --envoy 1.40.0",
  );
  expect(replayCommand({ name: '1.36.2.post1 again' }, 'original-dst')).toBe(
    'npm run bigbook -- run original-dst --envoy 1.36.2.post1',
  );
});

test('the command names an image that was given', () => {
  const { build } = sampleEnvoy([]);
  if (!build) throw new Error('the sample names its Envoy');
  const given = { name: 'mine/envoy:dev', build: { ...build, source: 'given image' as const } };
  expect(replayCommand(given, 'tproxy-local')).toBe('npm run bigbook -- run tproxy-local --envoy-image mine/envoy:dev');
});

test('the command names the backend where it is not the usual one', () => {
  const { name, machine } = sampleEnvoy([]);
  if (!machine) throw new Error('the sample names its machine');
  expect(replayCommand({ name, machine: { ...machine, backend: 'nft' } }, 'original-dst')).toBe(
    'npm run bigbook -- run original-dst --envoy 1.40.0 --backend nft',
  );
});
