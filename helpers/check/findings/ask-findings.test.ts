import { expect, test } from 'vitest';
import { CHANGES } from '../../envoy/known-changes.ts';
import { emptyObservation, type Observation } from '../../exchange/observation.ts';
import type { EnvoyRecord } from '../../record/record.ts';
import { sampleChapter, sampleClaim, sampleEnvoy } from '../../record/sample.ts';
import type { CheckRequest } from '../request.ts';
import { askFindings } from './ask-findings.ts';

const TITLES = ['GET a/ on 80', 'GET a/x on 80', 'POST a/ on 80'];

const REQUESTS = TITLES.map(
  (title, at): CheckRequest => ({
    code: `r-${at}`,
    title,
    from: 'route a',
    address: '192.0.2.1:80',
    action: { kind: 'http', method: 'GET', target: '/', headers: [], protocol: 'http/1.1' },
  }),
);

type Seen = Partial<Observation>;

/** A record of the requests, each with one observation. */
function recordOf(version: string, seen: Seen[]): EnvoyRecord {
  const claims = TITLES.map((title, at) =>
    sampleClaim({ title, observations: [{ ...emptyObservation('GET'), ...seen[at] }] }),
  );
  const envoy = sampleEnvoy([sampleChapter(claims)], { name: version });
  return { ...envoy, build: { version, commit: '', fullVersion: '', image: version, source: 'release binary' } };
}

function findingsOf(a: Seen[], b: Seen[], aAgain = a, bAgain = b) {
  const records = {
    ...{ a: recordOf('1.37.0', a), aAgain: recordOf('1.37.0', aAgain) },
    ...{ b: recordOf('1.38.3', b), bAgain: recordOf('1.38.3', bAgain) },
  };
  return askFindings(records, REQUESTS, Object.values(CHANGES));
}

const replied = (status: number, body = '', headers: [string, string][] = []): Seen => ({
  replies: [{ status, headers, body }],
});

test('versions that behave alike have no finding', () => {
  const seen = [replied(200), replied(404), {}];
  expect(findingsOf(seen, seen)).toMatchObject({ findings: [], noise: 0, followed: 0 });
});

test('one change in many requests is one finding, with the code of the first request', () => {
  const a = [
    replied(503, 'failure, transport failure reason: x'),
    replied(503, 'failure, transport failure reason: x'),
  ];
  const { findings } = findingsOf(a, [replied(503, 'failure'), replied(503, 'failure')]);
  expect(findings.map(({ finding }) => finding)).toEqual([
    {
      code: expect.stringMatching(/^answer-[0-9a-f]{6}$/),
      level: 'answer',
      place: 'GET a/ on 80',
      what: 'response body: failure, transport failure reason: x → failure',
      a: 'failure, transport failure reason: x',
      b: 'failure',
      request: 'r-0',
      count: 2,
    },
  ]);
  expect(findings[0]?.differences[0]?.change).toBe(CHANGES.hideTransportFailureReason);
});

test('the code of a finding does not depend on which request shows it', () => {
  const codeOf = (a: Seen[], b: Seen[]) => findingsOf(a, b).findings.map(({ finding }) => finding.code);
  const first = codeOf([replied(200)], [replied(404)]);
  expect(codeOf([{}, {}, replied(200)], [{}, {}, replied(404)])).toEqual(first);
  expect(codeOf([replied(200)], [replied(403)])).not.toEqual(first);
});

test('a place where a version differs from itself is noise', () => {
  expect(findingsOf([replied(200)], [replied(503)], [replied(503)])).toMatchObject({
    findings: [],
    noise: 1,
    followed: 0,
  });
  expect(findingsOf([replied(200)], [replied(503)], undefined, [replied(200)]).findings).toEqual([]);
});

test('a counter that a version counts differently by itself is noise in every request', () => {
  const { findings } = findingsOf(
    [{ stats: { 'http.in.x': 1 } }, {}],
    [{ stats: { 'http.in.x': 1 } }, { stats: { 'http.in.x': 1 } }],
    [{}, {}],
  );
  expect(findings).toEqual([]);
});

test('a response that a token bucket refuses by time is noise', () => {
  const limited = { ...replied(429), accessLog: [{ response_code_details: 'local_rate_limited' }] };
  expect(findingsOf([replied(200)], [limited]).findings).toEqual([]);
  expect(findingsOf([replied(200)], [replied(429)]).findings).toHaveLength(1);
});

test('a request that only one version allows is a finding of its own, in both directions', () => {
  const received = [
    {
      ...{ servedBy: 'a', method: 'GET', path: '/', httpVersion: '1.1', headers: [] },
      ...{ local: '198.51.100.10:80', remote: '192.0.2.10:1', requests: 1 },
    },
  ] as Observation['received'];
  const allowed = { ...replied(200), received };
  const { findings } = findingsOf([allowed, replied(403)], [replied(403), allowed]);
  expect(findings.map(({ finding }) => finding).filter(({ level }) => level === 'access')).toMatchObject([
    { what: 'request allowed → denied', place: 'GET a/ on 80', request: 'r-0' },
    { what: 'request denied → allowed', place: 'GET a/x on 80', request: 'r-1' },
  ]);
});

