import { expect, test } from 'vitest';
import type { Frame } from './http2/frame.ts';
import { bytesOf, checkScript, openingOf, type Step } from './script.ts';

const GET: Frame = {
  type: 'HEADERS',
  headers: [
    [':method', 'GET'],
    [':path', '/x'],
  ],
  endStream: true,
};

test('a script writes each character as one byte', () => {
  expect(() => checkScript([{ send: '\u0000\u00ff' }, { until: 'é' }, { end: true }])).not.toThrow();
  expect(bytesOf('é€')).toBe('\u00c3\u00a9\u00e2\u0082\u00ac');
});

test('a character above U+00FF is a usage error', () => {
  expect(() => checkScript([{ end: true }, { send: 'costs 5 €' }])).toThrow(
    'step 2: "send" has the character "€" (U+20AC); each character is one byte, up to U+00FF; write text in UTF-8 with bytesOf()',
  );
});

test('a character above U+00FF in a frame is a usage error', () => {
  expect(() => checkScript([{ frames: [GET, { type: 'HEADERS', headers: [['x-price', '5 €']] }] }])).toThrow(
    'step 1: "frames" has the character "€" (U+20AC)',
  );
});

test.each<[string, Step[], string]>([
  ['bytes', [{ send: 'GET / HTTP/1.1\r\n\r\n' }], '"GET / HTTP/1.1"'],
  ['frames', [{ frames: [GET, { type: 'RST_STREAM', code: 'CANCEL' }] }], 'HEADERS of GET /x, RST_STREAM'],
  ['nothing', [{ untilEnd: true }], ''],
])('the title of a script that sends %s', (_, script, title) => {
  expect(openingOf(script)).toBe(title);
});
