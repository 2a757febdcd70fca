import { expect, test } from 'vitest';
import { lastAndSlug, splitCommand } from './split-command.ts';

test('what stands behind the first -- is the command, whatever it holds', () => {
  const given = ['node', 'bigbook', 'exec', 'host', '--', 'sh', '-c', 'a', '--', 'b'];
  expect(splitCommand(['host', 'sh', '-c', 'a', '--', 'b'], given)).toEqual({
    words: ['host'],
    command: ['sh', '-c', 'a', '--', 'b'],
  });
});

test('without -- there is no command', () => {
  expect(splitCommand(['host'], ['node', 'bigbook', 'exec', 'host'])).toEqual({ words: ['host'], command: [] });
});

test('of two words the first is the chapter', () => {
  expect(lastAndSlug(['host'], 'a host')).toEqual({ slug: undefined, last: 'host' });
  expect(lastAndSlug(['original-dst', 'host'], 'a host')).toEqual({ slug: 'original-dst', last: 'host' });
  expect(() => lastAndSlug([], 'a host')).toThrow('missing a host');
  expect(() => lastAndSlug(['a', 'b', 'c'], 'a host')).toThrow('too many words: expected [slug] a host, found a b c');
});
