import { expect, test } from 'vitest';
import { canMeet } from './unseen-changes.ts';

test('a config without an authorization filter cannot meet a change of it', () => {
  const change = { what: 'a denial of an HTTP authorization service keeps its headers', source: 'a link' };
  expect(canMeet(change, new Set(['http', 'router']))).toBe(false);
  expect(canMeet(change, new Set(['http', 'ext_authz']))).toBe(true);
  expect(canMeet({ what: 'a 503 body is shorter', source: '' }, new Set(['http']))).toBe(true);
});
