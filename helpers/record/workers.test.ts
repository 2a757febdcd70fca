import { expect, test } from 'vitest';
import { DEFAULT_WORKERS, workersFrom } from './workers.ts';

test('the environment chooses the number of workers', () => {
  expect(workersFrom({})).toBe(DEFAULT_WORKERS);
  expect(workersFrom({ BIGBOOK_WORKERS: '12' })).toBe(12);
});

test.each(['0', 'many', '', '-1', '1.5', '2e1', ' 2'])('%j is no number of workers', (text) => {
  expect(() => workersFrom({ BIGBOOK_WORKERS: text })).toThrow(
    `BIGBOOK_WORKERS is ${JSON.stringify(text)}, expected a whole number from 1`,
  );
});
