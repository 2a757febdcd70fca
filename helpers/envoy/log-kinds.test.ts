import { expect, test } from 'vitest';
import { logKinds } from './log-kinds.ts';

const at = '[2026-11-23 02:50:18.123][1]';

test.each([
  [
    '[warning][config] [a.cc:1] stream to 10.0.0.1:443 closed: 14',
    ['[warning][config] stream to <address> closed: <number>'],
  ],
  [
    "[critical][main] [a.cc:1] invalid ipv6 address 'fe80::e00d:46ff:feb3:b1fc%8', not 2001:db8::",
    ["[critical][main] invalid ipv6 address '<address>', not <address>"],
  ],
  ['[error][misc] [a.cc:1] cannot open /run/x/token.pem', ['[error][misc] cannot open <path>']],
  [
    '[warning][http2] [a.cc:1] [Tags: "ConnectionId":"12"] ids 0x7f00 [::1]:80',
    ['[warning][http2] [Tags: "ConnectionId":"<number>"] ids <number> <address>'],
  ],
  ['[critical][main] [a.cc:1] message\nwith  two lines', ['[critical][main] message with two lines']],
  [
    '[warning][misc] [a.cc:1] Using the field envoy.config.v3.Http1 of v3',
    ['[warning][misc] Using the field envoy.config.v3.Http1 of v3'],
  ],
  ['[critical][backtrace] [a.cc:1] Caught Segmentation fault', []],
  ['[warning][main] [a.cc:1] caught ENVOY_SIGTERM', []],
  ['[info][main] [a.cc:1] starting', []],
])('%j is of the kinds %j', (message, kinds) => {
  expect(logKinds(`${at}${message}\n`)).toEqual(kinds);
});

test('messages that differ only in numbers are one kind', () => {
  const message = (count: number): string => `${at}[warning][pool] [a.cc:1] connection ${count} lost\n`;
  expect(logKinds(message(1) + message(2))).toEqual(['[warning][pool] connection <number> lost']);
});
