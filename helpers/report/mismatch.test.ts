import { expect, test } from 'vitest';
import { differingLines } from './mismatch.ts';

test('of an object only what differs remains, with the keys that lead to it and its neighbours', () => {
  const diff = `- Expected
+ Received

  {
    "received": [
      {
        "headers": {
          "a": "1",
          "b": "2",
-         "c": "9",
+         "c": "3",
        },
        "path": "/",
      },
    ],
    "reply": {
      "body": "hello",
      "headers": [
        [
          "server",
          "envoy",
        ],
+       [
+         "x-served-by",
+         "blue",
+       ],
      ],
-     "status": 503,
+     "status": 200,
    },
  }`;
  expect(differingLines(diff)).toBe(`- Expected
+ Received

  {
    "received": [
      {
        "headers": {
          …
          "b": "2",
-         "c": "9",
+         "c": "3",
    "reply": {
      …
      "headers": [
        …
+       [
+         "x-served-by",
+         "blue",
+       ],
-     "status": 503,
+     "status": 200,`);
});

test('of a text the lines next to a change remain', () => {
  expect(differingLines('  a\n  b\n- c\n+ x\n  d\n  e')).toBe('  …\n  b\n- c\n+ x\n  d\n  …');
});

test('a text without a diff is unchanged', () => {
  expect(differingLines('- Expected:\n"timeout"\n\n+ Received:\n200')).toContain('200');
});
