import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, combined, differs } from '../../fixtures/chapter.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionRefusedBody } from '../../helpers/envoy/local-replies.ts';
import type { Script } from '../../helpers/exchange/script.ts';
import { guard } from '../shared/guard.ts';
import {
  ACCEPTED,
  answer,
  claims,
  counted,
  GRPC,
  get,
  HALF_A_HEAD,
  halfOf,
  http2,
  logged,
  moved,
  ofUpstream,
  PART,
  RESET,
  raisesLater,
  SILENT,
  to,
  WEBSOCKET,
} from './cases.ts';
import { timeouts } from './scenario.ts';

const test = chapter(timeouts);

describe('route timeouts', () => {
  claims(test, [
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
      ...{ listener: 'internal', path: '/unlimited/', headers: 'x-envoy-upstream-stream-duration-ms: 100\r\n' },
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
  claims(test, [
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
      ...{ listener: 'internal', path: '/unlimited/', upstream: [SILENT], attempts: ['1', '2'] },
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
  claims(test, [
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
  claims(test, [
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
  claims(test, [
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

  for (const [title, path, script] of [
    [
      'an accepted upgrade outlives the route timeout: later bytes still arrive',
      '/socket/limited/',
      [{ signal: 'begun' }, ACCEPTED, { wait: 'later' }, { send: 'bytes' }],
    ],
    [
      'without a route timeout, an upgrade that is accepted late gets its 101',
      '/socket/unlimited/',
      [{ signal: 'begun' }, { wait: 'later' }, ACCEPTED, { send: 'bytes' }],
    ],
  ] satisfies [string, string, Script][]) {
    test(title, async ({ lab, downstream, upstreams: { upstream } }) => {
      await upstream.answers({ [path]: [script], '/route/elsewhere': [SILENT] });
      const seen = await downstream.dial(to('ingress'), {
        steps: [get(path, WEBSOCKET), { until: 'bytes' }, { end: true }],
        meanwhile: raisesLater(lab),
      });
      expect(seen.reply.body).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n[\s\S]*\r\n\r\nbytes$/);
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

describe('retries', () => {
  const retried = (times = 1) => ({
    'cluster.upstream.upstream_rq_retry': times,
    'cluster.upstream.upstream_rq_retry_backoff_exponential': times,
  });
  const succeeded = (times = 1) => ({ ...retried(times), ...ofUpstream('upstream_rq_retry_success') });
  const exhausted = (times = 1) => ({ ...retried(times), ...ofUpstream('upstream_rq_retry_limit_exceeded') });
  claims(test, [
    {
      title: 'retry_on 5xx, responses 503 and 500, then 200: the third try gets 200',
      ...{ path: '/retried/5xx', upstream: [answer(503), answer(500), answer(200)], attempts: ['1', '2', '3'] },
      ...{ reply: [200, '200'], log: [200, '-', 'via_upstream'], counters: succeeded(2) },
    },
    {
      title: 'after num_retries retries, the last response goes to the downstream: 503 URX',
      ...{ path: '/retried/5xx', upstream: [answer(503)], attempts: ['1', '2', '3'] },
      ...{ reply: [503, '503'], log: [503, 'URX', 'via_upstream'], counters: exhausted(2) },
    },
    {
      title: 'retry_on 5xx does not retry a 404',
      ...{ path: '/retried/5xx', upstream: [answer(404), answer(200)], attempts: ['1'] },
      ...{ reply: [404, '404'], log: [404, '-', 'via_upstream'], counters: {} },
    },
    {
      title: 'retry_on 5xx retries a connection that the upstream resets before a response',
      ...{ path: '/retried/5xx', upstream: [RESET, answer(200)], attempts: ['1', '2'] },
      ...{ reply: [200, '200'], log: [200, '-', 'via_upstream'], counters: succeeded() },
    },
    {
      title: 'retry_on 5xx does not retry a response with x-envoy-ratelimited',
      ...{ path: '/retried/5xx', upstream: [answer(503, [['x-envoy-ratelimited', 'true']]), answer(200)] },
      ...{ attempts: ['1'], reply: [503, '503'], log: [503, '-', 'via_upstream'], counters: {} },
    },
    {
      title: 'retry_on 5xx retries a response with x-envoy-overloaded',
      ...{ path: '/retried/5xx', upstream: [answer(503, [['x-envoy-overloaded', 'true']]), answer(200)] },
      ...{ attempts: ['1', '2'], reply: [200, '200'], log: [200, '-', 'via_upstream'], counters: succeeded() },
    },
    {
      title: 'retry_on reset retries a connection that the upstream resets before a response',
      ...{ path: '/retried/reset', upstream: [RESET, answer(200)], attempts: ['1', '2'] },
      ...{ reply: [200, '200'], log: [200, '-', 'via_upstream'], counters: succeeded() },
    },
    {
      title: 'two tries whose connections the upstream resets: 503 URX,UC connection_termination',
      ...{ path: '/retried/reset', upstream: [RESET], attempts: ['1', '2'] },
      reply: [503, expect.stringContaining('retried and the latest reset reason: connection termination')],
      log: [503, 'URX,UC', 'upstream_reset_before_response_started{connection_termination}'],
      counters: exhausted(),
    },
    {
      title: 'retry_on reset does not retry a 503 response',
      ...{ path: '/retried/reset', upstream: [answer(503), answer(200)], attempts: ['1'] },
      ...{ reply: [503, '503'], log: [503, '-', 'via_upstream'], counters: {} },
    },
    {
      title: 'a reset within a response body is not retried: 200 UPE, with the part that arrived',
      ...{ path: '/retried/reset', upstream: [[...PART.slice(0, 1), { reset: true }], answer(200)], attempts: ['1'] },
      ...{
        reply: [200, 'abc'],
        log: [200, 'UPE', 'upstream_reset_after_response_started{protocol_error}'],
        counters: {},
      },
    },
    {
      title: 'retry_on gateway-error retries a 502',
      ...{ path: '/retried/gateway-error', upstream: [answer(502), answer(200)], attempts: ['1', '2'] },
      ...{ reply: [200, '200'], log: [200, '-', 'via_upstream'], counters: succeeded() },
    },
    {
      title: 'retry_on gateway-error does not retry a 500',
      ...{ path: '/retried/gateway-error', upstream: [answer(500), answer(200)], attempts: ['1'] },
      ...{ reply: [500, '500'], log: [500, '-', 'via_upstream'], counters: {} },
    },
    {
      title: 'retriable_status_codes 404: a 404 is retried',
      ...{ path: '/retried/status', upstream: [answer(404), answer(200)], attempts: ['1', '2'] },
      ...{ reply: [200, '200'], log: [200, '-', 'via_upstream'], counters: succeeded() },
    },
    {
      title: 'retriable_status_codes 404: a 500 is not retried',
      ...{ path: '/retried/status', upstream: [answer(500), answer(200)], attempts: ['1'] },
      ...{ reply: [500, '500'], log: [500, '-', 'via_upstream'], counters: {} },
    },
    {
      title: 'retriable_headers: a 200 with the header is retried',
      ...{ path: '/retried/headers', upstream: [answer(200, [['x-again', '1']]), answer(201)], attempts: ['1', '2'] },
      ...{ reply: [201, '201'], log: [201, '-', 'via_upstream'], counters: succeeded() },
    },
    {
      title: 'x-envoy-retry-on and x-envoy-max-retries of an internal request: the third try gets 200',
      ...{ listener: 'internal', path: '/unlimited/', headers: 'x-envoy-retry-on: 5xx\r\nx-envoy-max-retries: 2\r\n' },
      ...{ upstream: [answer(503), answer(503), answer(200)], attempts: ['1', '2', '3'] },
      ...{ reply: [200, '200'], log: [200, '-', 'via_upstream'], counters: succeeded(2) },
    },
    {
      title: 'x-envoy-retriable-status-codes of an internal request names a status that is retried',
      ...{ listener: 'internal', path: '/unlimited/', upstream: [answer(409), answer(200)], attempts: ['1', '2'] },
      headers: 'x-envoy-retry-on: retriable-status-codes\r\nx-envoy-retriable-status-codes: 409\r\n',
      ...{ reply: [200, '200'], log: [200, '-', 'via_upstream'], counters: succeeded() },
    },
  ]);

  for (const [title, path, statuses, counters] of [
    ['a retried POST carries its body again', '/retried/5xx', [503, 200], succeeded()],
    [
      'a body larger than per_request_buffer_limit_bytes is not retried: retry_or_shadow_abandoned',
      ...(['/retried/small-buffer', [503], ofUpstream('retry_or_shadow_abandoned')] as const),
    ],
  ] as const) {
    test(title, async ({ lab, downstream, upstreams: { upstream } }) => {
      const body = 'twelve bytes';
      const script = (status: number): Script => [{ until: body }, ...answer(status)];
      await upstream.answers({ [path]: [script(503), script(200)] });
      const seen = await downstream.post(`${lab.envoyUrl}${path}`, { body });
      expect(seen.reply.outcome).toBe(statuses.at(-1));
      expect(seen.received).toHaveLength(statuses.length);
      expect(moved(seen)).toEqual(counters);
    });
  }

  test(
    'retry_on connect-failure retries a refused connection: 503 URX,UF, with the reason in the body before 1.38.1',
    differs(CHANGES.hideTransportFailureReason),
    async ({ lab, downstream, since }) => {
      const seen = await downstream.get(`${lab.envoyUrl}/retried/refused`);
      expect(seen.reply.outcome).toBe(503);
      const body = connectionRefusedBody(since(CHANGES.hideTransportFailureReason));
      expect(seen.reply.body).toBe(body.replace('reset reason', 'retried and the latest reset reason'));
      expect(logged(seen)).toEqual([
        [
          ...[503, 'URX,UF'],
          'upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused}',
        ],
      ]);
      expect(moved(seen)).toEqual({
        ...counted('cluster.refused', 'upstream_rq_retry', 'upstream_rq_retry_backoff_exponential'),
        ...counted('cluster.refused', 'upstream_rq_retry_limit_exceeded'),
        'cluster.refused.upstream_cx_connect_fail': 2,
      });
    },
  );
});

describe('connections of the downstream', () => {
  const AGE = counted('http.age', 'downstream_cx_max_duration_reached');
  const IDLE = counted('http.keep-alive', 'downstream_cx_idle_timeout');

  for (const [title, listener, counters] of [
    ['max_connection_duration closes a connection without requests', 'age', AGE],
    ['idle_timeout closes a connection without requests', 'keep-alive', IDLE],
  ] as const) {
    test(title, async ({ downstream }) => {
      const seen = await downstream.dial(to(listener));
      expect([seen.reply.outcome, seen.reply.body, seen.accessLog]).toEqual(['closed', '', []]);
      expect(moved(seen)).toEqual(counters);
    });
  }

  for (const [title, listener, counters] of [
    ['max_connection_duration closes a kept-alive connection after its response', 'age', AGE],
    ['idle_timeout closes a kept-alive connection after its response', 'keep-alive', IDLE],
  ] as const) {
    test(title, async ({ downstream }) => {
      const seen = await downstream.dial(to(listener), { steps: [get('/')] });
      expect(seen.reply.body).toMatch(/^HTTP\/1\.1 200 OK\r\n(?!connection)/);
      expect([seen.reply.outcome, seen.reply.body.includes('connection: close')]).toEqual(['closed', false]);
      expect(moved(seen)).toEqual(counters);
    });
  }

  for (const [title, listener, counters] of [
    ['over HTTP/2, max_connection_duration sends GOAWAY(NO_ERROR) after the response', 'age', AGE],
    ['over HTTP/2, idle_timeout sends GOAWAY(NO_ERROR) after the response', 'keep-alive', IDLE],
  ] as const) {
    test(title, async ({ downstream }) => {
      const seen = await downstream.dial(to(listener), {
        steps: [{ frames: [http2('/')] }, { untilFrame: { type: 'GOAWAY' } }],
      });
      expect(seen.reply.outcome).toBe(200);
      expect(seen.reply.frames.filter(({ type }) => type === 'GOAWAY')).toMatchObject([{ code: 'NO_ERROR' }]);
      expect(moved(seen)).toEqual(counters);
    });
  }

  test('max_connection_duration within a response: the response arrives whole, and then the connection closes', async ({
    lab,
    downstream,
    upstreams: { upstream },
  }) => {
    await upstream.answers({
      '/': [[...PART.slice(0, 1), { signal: 'begun' }, { wait: 'later' }, { send: '4567890' }]],
      '/route/elsewhere': [SILENT],
    });
    const seen = await downstream.dial(to('age'), {
      steps: [get('/'), { until: '4567890' }],
      meanwhile: raisesLater(lab),
    });
    expect(seen.reply.body).toMatch(/\r\n\r\nabc4567890$/);
    expect(seen.reply.outcome).toBe('closed');
    expect(moved(seen)).toEqual({ ...AGE, ...ofUpstream('upstream_rq_timeout') });
  });

  test('max_requests_per_connection 2: the second response has connection: close', async ({ downstream }) => {
    const seen = await downstream.dial(to('count'), {
      steps: [get('/first'), { until: 'page not found' }, get('/second'), { until: 'page not found' }],
    });
    const [first, second] = seen.reply.body.split(/(?<=.)(?=HTTP\/1\.1)/s);
    expect([first, second].map((each) => each?.includes('connection: close'))).toEqual([false, true]);
    expect(seen.reply.outcome).toBe('closed');
    expect(moved(seen)).toEqual(counted('http.count', 'downstream_cx_max_requests_reached'));
  });

  test('over HTTP/2, max_requests_per_connection 2: GOAWAY(NO_ERROR) with the second request, both get responses', async ({
    downstream,
  }) => {
    const seen = await downstream.dial(to('count'), {
      steps: [
        { frames: [http2('/')] },
        { untilFrame: { type: 'DATA', stream: 1, endStream: true } },
        { frames: [http2('/', { stream: 3 })] },
        { untilFrame: { type: 'GOAWAY' } },
      ],
    });
    expect(logged(seen)).toEqual([
      [200, '-', 'via_upstream'],
      [200, '-', 'via_upstream'],
    ]);
    expect(seen.reply.frames.find(({ type }) => type === 'GOAWAY')).toMatchObject({ code: 'NO_ERROR' });
    expect(moved(seen)).toEqual(counted('http.count', 'downstream_cx_max_requests_reached'));
  });

  test('delayed_close_timeout closes a connection that the downstream leaves open after an early response', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    await upstream.answers({ '/early': [answer(413)] });
    const seen = await downstream.dial(to('delayed-close'), { steps: [halfOf('/early')] });
    expect(seen.reply.body).toMatch(/^HTTP\/1\.1 413 /);
    expect(moved(seen)).toEqual(counted('http.delayed-close', 'downstream_cx_delayed_close_timeout'));
  });
});

describe('connections to upstreams', () => {
  claims(test, [
    {
      title: 'a connection that is not established within connect_timeout: 503 UF connection_timeout',
      path: '/dropped/',
      reply: [503, expect.stringMatching(/reset reason: connection timeout$/)],
      log: [503, 'UF', 'upstream_reset_before_response_started{connection_timeout}'],
      counters: counted('cluster.dropped', 'upstream_cx_connect_fail', 'upstream_cx_connect_timeout'),
    },
  ]);

  test('a route timeout shorter than connect_timeout: 504 UT, and the connection attempt goes on', async ({
    lab,
    downstream,
  }) => {
    const seen = await downstream.get(`${lab.envoyUrl}/dropped-route/`, {
      meanwhile: () => lab.envoy.waitFor('/stats?filter=cluster.dropped-route.upstream_cx_connect_timeout', ': 1'),
    });
    expect([seen.reply.outcome, seen.reply.body]).toEqual([504, 'upstream request timeout']);
    expect(logged(seen)).toEqual([[504, 'UT', 'response_timeout']]);
    expect(moved(seen)).toEqual(
      counted(
        ...(['cluster.dropped-route', 'upstream_rq_timeout', 'upstream_rq_cancelled'] as const),
        ...['upstream_cx_connect_fail', 'upstream_cx_connect_timeout'],
      ),
    );
  });

  test(
    'idle_timeout shorter than connect_timeout: local_connection_failure before 1.38.0, connection_timeout since',
    differs(CHANGES.upstreamIdleTimer),
    async ({ lab, downstream, since }) => {
      const seen = await downstream.get(`${lab.envoyUrl}/dropped-idle/`);
      const [reason, timer] = since(CHANGES.upstreamIdleTimer)
        ? ['connection_timeout', 'upstream_cx_connect_timeout']
        : ['local_connection_failure', 'upstream_cx_idle_timeout'];
      expect(seen.reply.outcome).toBe(503);
      expect(logged(seen)).toEqual([[503, 'UF', `upstream_reset_before_response_started{${reason}}`]]);
      expect(moved(seen)).toEqual(counted('cluster.dropped-idle', 'upstream_cx_connect_fail', timer));
    },
  );

  for (const [title, path, counter] of [
    ['idle_timeout of a cluster closes an unused upstream connection', 'idle', 'upstream_cx_idle_timeout'],
    [
      'max_connection_duration of a cluster closes an unused upstream connection',
      'aged',
      'upstream_cx_max_duration_reached',
    ],
  ] as const) {
    test(title, async ({ lab, downstream }) => {
      const seen = await downstream.get(`${lab.envoyUrl}/${path}/`, {
        meanwhile: () => lab.envoy.waitFor(`/stats?filter=cluster.${path}.${counter}`, ': 1'),
      });
      expect(seen.reply.outcome).toBe(404);
      expect(seen.connections).toEqual([expect.objectContaining({ requests: 1, ended: 'end' })]);
      expect(moved(seen)).toEqual(counted(`cluster.${path}`, counter));
    });
  }

  test('max_requests_per_connection 1 of a cluster: each request has a connection of its own', async ({
    downstream,
  }) => {
    const seen = await downstream.dial(to('ingress'), {
      steps: [
        get('/counted/'),
        { until: 'page not found' },
        get('/counted/'),
        { until: 'page not found' },
        { end: true },
      ],
    });
    expect(seen.connections.map(({ requests, ended }) => [requests, ended])).toEqual([
      [1, 'end'],
      [1, 'end'],
    ]);
    expect(moved(seen)).toEqual({ 'cluster.counted.upstream_cx_max_requests': 2 });
  });
});

describe('TCP connections', () => {
  for (const [title, listener, counter, flags] of [
    ['idle_timeout of a TCP proxy ends a connection without bytes, without a flag', 'bytes', 'idle_timeout', '-'],
    [
      'max_downstream_connection_duration ends a TCP connection: DT',
      'bytes-age',
      'max_downstream_connection_duration',
      'DT',
    ],
  ] as const) {
    test(title, async ({ downstream, upstreams: { bytes } }) => {
      await bytes.plays([{ until: 'hello' }, { send: 'hi' }, { untilEnd: true }]);
      const seen = await downstream.dial(to(listener), { steps: [{ send: 'hello' }, { until: 'hi' }] });
      expect([seen.reply.outcome, seen.reply.body]).toEqual(['closed', 'hi']);
      expect(seen.streams).toEqual([expect.objectContaining({ bytes: 5, ended: 'end' })]);
      expect(seen.accessLog).toEqual([expect.objectContaining({ response_flags: flags, bytes_sent: 2 })]);
      expect(moved(seen)).toEqual(counted(`tcp.${listener}`, counter));
    });
  }

  test('max_connect_attempts 2 of a TCP proxy: two connections reach connect_timeout, UF,URX', async ({
    downstream,
  }) => {
    const seen = await downstream.dial(to('bytes-dropped'));
    expect(seen.reply.body).toBe('');
    expect(seen.accessLog).toEqual([expect.objectContaining({ response_flags: 'UF,URX', bytes_sent: 0 })]);
    expect(moved(seen)).toEqual({
      'cluster.dropped.upstream_cx_connect_attempts_exceeded': 1,
      'cluster.dropped.upstream_cx_connect_fail': 2,
      'cluster.dropped.upstream_cx_connect_timeout': 2,
    });
  });
});
