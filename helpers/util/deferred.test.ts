import { expect, test } from 'vitest';
import { deferred } from './deferred.ts';

test('a deferred promise is resolved and rejected from outside', async () => {
  const kept = deferred<number>();
  kept.resolve(1);
  expect(await kept.promise).toBe(1);
  const failing = deferred<number>();
  failing.reject(new Error('no'));
  await expect(failing.promise).rejects.toThrow('no');
});
