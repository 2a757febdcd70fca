import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, combined, differs } from '../../fixtures/chapter.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import type { Script } from '../../helpers/exchange/script.ts';
import type { RawHeader } from '../../helpers/exchange/wire.ts';
import { guard } from '../shared/guard.ts';
import { claims } from '../shared/timeouts/claims.ts';
import { raisesLater } from '../shared/timeouts/later.ts';
import { counted, logged, moved, ofUpstream } from '../shared/timeouts/observed.ts';
import { answer, get, halfOf, http2, PART, SILENT } from '../shared/timeouts/scripts.ts';
import { LISTENERS, timeouts } from './scenario.ts';

const test = chapter(timeouts);
const to = (listener: keyof typeof LISTENERS): string => `127.0.0.1:${LISTENERS[listener]}`;

const HALF_A_HEAD = { send: 'GET / HTTP/1.1\r\nHost' };
const WEBSOCKET = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
const ACCEPTED = { send: `HTTP/1.1 101 Switching Protocols\r\n${WEBSOCKET}\r\n` };
const GRPC: RawHeader[] = [
  ['content-type', 'application/grpc'],
  ['te', 'trailers'],
];

describe('route timeouts', () => {
  claims(test, LISTENERS, [
    {
      title: 'an upstream that does not respond within the route timeout: 504 UT response_timeout',
      ...{ path: '/silent/', upstream: [SILENT], reply: [504, 'upstream request timeout'] },
      ...{ log: [504, 'UT', 'response_timeout'], counters: ofUpstream('upstream_rq_timeout') },
    },
    {
      title: 'a response body that is incomplete at the route timeout ends there: 200 UT, with the part that arrived',
      ...{ path: '/route/', upstream: [PART], reply: [200, 'abc'] },
      ...{ log: [200, 'UT', 'response_timeout'], counters: ofUpstream('upstream_rq_timeout') },
    },
    {
      title: 'x-envoy-upstream-rq-timeout-ms of an internal request sets the route timeout: 504 UT',
      listener: 'internal',
      headers: 'x-envoy-upstream-rq-timeout-ms: 100\r\n',
      ...{ upstream: [SILENT], reply: [504, 'upstream request timeout'] },
      ...{ log: [504, 'UT', 'response_timeout'], counters: ofUpstream('upstream_rq_timeout') },
    },
    {
      title: 'a gRPC request that reaches the route timeout gets 200 with grpc-status 14',
      ...{ send: [{ frames: [http2('/silent/', { headers: GRPC })] }], upstream: [SILENT], reply: [200, ''] },
      grpcStatus: '14',
      ...{ log: [200, 'UT', 'response_timeout'], counters: ofUpstream('upstream_rq_timeout') },
    },
    {
      title: 'max_stream_duration of a route ends a request without a response: 504 max_duration_timeout, no flag',
      ...{ path: '/stream-duration/', upstream: [SILENT], reply: [504, 'downstream duration timeout'] },
      ...{
        log: [504, '-', 'max_duration_timeout'],
        counters: counted('http.ingress', 'downstream_rq_max_duration_reached'),
      },
    },
    {
      title: 'max_stream_duration of a cluster ends a request without a response: 504 UMSDR',
      ...{ path: '/upstream-duration/', upstream: [SILENT], reply: [504, 'upstream max stream duration reached'] },
      log: [504, 'UMSDR', 'upstream_max_stream_duration_reached'],
      counters: counted('cluster.upstream-duration', 'upstream_rq_max_duration_reached'),
    },
    {
      title: 'x-envoy-upstream-stream-duration-ms of an internal request limits the upstream stream: 504 UMSDR',
      ...{ listener: 'internal', headers: 'x-envoy-upstream-stream-duration-ms: 100\r\n' },
      ...{ upstream: [SILENT], reply: [504, 'upstream max stream duration reached'] },
      log: [504, 'UMSDR', 'upstream_max_stream_duration_reached'],
      counters: ofUpstream('upstream_rq_max_duration_reached'),
    },
    {
      title: 'grpc-timeout of 100 ms ends a gRPC request with grpc_timeout_header_max: 200 with grpc-status 4',
      send: [{ frames: [http2('/grpc/', { headers: [...GRPC, ['grpc-timeout', '100m']] })] }],
      ...{ upstream: [SILENT], reply: [200, ''], grpcStatus: '4', log: [200, '-', 'max_duration_timeout'] },
      counters: counted('http.ingress', 'downstream_rq_max_duration_reached'),
    },
    {
      title: 'grpc_timeout_header_max limits a grpc-timeout of 100 s: 200 with grpc-status 4',
      send: [{ frames: [http2('/grpc/', { headers: [...GRPC, ['grpc-timeout', '100S']] })] }],
      ...{ upstream: [SILENT], reply: [200, ''], grpcStatus: '4', log: [200, '-', 'max_duration_timeout'] },
      counters: counted('http.ingress', 'downstream_rq_max_duration_reached'),
    },
  ]);

  test('the route timeout starts at the end of the request: an upload that pauses for longer gets 200', async ({
    lab,
    downstream,
    upstreams: { upstream },
  }) => {
    await upstream.answers({
      '/route/upload': [[{ until: 'half ' }, { signal: 'begun' }, { until: 'other' }, ...answer(200)]],
      '/route/elsewhere': [SILENT],
    });
    const { reply, accessLog } = await downstream.dial(to('ingress'), {
      response: { method: 'POST' },
      steps: [halfOf('/route/upload'), { wait: 'later' }, { send: 'other' }],
      meanwhile: raisesLater(lab),
    });
    expect([reply.outcome, reply.body]).toEqual([200, '200']);
    expect(accessLog.map(({ path, response_code: code }) => [path, code])).toEqual([
      ['/route/elsewhere', 504],
      ['/route/upload', 200],
    ]);
  });

  test('x-envoy-expected-rq-timeout-ms has the route timeout for the upstream, and is absent without one', async ({
    lab,
    downstream,
  }) => {
    const expected = [];
    for (const path of ['/route/', '/', '/grpc/']) {
      const { received } = await downstream.get(`${lab.envoyUrl}${path}`);
      expected.push(received[0]?.header('x-envoy-expected-rq-timeout-ms'));
    }
    expect(expected).toEqual(['300', '15000', undefined]);
  });

  test('an external request loses its x-envoy headers: its own timeout and retries have no effect', async ({
    lab,
    downstream,
    upstreams: { upstream },
  }) => {
    await upstream.answers({ '*': [answer(503), answer(200)] });
    const headers = { 'x-envoy-upstream-rq-timeout-ms': '100', 'x-envoy-retry-on': '5xx', 'x-envoy-max-retries': '2' };
    const { reply, received } = await downstream.get(lab.envoyUrl, { headers });
    expect(reply.outcome).toBe(503);
    expect(received.map((request) => request.header('x-envoy-expected-rq-timeout-ms'))).toEqual(['15000']);
  });
});

