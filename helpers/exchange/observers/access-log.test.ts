import { expect, test } from 'vitest';
import { isTunnel, loggedAt, loggedLine, loggedLines, withoutEnd } from './access-log.ts';

const tunnel = { method: 'CONNECT', authority: 'blue:443', response_code: 200, response_flags: 'DC', bytes_sent: 3081 };

test('an accepted CONNECT, an upgrade and TLS passthrough are tunnels; a refused CONNECT is not', () => {
  expect(isTunnel(tunnel)).toBe(true);
  expect(isTunnel({ method: 'GET', response_code: 101 })).toBe(true);
  expect(isTunnel({ upstream_host: '198.51.100.10:443' })).toBe(true);
  expect(isTunnel({ upstream_host: '198.51.100.10:5000' })).toBe(false);
  expect(isTunnel({ upstream_host: '198.51.100.10:443', method: 'GET' })).toBe(false);
  expect(isTunnel({ ...tunnel, response_code: 404 })).toBe(false);
  expect(isTunnel({ ...tunnel, method: 'GET' })).toBe(false);
});

test('the end and the bytes of a tunnel are left out of its entry; other entries keep both', () => {
  expect(withoutEnd(tunnel)).toEqual({ method: 'CONNECT', authority: 'blue:443', response_code: 200 });
  expect(withoutEnd({ ...tunnel, method: 'GET' })).toEqual({ ...tunnel, method: 'GET' });
});

test('an entry is described in several lines, or in one line that starts with the request', () => {
  const entry = { method: 'GET', path: '/', response_code: 200, response_flags: '-', upstream_host: null, duration: 3 };
  expect(loggedLines(entry)).toEqual(['response_code=200 response_flags=-']);
  expect(loggedLine(entry)).toBe('method=GET path=/ response_code=200 response_flags=-');
  expect(loggedLines({})).toEqual([]);
});

test.each([
  [{ start_time: '2026-11-28T07:00:00.000Z', duration: 4 }, true],
  [{ start_time: '2026-11-28T07:00:00.000Z', duration: '4' }, true],
  [{ start_time: '2026-11-28T07:00:00.000Z' }, false],
  [{ start_time: '2026-11-28T07:00:00.000Z', duration: null }, false],
  [{ start_time: '2026-11-28T07:00:00.000Z', duration: '-' }, false],
  [{ start_time: 'yesterday', duration: 4 }, false],
  [{ start_time: null, duration: 4 }, false],
  [{ duration: 4 }, false],
  [{}, false],
])('%j has an end time: %s', (entry, known) => {
  const at = Date.parse('2026-11-28T07:00:00.005Z') / 1000;
  expect(loggedAt(entry)).toBe(known ? at : undefined);
});

test('a field that is an object is written as JSON', () => {
  const entry = JSON.parse('{ "upstream_host": { "address": "blue" } }') as Parameters<typeof loggedLines>[0];
  expect(loggedLines(entry)).toEqual(['upstream_host={"address":"blue"}']);
});
