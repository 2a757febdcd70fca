import { expect, test } from 'vitest';
import type { Timeline, TimelineEvent } from '../trace/timeline.ts';
import { formatTrace, parseTrace, requestTraceOf } from './request-trace.ts';

const A = '198.51.100.1:40000';
const B = '127.0.0.1:4999';

function packet(from: string, to: string, flags: string, text = ''): TimelineEvent {
  return {
    ...{ atMs: 0, kind: 'packet', host: 'host', toHost: 'host', from, to, flags, link: 'lo', protocol: 'tcp' },
    ...{ id: 1, sequence: 1, acknowledged: 0, bytes: text.length, text },
  };
}

function envoy(text: string): TimelineEvent {
  return { atMs: 0, host: 'host', kind: 'envoy', logger: 'conn_handler', text };
}

function rule(chain: string): TimelineEvent {
  return {
    ...{ atMs: 0, host: 'host', kind: 'rule', family: 'ipv4', table: 'nat', chain, text: `-A ${chain} -j ACCEPT` },
    ...{ verdict: 'ACCEPT', from: A, to: B },
  };
}

const LOGGED: TimelineEvent = { atMs: 0, host: 'host', kind: 'access log', entry: { response_code: 200 } };
const TAKEN = envoy(`new connection from ${A}`);

function trace(events: TimelineEvent[], answer = { status: 0, stdout: 'HTTP/1.1 200 OK\r\n', stderr: '' }) {
  const timeline: Timeline = {
    ...{ slug: 'a', envoy: '1.40.0', command: 'curl x', hosts: ['host'], conntrack: [], lacks: [] },
    ...{ events, answer },
  };
  return requestTraceOf(timeline);
}

test('what varies between runs is left out, and ephemeral ports have names', () => {
  const events = [
    rule('OUTPUT'),
    packet(A, B, 'SYN'),
    packet(A, B, 'SYN'),
    packet(B, A, 'SYN ACK'),
    packet(A, B, 'ACK'),
    TAKEN,
    packet(A, B, 'PSH ACK', 'GET / HTTP/1.1'),
    rule('OUTPUT'),
    packet(B, A, 'PSH ACK', 'HTTP/1.1 200 OK'),
    packet(A, B, 'FIN ACK'),
  ];
  expect(trace(events).steps.map(({ text }) => text)).toEqual([
    'rule nat OUTPUT: -A OUTPUT -j ACCEPT (accept)',
    'SYN 198.51.100.1:port1 → 127.0.0.1:4999',
    'SYN ACK 127.0.0.1:4999 → 198.51.100.1:port1',
    '198.51.100.1:port1 → 127.0.0.1:4999: GET / HTTP/1.1',
    'Envoy, conn_handler: new connection from 198.51.100.1:port1',
    '127.0.0.1:4999 → 198.51.100.1:port1: HTTP/1.1 200 OK',
  ]);
});

test('a reset after the end of its connection is left out, another one is not', () => {
  const texts = (events: TimelineEvent[]): string[] => trace(events).steps.map(({ text }) => text);
  const reset = packet(A, B, 'RST');
  expect(texts([packet(A, B, 'SYN'), packet(A, B, 'FIN ACK'), reset])).toEqual(texts([packet(A, B, 'SYN')]));
  expect(texts([packet(A, B, 'SYN'), packet(B, A, 'FIN ACK'), reset])).toEqual(texts([packet(A, B, 'SYN')]));
  expect(texts([packet(A, B, 'SYN'), packet(B, '127.0.0.1:40001', 'FIN ACK'), reset])).toContain(
    'RST 198.51.100.1:port1 → 127.0.0.1:4999',
  );
});

test('the request before Envoy accepts the connection, or the log before the response: the trace is equal', () => {
  const [syn, synAck] = [packet(A, B, 'SYN'), packet(B, A, 'SYN ACK')];
  const [request, response] = [packet(A, B, 'PSH ACK', 'GET /'), packet(B, A, 'PSH ACK', 'HTTP/1.1 200 OK')];
  const one = trace([syn, synAck, TAKEN, request, LOGGED, response]);
  const other = trace([syn, synAck, request, TAKEN, response, LOGGED]);
  expect(one).toEqual(other);
});

test('a request in two segments keeps its order, and the port in a PROXY protocol header has its name', () => {
  const [syn, synAck] = [packet(A, B, 'SYN'), packet(B, A, 'SYN ACK')];
  const header = packet(A, B, 'PSH ACK', 'PROXY TCP4 198.51.100.1 127.0.0.1 40000 4999');
  const request = packet(A, B, 'PSH ACK', 'GET /');
  const response = packet(B, A, 'PSH ACK', 'HTTP/1.1 200 OK');
  const one = trace([syn, synAck, header, TAKEN, request, response]);
  expect(one).toEqual(trace([syn, synAck, TAKEN, header, request, response]));
  expect(one.steps[2]?.text).toContain(': PROXY TCP4 198.51.100.1 127.0.0.1 port1 4999');
});

test('the end of a trace has the first line of output, or the timeout', () => {
  expect(trace([packet(A, B, 'SYN')]).ended).toBe('exit status 0: HTTP/1.1 200 OK');
  expect(trace([packet(A, B, 'SYN')], { status: -1, stdout: '', stderr: '' }).ended).toBe('timeout: no response');
});

test('a trace is read as it was written, a step a line', () => {
  const written = trace([packet(A, B, 'SYN'), packet(B, A, 'SYN ACK'), TAKEN]);
  const text = formatTrace(written);
  expect(parseTrace(text, 'trace.json')).toEqual(written);
  expect(text.match(/^ {4}\{.*"text".*\},?$/gm)).toHaveLength(3);
});

test.each(['{', '{}', 'null'])('a file that is no trace is named: %s', (text) => {
  expect(() => parseTrace(text, 'suites/a/trace.json')).toThrow(/^suites\/a\/trace\.json .*remove it/);
});