describe('timeouts of one try', () => {
  claims(test, LISTENERS, [
    {
      title: 'two tries that both reach per_try_timeout: 504 URX,UT upstream_per_try_timeout',
      ...{ path: '/per-try/', upstream: [SILENT], reply: [504, 'upstream request timeout'], attempts: ['1', '2'] },
      log: [504, 'URX,UT', 'upstream_per_try_timeout'],
      counters: {
        ...ofUpstream('upstream_rq_retry', 'upstream_rq_retry_backoff_exponential', 'upstream_rq_retry_limit_exceeded'),
        'cluster.upstream.upstream_rq_per_try_timeout': 2,
      },
    },
    {
      title: 'a second try after per_try_timeout gets the response: 200, upstream_rq_retry_success',
      ...{ path: '/per-try/answered', upstream: [SILENT, answer(200)], reply: [200, '200'], attempts: ['1', '2'] },
      log: [200, '-', 'via_upstream'],
      counters: ofUpstream(
        ...['upstream_rq_per_try_timeout', 'upstream_rq_retry', 'upstream_rq_retry_backoff_exponential'],
        'upstream_rq_retry_success',
      ),
    },
    {
      title: 'two tries that both reach per_try_idle_timeout: 504 URX,UT upstream_per_try_idle_timeout',
      ...{ path: '/per-try-idle/', upstream: [SILENT], reply: [504, 'upstream request timeout'], attempts: ['1', '2'] },
      log: [504, 'URX,UT', 'upstream_per_try_idle_timeout'],
      counters: {
        ...ofUpstream('upstream_rq_retry', 'upstream_rq_retry_backoff_exponential', 'upstream_rq_retry_limit_exceeded'),
        'cluster.upstream.upstream_rq_per_try_idle_timeout': 2,
      },
    },
    {
      title: 'per_try_idle_timeout within a response body ends the response without a retry: 200 UT',
      ...{ path: '/per-try-idle/part', upstream: [PART], reply: [200, 'abc'], attempts: ['1'] },
      log: [200, 'UT', 'upstream_per_try_idle_timeout'],
      counters: ofUpstream('upstream_rq_per_try_idle_timeout'),
    },
    {
      title:
        'x-envoy-upstream-rq-per-try-timeout-ms and x-envoy-retry-on of an internal request: two tries, 504 URX,UT',
      ...{ listener: 'internal', upstream: [SILENT], attempts: ['1', '2'] },
      headers: 'x-envoy-upstream-rq-per-try-timeout-ms: 50\r\nx-envoy-retry-on: reset\r\n',
      reply: [504, 'upstream request timeout'],
      log: [504, 'URX,UT', 'upstream_per_try_timeout'],
      counters: {
        ...ofUpstream('upstream_rq_retry', 'upstream_rq_retry_backoff_exponential', 'upstream_rq_retry_limit_exceeded'),
        'cluster.upstream.upstream_rq_per_try_timeout': 2,
      },
    },
    {
      title: 'hedge_on_per_try_timeout keeps the first try: a second one runs beside it, and its response is used',
      ...{ path: '/hedged/', upstream: [SILENT, answer(200)], reply: [200, '200'], attempts: ['1', '2'] },
      log: [200, '-', 'via_upstream'],
      counters: ofUpstream('upstream_rq_retry', 'upstream_rq_retry_backoff_exponential', 'upstream_rq_retry_success'),
    },
    {
      title:
        'with hedge_on_per_try_timeout, a late response of the first try is used: 200, no upstream_rq_retry_success',
      path: '/hedged/',
      upstream: [
        [{ wait: 'second try' }, ...answer(200)],
        [{ signal: 'second try' }, { untilEnd: true }],
      ],
      ...{ reply: [200, '200'], attempts: ['1', '2'], log: [200, '-', 'via_upstream'] },
      counters: ofUpstream('upstream_rq_retry', 'upstream_rq_retry_backoff_exponential'),
    },
  ]);
});

