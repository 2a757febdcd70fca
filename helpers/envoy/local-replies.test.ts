import { expect, test } from 'vitest';
import { connectionRefusedBody } from './local-replies.ts';

test('the 503 body names the reason of a refused connection unless it is hidden', () => {
  expect(connectionRefusedBody(false)).toMatch(
    /, transport failure reason: delayed connect error: Connection refused$/,
  );
  expect(connectionRefusedBody(true)).toMatch(/reset reason: remote connection failure$/);
});
