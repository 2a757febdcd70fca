import { expect, test } from 'vitest';
import { claimsPattern } from './claim-name.ts';

test('a pattern matches the claims it is made of, in their groups, and no claim that contains them', () => {
  const pattern = claimsPattern([{ title: 'a reply (200)', group: 'forwarding' }, { title: 'a reset' }]);
  const names = ['forwarding a reply (200)', 'a reset', 'a reply (200)', 'forwarding a reset', 'a reset is logged'];
  expect(names.filter((name) => pattern.test(name))).toEqual(['forwarding a reply (200)', 'a reset']);
});