describe('idle streams', () => {
  const ofIdle = counted('http.idle', 'downstream_rq_idle_timeout');
  const ofRoute = counted('http.ingress', 'downstream_rq_idle_timeout');
  claims(test, LISTENERS, [
    {
      title: 'stream_idle_timeout while the upstream is silent: 504 SI stream_idle_timeout',
      ...{ listener: 'idle', upstream: [SILENT], reply: [504, 'stream timeout'] },
      ...{ log: [504, 'SI', 'stream_idle_timeout'], counters: ofIdle },
    },
    {
      title: 'stream_idle_timeout within a request body: 408 SI',
      ...{ listener: 'idle', send: [halfOf('/')], upstream: [SILENT], reply: [408, 'stream timeout'] },
      ...{ log: [408, 'SI', 'stream_idle_timeout'], counters: ofIdle },
    },
    {
      title: 'stream_idle_timeout within the head of a request: 408 SI',
      ...{ listener: 'idle', send: [HALF_A_HEAD], reply: [408, 'stream timeout'] },
      ...{ log: [408, 'SI', 'stream_idle_timeout'], counters: ofIdle },
    },
    {
      title: 'over HTTP/2, stream_idle_timeout within a request body: 408 SI',
      ...{ listener: 'idle', send: [{ frames: [http2('/', { endStream: false })] }], upstream: [SILENT] },
      ...{ reply: [408, 'stream timeout'], log: [408, 'SI', 'stream_idle_timeout'], counters: ofIdle },
    },
    {
      title: 'stream_idle_timeout ends an upgraded connection without bytes: 101 SI',
      ...{
        listener: 'idle',
        path: '/socket/unlimited/',
        headers: WEBSOCKET,
        upstream: [[ACCEPTED, { untilEnd: true }]],
      },
      ...{ reply: [101, ''], log: [101, 'SI', 'stream_idle_timeout'], counters: ofIdle },
    },
    {
      title: 'idle_timeout of a route replaces the default stream_idle_timeout of 5 minutes: 504 SI',
      ...{ path: '/stream-idle/', upstream: [SILENT], reply: [504, 'stream timeout'] },
      ...{ log: [504, 'SI', 'stream_idle_timeout'], counters: ofRoute },
    },
  ]);

  test(
    'over HTTP/2, stream_idle_timeout within a response body is NO_ERROR up to 1.36, and INTERNAL_ERROR since 1.37.0',
    differs(CHANGES.resetsWithError),
    async ({ downstream, upstreams: { upstream }, since }) => {
      await upstream.answers({ '*': [PART] });
      const seen = await downstream.dial(to('idle'), { steps: [{ frames: [http2('/')] }] });
      expect([seen.reply.outcome, seen.reply.body]).toEqual([200, 'abc']);
      expect(seen.reply.frames.find(({ type }) => type === 'RST_STREAM')).toMatchObject({
        code: since(CHANGES.resetsWithError) ? 'INTERNAL_ERROR' : 'NO_ERROR',
      });
      expect(logged(seen)).toEqual([[200, 'SI', 'stream_idle_timeout']]);
      expect(moved(seen)).toEqual(ofIdle);
    },
  );
});

