import { expect, test } from 'vitest';
import { clientHello, type TlsVersion } from './client-hello.ts';
import { serverHello } from './server-hello.ts';

const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');

test.each<[TlsVersion, string]>([
  ['SSL 3.0', '0300'],
  ['TLS 1.2', '0303'],
  ['TLS 1.3', '0303'],
])('a ClientHello of %s has the version %s and the length of its record', (version, expected) => {
  const hello = bytesOf(clientHello({ version }));
  expect(hello.toString('hex', 9, 11)).toBe(expected);
  expect(hello.readUInt16BE(3)).toBe(hello.length - 5);
});

test('a ClientHello contains its SNI and its protocols', () => {
  const hello = clientHello({ serverName: 'blue.test', alpn: ['h2'] });
  expect(hello).toContain('\0\0\0\x0e\0\x0c\0\0\x09blue.test');
  expect(hello).toContain('\0\x10\0\x05\0\x03\x02h2');
});

test('recordBytes splits a ClientHello into records', () => {
  const whole = bytesOf(clientHello());
  const split = bytesOf(clientHello({ recordBytes: 100 }));
  expect(split.length).toBe(whole.length + 5);
  expect(split.readUInt16BE(3)).toBe(100);
  expect(Buffer.concat([split.subarray(5, 105), split.subarray(110)])).toEqual(whole.subarray(5));
});

test('a ServerHello has its version, cipher and group', () => {
  const hello = Buffer.concat([
    Buffer.from('160303003a020000360303', 'hex'),
    Buffer.alloc(32, 1),
    Buffer.from('00130100000c002b00020304003300020011', 'hex'),
  ]).toString('latin1');
  expect(serverHello(hello)).toEqual({ version: 0x0304, cipher: 0x1301, group: 0x11, retries: false });
  expect(serverHello('\x15\x03\x03\0\x02\x02\x46')).toEqual({ alert: 70 });
  expect(() => serverHello('')).toThrow('no ServerHello and no alert of TLS: nothing');
});
