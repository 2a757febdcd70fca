import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { errorText } from './error-text.ts';

const frame = (file: string, line: number) => ({ file, line, column: 7, method: '' });

test('an assertion is its message, the difference and the line of the book, without colours', () => {
  const error = {
    name: 'AssertionError',
    message: "expected [ 'green', …(1) ] to deeply equal [ 'blue', …(1) ]",
    diff: '  [\n\u001b[32m-   blue\u001b[39m\n\u001b[31m+   green\u001b[39m',
    stacks: [frame('/book/node_modules/x/index.js', 1), frame('/book/suites/a.test.ts', 14)],
  };
  expect(errorText(error, '/book')).toBe(
    'the received value differs from the expected value\n  [\n-   blue\n+   green\nat suites/a.test.ts:14:7',
  );
});

test('a summary that is cut off gives way to the name of the value and a given message; others stay', async () => {
  const root = await mkdtemp(join(tmpdir(), 'error-'));
  onTestFinished(() => rm(root, { recursive: true }));
  await writeFile(join(root, 'a.test.ts'), 'expect(accessLog).toEqual([');
  const headOf = (message: string) =>
    errorText({ message, diff: '  [\n-   1\n+   2', stacks: [frame(join(root, 'a.test.ts'), 1)] }, root).split('\n', 1);
  const named = 'accessLog differs from the expected value';
  expect(headOf('expected [ { …(18) } ] to deeply equal [ ObjectContaining{…} ]')).toEqual([named]);
  expect(headOf('expected A{ b: { …(8) } } to match object { c: 1 }\n(12 matching properties omitted)')).toEqual([
    named,
  ]);
  expect(headOf('after the reload: expected [ …(2) ] to deeply equal []')).toEqual([`after the reload: ${named}`]);
  for (const kept of [
    "expected [ 'a' ] to deeply equal [ 'b' ]",
    "expected 'upstream con…' to be ''",
    'expected [ …(2) ] to deep equally contain { …(3) }',
    'expected { …(3) } to not deeply equal { …(3) }',
  ]) {
    expect(headOf(kept)).toEqual([kept]);
  }
});

test('two values of one line each stand in the message and nowhere else, unless it has one cut short', () => {
  const diff = '- Expected:\n"timeout"\n\n+ Received:\n200';
  const error = { name: 'AssertionError', message: "expected 200 to be 'timeout' // Object.is equality", diff };
  expect(errorText(error, '/book')).toBe("expected 200 to be 'timeout'");
  const short = {
    name: 'AssertionError',
    message: "expected 'upstream con…' to be ''",
    diff: '- \n+ upstream connect',
  };
  expect(errorText(short, '/book')).toContain('upstream connect');
});

test('what was asserted stands with its place, so that the message needs not name it', async () => {
  const root = await mkdtemp(join(tmpdir(), 'error-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const file = join(root, 'a.test.ts');
  await writeFile(file, 'const a = 1;\n  expect(a, "a").toBe(2);\n  expect(\n    a + 1,\n    "b",\n  ).toBe(2);\n');
  const textAt = (line: number) => errorText({ message: 'no', stacks: [frame(file, line)] }, root);
  expect(textAt(1)).toBe('no\nat a.test.ts:1:7');
  expect(textAt(2)).toBe('no\nat a.test.ts:2:7: expect(a, "a").toBe(2)');
  expect(textAt(6)).toBe('no\nat a.test.ts:6:7: expect( a + 1, "b", ).toBe(2)');
});

test('the place of an assertion of the harness is the claim that led to it', () => {
  const stacks = [frame('/book/fixtures/lab/envoy.ts', 1), frame('/book/suites/a.test.ts', 14)];
  expect(errorText({ name: 'AssertionError', message: 'Envoy crashed', stacks }, '/book')).toBe(
    'Envoy crashed\nat suites/a.test.ts:14:7',
  );
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
