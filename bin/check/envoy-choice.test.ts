import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NEWEST } from '../../helpers/envoy/versions.ts';
import { chooseEnvoys } from './envoy-choice.ts';

const names = async (options: Parameters<typeof chooseEnvoys>[0], near?: string): Promise<string[]> => {
  const { a, b } = await chooseEnvoys(options, near);
  return [a.name, b.name];
};

test('two Envoys are taken as given, in their order', async () => {
  expect(await names({ envoy: '1.40.0, 1.36.4' })).toEqual(['1.40.0', '1.36.4']);
  expect(await names({ envoy: 'v1.36.4,registry.example/envoy:dev' })).toEqual([
    '1.36.4',
    'registry.example/envoy:dev',
  ]);
  expect(await names({ envoy: '1.36.4', envoyImage: ['envoyproxy/envoy:dev'] })).toEqual([
    '1.36.4',
    'envoyproxy/envoy:dev',
  ]);
  expect(await names({ envoy: '1.36.4,1.36.4' })).toEqual(['1.36.4', '1.36.4 once more']);
});

test('one Envoy is A, and the newest known version is B', async () => {
  expect(await names({ envoy: '1.36.4' })).toEqual(['1.36.4', NEWEST]);
  await expect(names({ envoy: NEWEST })).rejects.toThrow('nothing is newer');
});

test('a minor version stands for its newest release', async () => {
  expect(await names({ envoy: '1.38,1.39' })).toEqual(['1.38.3', '1.39.3']);
});

test('A is the version in use near the config, in its folder or above it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'choice-'));
  try {
    const config = join(folder, 'deploy/envoy/envoy.yaml');
    mkdirSync(join(folder, 'deploy/envoy'), { recursive: true });
    writeFileSync(config, 'static_resources: {}');
    mkdirSync(join(folder, '.git'));
    await expect(names({}, config)).rejects.toThrow('no Envoy version is found');
    writeFileSync(join(folder, 'Dockerfile'), 'FROM envoyproxy/envoy:v1.36.4\n');
    expect(await names({}, config)).toEqual(['1.36.4', NEWEST]);
    writeFileSync(join(folder, 'deploy/.envoy-version'), '1.37.0\n');
    const { a, notes } = await chooseEnvoys({}, config);
    expect(a.name).toBe('1.37.0');
    expect(notes[0]).toMatch(/^Envoy 1\.37\.0 is taken from .*deploy\/\.envoy-version\.$/);
    expect(await names({ envoyImage: ['envoy:dev'] }, config)).toEqual(['1.37.0', 'envoy:dev']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('unknown versions and more than two Envoys are refused', async () => {
  await expect(names({ envoy: '1.37.9,1.40.0' })).rejects.toThrow('did you mean "1.37.0"?');
  await expect(names({ envoy: '1.36.4,1.37.0,1.40.0' })).rejects.toThrow('a check takes two Envoys, found 3');
});
