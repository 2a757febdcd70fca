import { expect, test } from 'vitest';
import { addsAfterTheRouter } from './route-headers.ts';

test('the headers of a route are added after those of the router since 1.37.0', () => {
  expect(['1.36.4', '1.37.0', '1.40.0'].map(addsAfterTheRouter)).toEqual([false, true, true]);
});
