import { expect, test } from 'vitest';
import { errorText } from './error-text.ts';

const frame = (file: string, line: number) => ({ file, line, column: 7, method: '' });

test('an assertion is its message, the difference and the line of the book, without colours', () => {
  const error = {
    name: 'AssertionError',
    message: "expected 'green' to be 'blue'",
    diff: '\u001b[32m- blue\u001b[39m\n\u001b[31m+ green\u001b[39m',
    stacks: [frame('/book/node_modules/x/index.js', 1), frame('/book/suites/a.test.ts', 14)],
  };
  expect(errorText(error, '/book')).toBe("expected 'green' to be 'blue'\n- blue\n+ green\nat suites/a.test.ts:14:7");
});

test('an error of another kind is named, with its cause', () => {
  const error = { name: 'TypeError', message: 'no such thing', cause: { name: 'Error', message: 'broken pipe' } };
  expect(errorText(error, '/book')).toBe('TypeError: no such thing\ncaused by broken pipe');
});

test('set-up trouble speaks for itself: no place in the code, no path of this machine', () => {
  const error = {
    name: 'SetupError',
    message: 'lab a: see /book/reports/x',
    stacks: [frame('/book/fixtures/lab.ts', 3)],
  };
  expect(errorText(error, '/book')).toBe('lab a: see reports/x');
});