describe('limits of requests', () => {
  const ofRequest = counted('http.request', 'downstream_rq_timeout');
  const ofStream = counted('http.stream', 'downstream_rq_max_duration_reached');
  claims(test, LISTENERS, [
    {
      title: 'a body that is incomplete at request_timeout: 408 request_overall_timeout',
      ...{ listener: 'request', send: [halfOf('/')], upstream: [SILENT], reply: [408, 'request timeout'] },
      ...{ log: [408, '-', 'request_overall_timeout'], counters: ofRequest },
    },
    {
      title: 'a head that is incomplete at request_timeout: 408 request_overall_timeout',
      ...{ listener: 'request', send: [HALF_A_HEAD], reply: [408, 'request timeout'] },
      ...{ log: [408, '-', 'request_overall_timeout'], counters: ofRequest },
    },
    {
      title: 'a head that is incomplete at request_headers_timeout: 408 request_header_timeout',
      ...{ listener: 'headers', send: [HALF_A_HEAD], reply: [408, 'request header timeout'] },
      log: [408, '-', 'request_header_timeout'],
      counters: counted('http.headers', 'downstream_rq_header_timeout'),
    },
    {
      title: 'max_stream_duration of a connection manager while the upstream is silent: 504 max_duration_timeout',
      ...{ listener: 'stream', upstream: [SILENT], reply: [504, 'downstream duration timeout'] },
      ...{ log: [504, '-', 'max_duration_timeout'], counters: ofStream },
    },
    {
      title: 'max_stream_duration of a connection manager within a request body: 408 max_duration_timeout',
      ...{ listener: 'stream', send: [halfOf('/')], upstream: [SILENT], reply: [408, 'downstream duration timeout'] },
      ...{ log: [408, '-', 'max_duration_timeout'], counters: ofStream },
    },
    {
      title: 'max_stream_duration of a connection manager within a response body: 200, with the part that arrived',
      ...{ listener: 'stream', upstream: [PART], reply: [200, 'abc'] },
      ...{ log: [200, '-', 'max_duration_timeout'], counters: ofStream },
    },
  ]);
});

