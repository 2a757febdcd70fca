import { expect, test } from 'vitest';
import { messageOf } from './errors.ts';

test.for([
  [new Error('no luck'), 'no luck'],
  [{ name: 'Error', message: '\u001b[31mno\u001b[0m luck' }, 'no luck'],
  ['no luck', 'no luck'],
] as const)('the message of what was thrown is its text without colours', ([thrown, message]) => {
  expect(messageOf(thrown)).toBe(message);
});
