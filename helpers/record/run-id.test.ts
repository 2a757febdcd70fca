import { expect, test } from 'vitest';
import { newRunId } from './run-id.ts';

test('a run id holds the second in UTC and the process', () => {
  expect(newRunId(new Date('2026-11-22T23:59:00.123Z'), 4711)).toBe('20261122T235900Z-4711');
});

test('run ids sort by time', () => {
  const ids = [new Date('2027-01-01T00:00:00Z'), new Date('2026-12-31T23:59:59Z')].map((time) => newRunId(time, 1));
  expect(ids.toSorted()).toEqual(['20261231T235959Z-1', '20270101T000000Z-1']);
});
