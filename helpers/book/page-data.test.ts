import { expect, test } from 'vitest';
import { emptyObservation } from '../exchange/observation.ts';
import { sampleChapter, sampleClaim } from '../record/sample.ts';
import { distilChapter, distilExchange, EVIDENCE_SCHEMA } from './page-data.ts';

const NOTHING = emptyObservation('GET http://<blue> as uid 1000 by undici');

test('who saw nothing is left out', () => {
  expect(distilExchange(NOTHING)).toEqual({ did: NOTHING.exchange, saw: {} });
});

test('an answer has its status, its ends and the headers that tell something; a body that repeats what was received is left out', () => {
  const local = '<host>:<port>';
  const remote = '<blue>:80';
  const received = {
    ...{ servedBy: 'blue', method: 'GET', path: '/', httpVersion: '1.1', local: remote, remote: local, requests: 1 },
    headers: [
      ['host', 'green'],
      ['user-agent', 'curl'],
    ] as [string, string][],
  };
  const reply = { status: 200, headers: [['server', 'envoy']] as [string, string][], body: '{"a": 1}', local, remote };
  expect(distilExchange({ ...NOTHING, replies: [reply], received: [received] }).saw).toEqual({
    replies: ['200 (<host>:<port> → <blue>:80)', '  server: envoy'],
    received: ['blue: GET / HTTP/1.1 (<host>:<port> → <blue>:80)', '  host: green'],
  });
  const own = { ...reply, status: 503, headers: [], body: 'no healthy upstream\n' };
  expect(distilExchange({ ...NOTHING, replies: [own] }).saw.replies).toEqual([
    '503 (<host>:<port> → <blue>:80)',
    '  no healthy upstream',
  ]);
});

test('how a connection ended stands for an answer', () => {
  const refused = { headers: [], body: '', ended: { code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' } };
  expect(distilExchange({ ...NOTHING, replies: [refused] }).saw.replies).toEqual([
    'ECONNREFUSED: connect ECONNREFUSED',
  ]);
});

test('checks, rules, conntrack, log and counters are lines', () => {
  const seen = distilExchange({
    ...NOTHING,
    rules: [
      { host: 'host', chain: 'nat OUTPUT', rule: 'capture', packets: 1 },
      { host: 'host', chain: 'mangle DIVERT', rule: 'mark', packets: 'some' },
    ],
    conntrack: [
      {
        ...{ host: 'host', protocol: 'tcp', nat: true },
        original: { source: 'a', destination: 'b' },
        reply: { source: 'c', destination: 'a' },
      },
    ],
    accessLog: [{ response_code: 200, response_flags: '-', upstream_host: '<blue>:80', duration: '<ms>' }],
    checks: [
      {
        timeout: '250m',
        attributes: {
          request: { http: { method: 'GET', path: '/', headers: { ':path': '/', 'x-a': 'b' }, host: 'h' } },
        },
      },
    ],
    stats: { 'cluster.blue.upstream_cx_total': 1, 'listener.0.0.0.0_4999.worker_0.downstream_cx_total': 1 },
  });
  expect(seen.saw).toEqual({
    rules: ['host, nat OUTPUT, “capture”: 1 packet', 'host, mangle DIVERT, “mark”: some packets'],
    conntrack: ['host: a → b, replies c → a (NAT)'],
    checks: ['GET /, ?:0 → ?:0', '  host h', '  grpc-timeout 250m', '  x-a: b'],
    accessLog: ['response_code=200 response_flags=-', 'upstream_host=<blue>:80'],
    stats: ['cluster.blue.upstream_cx_total +1'],
  });
});

test('a chapter keeps every claim, also one without an exchange', () => {
  const chapter = sampleChapter([sampleClaim({ title: 'a' }), sampleClaim({ title: 'b', observations: [NOTHING] })]);
  expect(distilChapter(chapter, '1.40.0')).toEqual({
    ...{ schema: EVIDENCE_SCHEMA, slug: 'original-dst', envoy: '1.40.0' },
    claims: [
      { title: 'a', exchanges: [] },
      { title: 'b', exchanges: [{ did: NOTHING.exchange, saw: {} }] },
    ],
  });
});
