import { expect, test } from 'vitest';
import { upstreamAddress } from './addresses.ts';

test('upstreams count up by ten', () => {
  expect(upstreamAddress(0)).toEqual({ ipv4: '198.51.100.10', ipv6: '2001:db8:2::10' });
  expect(upstreamAddress(24)).toEqual({ ipv4: '198.51.100.250', ipv6: '2001:db8:2::250' });
});

test('a network that is full is an error', () => {
  expect(() => upstreamAddress(25)).toThrow('room for 25 upstreams');
});
