import { expect, test } from 'vitest';
import { namedKeys } from './named-keys.ts';

test('only the keys that objectContaining names are kept, also in lists and below plain keys', () => {
  const entry = { status: 503, flags: 'UF', start: '12:00' };
  const named = expect.objectContaining({ status: 200, flags: 'UH' });
  expect(namedKeys(entry, named)).toEqual({ status: 503, flags: 'UF' });
  expect(namedKeys([entry, entry], [named])).toEqual([{ status: 503, flags: 'UF' }, entry]);
  expect(namedKeys({ log: [entry], more: 1 }, { log: [named] })).toEqual({
    log: [{ status: 503, flags: 'UF' }],
    more: 1,
  });
});

test('a key that is missing stays missing, and a value inside a named key stays whole', () => {
  const named = expect.objectContaining({ reply: { status: 200 }, flags: 'UH' });
  expect(namedKeys({ reply: { status: 503, body: '' }, start: 1 }, named)).toEqual({
    reply: { status: 503, body: '' },
  });
});

test('without objectContaining, and where it is negated, nothing is left out', () => {
  const entry = { status: 503, flags: 'UF' };
  expect(namedKeys(entry, { status: 200 })).toEqual(entry);
  expect(namedKeys(entry, expect.not.objectContaining({ status: 503 }))).toBe(entry);
  expect(namedKeys('text', expect.objectContaining({ status: 200 }))).toBe('text');
});
