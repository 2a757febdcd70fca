import { expect, test } from 'vitest';
import { endOf, upstreamAddress } from './addresses.ts';

test('upstream addresses increase by ten', () => {
  expect(upstreamAddress(0)).toEqual({ ipv4: '198.51.100.10', ipv6: '2001:db8:2::10' });
  expect(upstreamAddress(24)).toEqual({ ipv4: '198.51.100.250', ipv6: '2001:db8:2::250' });
});

test('more than 25 upstreams are an error', () => {
  expect(() => upstreamAddress(25)).toThrow('room for 25 upstreams');
});

test('endOf splits IPv4 and IPv6 socket addresses', () => {
  expect(endOf('192.0.2.1:80')).toEqual({ address: '192.0.2.1', port: 80 });
  expect(endOf('[2001:db8::1]:80')).toEqual({ address: '2001:db8::1', port: 80 });
  expect(endOf('nothing')).toEqual({ address: '', port: 0 });
});
