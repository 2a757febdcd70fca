import { expect, test } from 'vitest';
import { linkTo } from './link-names.ts';

test('a link has the name of its host, or the beginning and a digest where that is longer than a link name', () => {
  expect(linkTo('blue')).toBe('to-blue');
  expect(linkTo('exactly12345')).toBe('to-exactly12345');
  const [one, other] = ['catalogue-service-one', 'catalogue-service-two'].map(linkTo);
  expect(one).toMatch(/^to-catalog-[0-9a-f]{4}$/);
  expect(one).toHaveLength(15);
  expect(other).not.toBe(one);
});