describe('upgrades', () => {
  claims(test, LISTENERS, [
    {
      title: 'an upgrade to which the upstream does not respond within the route timeout: 504 UT',
      ...{ path: '/socket/limited/', headers: WEBSOCKET, upstream: [SILENT], reply: [504, 'upstream request timeout'] },
      ...{ log: [504, 'UT', 'response_timeout'], counters: ofUpstream('upstream_rq_timeout') },
    },
    {
      title: 'an upgrade that the upstream declines with 200 within the route timeout: 200 without a body',
      ...{ path: '/socket/limited/', headers: WEBSOCKET, upstream: [answer(200)], reply: [200, ''] },
      ...{ log: [200, '-', 'websocket_handshake_unsuccessful'], counters: {} },
    },
    {
      title: 'two tries of an upgrade that both reach per_try_timeout: 504 URX,UT',
      ...{ path: '/socket/per-try/', headers: WEBSOCKET, upstream: [SILENT], attempts: ['1', '2'] },
      reply: [504, 'upstream request timeout'],
      log: [504, 'URX,UT', 'upstream_per_try_timeout'],
      counters: {
        ...ofUpstream('upstream_rq_retry', 'upstream_rq_retry_backoff_exponential', 'upstream_rq_retry_limit_exceeded'),
        'cluster.upstream.upstream_rq_per_try_timeout': 2,
      },
    },
  ]);

  for (const [title, path, limit, script] of [
    [
      'an accepted upgrade outlives the route timeout: later bytes still arrive',
      ...(['/socket/limited/', '300'] as const),
      [{ signal: 'begun' }, ACCEPTED, { wait: 'later' }, { send: 'bytes' }],
    ],
    [
      'without a route timeout, an upgrade that is accepted late gets its 101',
      ...(['/socket/unlimited/', undefined] as const),
      [{ signal: 'begun' }, { wait: 'later' }, ACCEPTED, { send: 'bytes' }],
    ],
  ] satisfies [string, string, string | undefined, Script][]) {
    test(title, async ({ lab, downstream, upstreams: { upstream } }) => {
      await upstream.answers({ [path]: [script], '/route/elsewhere': [SILENT] });
      const seen = await downstream.dial(to('ingress'), {
        steps: [get(path, WEBSOCKET), { until: 'bytes' }, { end: true }],
        meanwhile: raisesLater(lab),
      });
      expect(seen.reply.body).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n[\s\S]*\r\n\r\nbytes$/);
      const upgrade = seen.received.find((request) => request.path === path);
      expect(upgrade?.header('x-envoy-expected-rq-timeout-ms')).toBe(limit);
      expect(logged(seen)).toEqual([
        [504, 'UT', 'response_timeout'],
        [101, 'DC', 'downstream_remote_disconnect'],
      ]);
    });
  }

  test('an upstream that accepts an upgrade after the route timeout is too late: 504 UT', async ({
    lab,
    downstream,
    upstreams: { upstream },
  }) => {
    const script: Script = [{ signal: 'begun' }, { wait: 'later' }, ACCEPTED];
    await upstream.answers({ '/socket/limited/': [script], '/route/elsewhere': [SILENT] });
    const seen = await downstream.dial(to('ingress'), {
      steps: [
        get('/socket/limited/', WEBSOCKET),
        { until: 'upstream request timeout' },
        { wait: 'later' },
        { end: true },
      ],
      meanwhile: raisesLater(lab),
    });
    expect(seen.reply.body).toMatch(/^HTTP\/1\.1 504 Gateway Timeout\r\n/);
    expect(seen.reply.body).not.toContain('101');
  });

  test(
    'with websocket_enable_timeout_on_upgrade_response false, a late 101 reaches the client; since 1.40.0, 504 UT',
    combined(changesEnvoy, differs(CHANGES.upgradeTimeoutGuardRemoved)),
    async ({ lab, downstream, upstreams: { upstream }, since }) => {
      await lab.restartEnvoy(guard('websocket_enable_timeout_on_upgrade_response', false));
      const isLimited = since(CHANGES.upgradeTimeoutGuardRemoved);
      const script: Script = [{ signal: 'begun' }, { wait: 'later' }, ACCEPTED, { send: 'bytes' }];
      await upstream.answers({ '/socket/limited/': [script], '/route/elsewhere': [SILENT] });
      const until: Script = isLimited
        ? [{ until: 'upstream request timeout' }, { wait: 'later' }]
        : [{ until: 'bytes' }];
      const seen = await downstream.dial(to('ingress'), {
        steps: [get('/socket/limited/', WEBSOCKET), ...until, { end: true }],
        meanwhile: raisesLater(lab),
      });
      expect(seen.reply.body).toMatch(isLimited ? /^HTTP\/1\.1 504 / : /^HTTP\/1\.1 101 [\s\S]*\r\n\r\nbytes$/);
      expect(logged(seen)).toEqual([
        [504, 'UT', 'response_timeout'],
        isLimited ? [504, 'UT', 'response_timeout'] : [101, 'DC', 'downstream_remote_disconnect'],
      ]);
    },
  );
});
