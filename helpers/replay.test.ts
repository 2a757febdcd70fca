import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { sampleRun } from './record-sample.ts';
import { quoteForShell, replayCommand } from './replay.ts';

test.each(['plain', 'two words', "Envoy's own", '$HOME `id` "quoted" \\', ''])(
  'a shell reads %j back unchanged',
  (word) => {
    expect(execFileSync('sh', ['-c', `printf %s ${quoteForShell(word)}`], { encoding: 'utf8' })).toBe(word);
  },
);

test('the command names the chapter, the claim and the Envoy', () => {
  const envoy = { version: '1.40.0', commit: '', build: '', image: '', source: 'release binary' } as const;
  expect(replayCommand({ envoy }, 'original-dst', 'the address dialled wins')).toBe(
    "npx bigbook run original-dst --claim 'the address dialled wins' --envoy 1.40.0",
  );
  expect(replayCommand({}, 'original-dst')).toBe('npx bigbook run original-dst');
});

test('the command names the backend where it is not the usual one', () => {
  const { machine } = sampleRun([]);
  if (!machine) throw new Error('the sample names its machine');
  expect(replayCommand({ machine }, 'original-dst')).toBe('npx bigbook run original-dst');
  expect(replayCommand({ machine: { ...machine, backend: 'nft' } }, 'original-dst')).toBe(
    'npx bigbook run original-dst --backend nft',
  );
});
