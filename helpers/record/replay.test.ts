import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { quoteForShell, replayCommand } from './replay.ts';
import { sampleEnvoy } from './sample.ts';

test.each(['plain', 'two words', "Envoy's own", '$HOME `id` "quoted" \\', ''])(
  'a shell reads %j back unchanged',
  (word) => {
    expect(execFileSync('sh', ['-c', `printf %s ${quoteForShell(word)}`], { encoding: 'utf8' })).toBe(word);
  },
);

test('the command names the chapter, the claim and the Envoy', () => {
  expect(replayCommand(sampleEnvoy([]), 'original-dst', 'the address dialled wins')).toBe(
    "npx bigbook run original-dst --claim 'the address dialled wins' --envoy 1.40.0",
  );
  expect(replayCommand({ name: '1.36.2.post1 again' }, 'original-dst')).toBe(
    'npx bigbook run original-dst --envoy 1.36.2.post1',
  );
});

test('the command names an image that was given', () => {
  const { identity } = sampleEnvoy([]);
  if (!identity) throw new Error('the sample names its Envoy');
  const given = { name: 'mine/envoy:dev', identity: { ...identity, source: 'given image' as const } };
  expect(replayCommand(given, 'tproxy-local')).toBe('npx bigbook run tproxy-local --envoy-image mine/envoy:dev');
});

test('the command names the backend where it is not the usual one', () => {
  const { name, machine } = sampleEnvoy([]);
  if (!machine) throw new Error('the sample names its machine');
  expect(replayCommand({ name, machine: { ...machine, backend: 'nft' } }, 'original-dst')).toBe(
    'npx bigbook run original-dst --envoy 1.40.0 --backend nft',
  );
});
