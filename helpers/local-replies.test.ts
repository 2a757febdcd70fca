import { expect, test } from 'vitest';
import { connectionRefusedBody } from './local-replies.ts';

test('the reason of a refused connection is told up to 1.38.0', () => {
  expect(connectionRefusedBody('1.38.0')).toMatch(
    /, transport failure reason: delayed connect error: Connection refused$/,
  );
  expect(connectionRefusedBody('1.38.1')).toMatch(/reset reason: remote connection failure$/);
});
