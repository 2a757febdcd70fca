import { expect, test } from 'vitest';
import { UsageError } from '../util/errors.ts';
import { checkRequestTarget, dialTarget } from './target.ts';

test('dial() takes an address and a port', () => {
  expect(dialTarget('198.51.100.10:80')).toEqual({ address: '198.51.100.10', port: 80 });
  expect(dialTarget('[2001:db8::1]:443')).toEqual({ address: '2001:db8::1', port: 443 });
  expect(dialTarget('blue:443')).toEqual({ address: 'blue', port: 443 });
});

test.each([
  [
    'http://198.51.100.10:80',
    'dial("http://198.51.100.10:80"): expected address:port; send a request to a URL by get()',
  ],
  [
    '198.51.100.10',
    'dial("198.51.100.10"): expected address:port; such as "198.51.100.10:80" or "[2001:db8:2::10]:80"',
  ],
  ['198.51.100.10:0', /expected address:port/],
  ['198.51.100.10:70000', /expected address:port/],
  ['', /expected address:port/],
])('dial(%j) is a usage error', (address, message) => {
  expect(() => dialTarget(address)).toThrow(message);
  expect(() => dialTarget(address)).toThrow(UsageError);
});

test('requests take URLs', () => {
  checkRequestTarget('https://198.51.100.10/a');
  for (const url of ['198.51.100.10:80', 'blue:80', '/path', '', 'file:///etc/passwd']) {
    expect(() => checkRequestTarget(url)).toThrow(UsageError);
    expect(() => checkRequestTarget(url)).toThrow(
      'expected a URL such as "http://198.51.100.10/"; dial() takes address:port',
    );
  }
});
