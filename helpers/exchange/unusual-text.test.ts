import { expect, test } from 'vitest';
import { unusualText } from './unusual-text.ts';

test.each([
  ['{"a":100000,"b":"x","c":null}', undefined],
  ['{"a":1e+05,"b":"1e+05"}', { a: '1e+05' }],
  ['{"outer":{"n":2e+07},"list":[1,"a\\"b"]}', { n: '2e+07' }],
  ['{"path":"\\u002fx"}', { path: '"\\u002fx"' }],
  ['{"a": 1}', { line: '{"a": 1}' }],
  ['{"a":1,"a":1}', { line: '{"a":1,"a":1}' }],
])('%s has unusual text in %j', (line, fields) => {
  expect(unusualText(line)).toEqual(fields);
});
