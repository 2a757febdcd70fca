import { expect, test } from 'vitest';
import { emptyObservation, type Observation } from '../exchange/observation.ts';
import { hasValue, readValues } from './reads.ts';

const SEEN: Observation = {
  ...emptyObservation('GET http://<blue>'),
  replies: [
    {
      status: 503,
      headers: [
        ['server', 'envoy'],
        ['x-a', '1'],
        ['x-a', '2'],
      ],
      body: 'no healthy upstream',
    },
  ],
  accessLog: [{ response_flags: 'UH', upstream_host: null }],
  stats: { 'cluster.blue.upstream_rq_503': 1 },
  rules: [{ host: 'host', chain: 'nat OUTPUT', rule: 'capture', packets: 1 }],
};

function textsOf(...read: string[]): string[] {
  return readValues({ ...SEEN, read }).map(({ text }) => text);
}

test('only what was read is shown, the status first and the body last', () => {
  expect(textsOf('replies[0].body', 'replies[0].headers.x-a', 'replies[0].status')).toEqual([
    ...['503', 'x-a: 1, x-a: 2', 'body: no healthy upstream'],
  ]);
  expect(textsOf('accessLog[0].response_flags', 'stats.cluster.blue.upstream_rq_503')).toEqual([
    ...['response_flags=UH', 'cluster.blue.upstream_rq_503 +1'],
  ]);
});

test('what is absent is named', () => {
  expect(textsOf('replies[0].headers.x-b', 'received.length', 'received[0].path')).toEqual(['no x-b', 'no request']);
  expect(textsOf('accessLog[0].upstream_host', 'stats.cluster.blue.upstream_rq_200')).toEqual([
    ...['no upstream_host', 'cluster.blue.upstream_rq_200 +0'],
  ]);
});

test('a number of items stands where no item was read', () => {
  expect(textsOf('replies.length')).toEqual(['1 response']);
  expect(textsOf('replies.length', 'replies[0].status')).toEqual(['503']);
});

test('a rule is one line, however many of its fields were read', () => {
  expect(textsOf('rules[0].chain', 'rules[0].packets', 'rules[0].rule')).toEqual([
    'host, nat OUTPUT, “capture”: 1 packet',
  ]);
});

test("of an upstream's JSON body the fields that repeat the received request are left out", () => {
  const body = '{ "servedBy": "blue", "headers": [], "remote": "<host>:<port>" }';
  const received = [
    { servedBy: 'blue', method: 'GET', path: '/', httpVersion: '1.1', headers: [], local: '', remote: '', requests: 1 },
  ];
  const seen = { ...SEEN, received, replies: [{ status: 200, headers: [], body }], read: ['replies[0].body'] };
  expect(readValues(seen as Observation).map(({ text }) => text)).toEqual(['body.servedBy: blue']);
});

test('a value is the same at the same path; a rule wherever it stands', () => {
  const [status, rule] = readValues({ ...SEEN, read: ['replies[0].status', 'rules[0].packets'] });
  const other: Observation = {
    ...SEEN,
    replies: [{ status: 200, headers: [], body: '' }],
    rules: [{ host: 'host', chain: 'filter OUTPUT', rule: 'guard', packets: 1 }, ...SEEN.rules],
  };
  expect([status, rule].map((value) => value && hasValue(other, value))).toEqual([false, true]);
});
