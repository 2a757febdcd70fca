import { expect, test } from 'vitest';
import { coverOf } from './cover.ts';
import type { Plan } from './proof.ts';

const plan = (kills: Record<string, string[]>, titles = ['a', 'b', 'c']): Plan => ({
  slug: 'alpha',
  faults: Object.keys(kills),
  declaredFaults: Object.keys(kills),
  claims: titles.map((title) => ({ title, changes: [] })),
  kills: { kills },
});

const cover = (kills: Record<string, string[]>) => Object.fromEntries(coverOf(plan(kills), '1.40.0'));

test('each claim runs with one fault, the one that kills the fewest claims', () => {
  expect(cover({ all: ['a', 'b', 'c'], one: ['b'] })).toEqual({ all: ['a', 'c'], one: ['b'] });
});

test('a fault whose claims all run with others has its first claim', () => {
  expect(cover({ all: ['a', 'b', 'c'], one: ['b'], other: ['c', 'a'] })).toEqual({
    all: ['a'],
    one: ['b'],
    other: ['a', 'c'],
  });
});

test('a fault that no claim is expected to detect has all claims, and so has one without kills.json', () => {
  expect(cover({ all: ['a', 'b', 'c'], none: [] })).toEqual({ all: ['a', 'b', 'c'], none: ['a', 'b', 'c'] });
  const { kills: _, ...without } = plan({ all: [] });
  expect(coverOf(without, '1.40.0').get('all')).toEqual(['a', 'b', 'c']);
});

test('what is expected to be killed depends on the version', () => {
  const kills = { kills: { one: ['a'], two: ['b'] }, before: { errorResponse: { killed: { two: ['c'] } } } };
  const get = (version: string) => coverOf({ ...plan({ one: [], two: [] }), kills }, version).get('two');
  expect([get('1.40.0'), get('1.36.4')]).toEqual([['b'], ['b', 'c']]);
});