test('a length that follows from the body is no finding of its own', () => {
  const { findings } = findingsOf(
    [replied(200, 'abc', [['content-length', '3']])],
    [replied(200, 'abcd', [['content-length', '4']])],
  );
  expect(findings.map(({ finding }) => finding.what)).toEqual(['response body: abc → abcd']);
});

test('a counter of a name that A does not have is an added name', () => {
  const { findings } = findingsOf([{ stats: {} }], [{ stats: { 'http2.new': 1 } }]);
  expect(findings.map(({ finding }) => finding.level)).toEqual(['added']);
});

test('a crash is one finding, also where both versions crash', () => {
  const crashed = { crashes: ['SIGSEGV'] };
  expect(findingsOf([replied(200)], [crashed]).findings.map(({ finding }) => [finding.level, finding.what])).toEqual([
    ['crash', 'Envoy crashes'],
  ]);
  expect(findingsOf([crashed], [crashed]).findings.map(({ finding }) => [finding.level, finding.what])).toEqual([
    ['crash', 'Envoy crashes on both versions'],
  ]);
});

test('values of headers with secrets are compared, but not shown', () => {
  const { findings } = findingsOf(
    [replied(200, '', [['set-cookie', 'canary-1']])],
    [replied(200, '', [['set-cookie', 'canary-2']])],
  );
  expect(findings).toHaveLength(1);
  expect(JSON.stringify(findings[0]?.finding)).not.toContain('canary');
});

test('logs and counters of another response are no findings of their own', () => {
  const log = (code: number): Seen => ({ accessLog: [{ response_code: code }], stats: { [`http.in.rq_${code}`]: 1 } });
  const seen = (code: number): Seen => ({ ...replied(code), ...log(code) });
  const { findings, followed } = findingsOf([seen(200)], [seen(404)]);
  expect(findings.map(({ finding }) => finding.what)).toEqual(['status: 200 → 404']);
  expect(followed).toBe(3);
  expect(findingsOf([log(200)], [log(404)]).findings.map(({ finding }) => finding.level)).toContain('log');
});

test('headers and body of another status are no findings of their own', () => {
  const { findings, followed } = findingsOf(
    [replied(400, 'Bad Request', [['content-length', '11']])],
    [replied(200, 'ok', [['x-served-by', 'api']])],
  );
  expect(findings.map(({ finding }) => finding.what)).toEqual(['status: 400 → 200']);
  expect(followed).toBe(3);
});

test('headers that are missing in the same places are one finding', () => {
  const headers: [string, string][] = [
    ['location', 'https://a.test/'],
    ['set-cookie', 'canary'],
    ['set-cookie', 'canary-2'],
    ['x-a', '1'],
  ];
  const { findings } = findingsOf([replied(403, '', headers), replied(403, '', headers)], [replied(403), replied(403)]);
  expect(findings.map(({ finding: { what, a, b, count } }) => ({ what, a, b, count }))).toEqual([
    {
      what: '3 response headers are missing: location, set-cookie, x-a',
      a: 'location: https://a.test/, set-cookie: <secret>, x-a: 1',
      b: undefined,
      count: 2,
    },
  ]);
  expect(findings[0]?.differences).toHaveLength(8);
});

test('TLS counters of another key exchange are no findings of their own', () => {
  const tls = (group: string): Seen => ({
    replies: [{ status: 200, headers: [], body: '', tls: { version: 'TLSv1.3', cipher: 'x', group } }],
    stats: { [`listener.a.ssl.curves.${group}`]: 1 },
  });
  const { findings } = findingsOf([tls('X25519')], [tls('X25519MLKEM768')]);
  expect(findings.map(({ finding }) => finding.what)).toEqual([
    'TLS key exchange of the listener: X25519 → X25519MLKEM768',
  ]);
});

test('a known change of a method is the cause where the title of the request has it', () => {
  const title = 'QUERY a/ on 80';
  const claim = (status: number) =>
    sampleClaim({ title, observations: [{ ...emptyObservation(title), ...replied(status) }] });
  const record = (version: string, status: number): EnvoyRecord => ({
    ...recordOf(version, []),
    chapters: [sampleChapter([claim(status)])],
  });
  const [a, b] = [record('1.39.0', 400), record('1.40.0', 200)];
  const { findings, seen } = askFindings({ a, aAgain: a, b, bAgain: b }, REQUESTS, Object.values(CHANGES));
  expect(findings[0]?.differences[0]?.change).toBe(CHANGES.queryMethod);
  expect(seen).toEqual(new Set([CHANGES.queryMethod]));
});
