import { describe, expect } from 'vitest';
import { type ChapterFixtures, changesEnvoy, chapter, combined, differs } from '../../fixtures/chapter.ts';
import type { DialOptions } from '../../fixtures/exchange/downstream.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { response } from '../../helpers/exchange/response.ts';
import type { Step } from '../../helpers/exchange/script.ts';
import type { RawHeader } from '../../helpers/exchange/wire.ts';
import { allow, deny, failWith, grpcError, header } from '../../helpers/scenario/answers.ts';
import { many } from '../shared/ext-authz/headers.ts';
import { denied, failed, invalid, left, passed } from '../shared/ext-authz/log-lines.ts';
import { extAuthzFailures } from './scenario.ts';

const test = chapter(extAuthzFailures);

const LISTENER = `127.0.0.1:${PORTS.listener}`;

/** The header grpc-timeout of each route's checks; the other routes have their own claims. */
const GRPC_TIMEOUTS = {
  '/': '5000m',
  '/short-timeout': '250m',
  '/fails-open': '5000m',
  '/fails-open/short-timeout': '250m',
  '/fails-open-with-header': '5000m',
  '/fails-as-503': '5000m',
};

const cancelled = expect.objectContaining({
  ...{ response_code: 0, response_flags: 'DR', response_code_details: 'http2.remote_reset' },
});

describe('failures and timeouts', () => {
  test(
    'with an unreachable authorization service, a request gets 403 UAEX after connect_timeout',
    changesEnvoy,
    async ({ lab, netfilter, downstream }) => {
      await netfilter.add(`
    *filter
    -A INPUT -p tcp --sport ${PORTS.authz} -m comment --comment "drop responses of the authorization service" -j DROP
    COMMIT`);
      // A restarted Envoy has no open connection to the authorization service.
      await lab.restartEnvoy({});
      const { reply, received, accessLog, stats } = await downstream.get(lab.envoyUrl);
      expect(reply.outcome).toBe(403);
      expect(received).toEqual([]);
      expect(accessLog).toEqual([failed]);
      expect(stats['cluster.authz.upstream_cx_connect_timeout']).toBe(1);
    },
  );

  test('with the authorization service down, failure_mode_allow: false returns 403 UAEX (ext_authz_error)', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.stop();
    const { reply, received, accessLog, stats } = await downstream.get(lab.envoyUrl);
    expect(reply.outcome).toBe(403);
    expect(reply.body).toBe('');
    expect(received).toEqual([]);
    expect(accessLog).toEqual([failed]);
    expect(stats['http.ingress.ext_authz.error']).toBe(1);
    expect(stats['cluster.authz.upstream_cx_connect_fail']).toBe(1);
  });

  test('with the authorization service down, failure_mode_allow forwards a request and counts failure_mode_allowed', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.stop();
    const { reply, received, accessLog, stats } = await downstream.get(`${lab.envoyUrl}/fails-open`);
    expect(reply.servedBy).toBe('upstream');
    expect(received[0]?.header('x-ext-auth-id')).toBeUndefined();
    expect(received[0]?.header('x-envoy-auth-failure-mode-allowed')).toBeUndefined();
    expect(accessLog).toEqual([passed]);
    expect(stats['http.ingress.ext_authz.failure_mode_allowed']).toBe(1);
  });

  test('with the authorization service down, failure_mode_allow forwards a forged x-ext-auth-id', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.stop();
    const { received } = await downstream.get(`${lab.envoyUrl}/fails-open`, { headers: { 'x-ext-auth-id': 'root' } });
    expect(received[0]?.header('x-ext-auth-id')).toBe('root');
  });

  test('failure_mode_allow_header_add adds x-envoy-auth-failure-mode-allowed: true only if the check fails', async ({
    lab,
    authz,
    downstream,
  }) => {
    const answered = await downstream.get(`${lab.envoyUrl}/fails-open-with-header`);
    await authz.stop();
    const unanswered = await downstream.get(`${lab.envoyUrl}/fails-open-with-header`);
    expect([answered, unanswered].map(({ reply }) => reply.outcome)).toEqual([200, 200]);
    expect(answered.received[0]?.header('x-envoy-auth-failure-mode-allowed')).toBeUndefined();
    expect(unanswered.received[0]?.header('x-envoy-auth-failure-mode-allowed')).toBe('true');
  });

  test("a client's own x-envoy-auth-failure-mode-allowed reaches the upstream, even where Envoy adds its own", async ({
    lab,
    authz,
    downstream,
  }) => {
    const headers = { 'x-envoy-auth-failure-mode-allowed': 'false' };
    const answered = await downstream.get(`${lab.envoyUrl}/fails-open-with-header`, { headers });
    await authz.stop();
    const unanswered = await downstream.get(`${lab.envoyUrl}/fails-open-with-header`, { headers });
    expect(answered.received[0]?.lines('x-envoy-auth-failure-mode-allowed')).toEqual(['false']);
    expect(unanswered.received[0]?.lines('x-envoy-auth-failure-mode-allowed')).toEqual(['false', 'true']);
  });

  test('status_on_error sets the status of a failed ext_authz check (503), not of a denial (403)', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers(deny());
    const refused = await downstream.get(`${lab.envoyUrl}/fails-as-503`);
    await authz.stop();
    const unanswered = await downstream.get(`${lab.envoyUrl}/fails-as-503`);
    expect([refused, unanswered].map(({ reply }) => reply.outcome)).toEqual([403, 503]);
    expect([refused.accessLog, unanswered.accessLog]).toEqual([[denied], [failed]]);
    expect([refused.received, unanswered.received]).toEqual([[], []]);
  });

  test('an ext_authz response later than the grpc_service timeout is a failure: 403 UAEX', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers({ ...allow(), afterMs: 500 });
    const { reply, received, checks, accessLog, stats } = await downstream.get(`${lab.envoyUrl}/short-timeout`);
    expect(reply.outcome).toBe(403);
    expect(received).toEqual([]);
    expect(checks[0]?.timeout).toBe('250m');
    expect(accessLog).toEqual([failed]);
    expect(stats['cluster.authz.upstream_rq_timeout']).toBe(1);
  });

  test('failure_mode_allow forwards a request whose ext_authz check gets no response within the timeout', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers({ silence: true });
    const { reply, received, checks, stats } = await downstream.get(`${lab.envoyUrl}/fails-open/short-timeout`);
    expect(reply.outcome).toBe(200);
    expect([received.length, checks.length]).toEqual([1, 1]);
    expect(stats['cluster.authz.upstream_rq_timeout']).toBe(1);
    expect(stats['http.ingress.ext_authz.failure_mode_allowed']).toBe(1);
  });

  test('an ext_authz response that is slow but within the grpc_service timeout allows the request', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers({ ...allow({ headers: [header('x-user', 'stub')] }), afterMs: 300 });
    const { reply, received, checks } = await downstream.get(lab.envoyUrl);
    expect(reply.outcome).toBe(200);
    expect(received[0]?.header('x-user')).toBe('stub');
    expect(checks[0]?.timeout).toBe('5000m');
  });

  test('the grpc-timeout of an ext_authz check is the grpc_service timeout of the per-route config or the filter', async ({
    lab,
    downstream,
  }) => {
    for (const [route, timeout] of Object.entries(GRPC_TIMEOUTS)) {
      const { received, checks } = await downstream.get(`${lab.envoyUrl}${route}`);
      expect(received.map(({ path }) => path).join(), route).toBe('/');
      expect(checks[0]?.timeout, `grpc-timeout of ${route}`).toBe(timeout);
    }
  });

  test(
    'Envoy survives a client that resets while a check is pending on a route with its own grpc_service; 1.36 crashes',
    combined(changesEnvoy, differs(CHANGES.disconnectDuringCheck)),
    async ({ lab, authz, downstream, since }) => {
      // Long after the reset, also on a busy machine.
      await authz.answers({ ...allow(), afterMs: 600 });
      const crash = await lab.crashOf(async () => {
        // `dial` resets its connection at the timeout.
        const abandoned = await downstream.dial(LISTENER, {
          steps: [{ send: 'GET /timeout-0 HTTP/1.1\r\nHost: upstream\r\n\r\n' }],
          timeoutMs: 100,
        });
        expect(abandoned.received).toEqual([]);
        // Its check is answered after the abandoned one: an Envoy that answers has handled both.
        const { reply } = await downstream.get(`${lab.envoyUrl}/timeout-0`);
        expect(reply.outcome).toBe(200);
      });
      expect(crash?.ending).toBe(since(CHANGES.disconnectDuringCheck) ? undefined : 'SIGSEGV');
    },
  );

  test(
    'with grpc_service timeout 0s, Envoy waits for the check; it sends grpc-timeout 0m only before 1.38',
    differs(CHANGES.zeroTimeoutWithoutDeadline),
    async ({ lab, authz, downstream, since }) => {
      await authz.answers({ ...allow(), afterMs: 300 });
      const { reply, checks } = await downstream.get(`${lab.envoyUrl}/timeout-0`);
      expect(reply.outcome).toBe(200);
      expect(checks).toHaveLength(1);
      expect(checks[0]?.timeout).toBe(since(CHANGES.zeroTimeoutWithoutDeadline) ? undefined : '0m');
    },
  );

  test(
    'with grpc_service timeout 0s, a service that honours grpc-timeout fails the check only before 1.38',
    differs(CHANGES.zeroTimeoutWithoutDeadline),
    async ({ lab, authz, downstream, since }) => {
      await authz.answers({ ...allow(), afterMs: 300, enforcesDeadlines: true });
      const { reply, received, checks, accessLog } = await downstream.get(`${lab.envoyUrl}/timeout-0`);
      expect(checks).toHaveLength(1);
      const noTimeLeft = !since(CHANGES.zeroTimeoutWithoutDeadline);
      expect(reply.outcome).toBe(noTimeLeft ? 403 : 200);
      expect(received).toHaveLength(noTimeLeft ? 0 : 1);
      expect(accessLog).toEqual([noTimeLeft ? failed : passed]);
    },
  );
});

describe('clients that leave during a check', () => {
  const leaving = (path: string, end: Step): DialOptions => ({
    steps: [{ send: `GET ${path} HTTP/1.1\r\nHost: a.host\r\n\r\n` }, { wait: 'check received' }, end],
  });
  /** Resets its HTTP/2 stream. */
  const cancelling = (path: string): DialOptions => ({
    steps: [
      { frames: [{ type: 'HEADERS', headers: requestTo(path), endStream: true }] },
      { wait: 'check received' },
      { frames: [{ type: 'RST_STREAM', code: 'CANCEL' }] },
    ],
  });
  const requestTo = (path: string): RawHeader[] => [
    [':method', 'GET'],
    [':scheme', 'http'],
    [':authority', 'a.host'],
    [':path', path],
  ];

  test.for([
    ['FIN', leaving('/', { end: true }), left],
    ['RST', leaving('/', { reset: true }), left],
    ['RST_STREAM of HTTP/2', cancelling('/'), cancelled],
  ] satisfies [string, DialOptions, unknown][])(
    'after a %s of the client, Envoy cancels the check, logs the flags and moves no ext_authz counter',
    async ([, options, logged], { lab, authz, downstream }) => {
      await authz.answers({ '*': [{ silence: true }, allow()] });
      const { received, checks, accessLog, stats } = await downstream.dial(LISTENER, options);
      expect([received.length, checks.length]).toEqual([0, 1]);
      expect(accessLog).toEqual([logged]);
      expect(Object.keys(stats).filter((name) => name.includes('.ext_authz.'))).toEqual([]);
      expect(stats['cluster.authz.upstream_rq_tx_reset']).toBe(1);
      expect(stats['http.ingress.downstream_rq_rx_reset']).toBe(1);
      expect((await downstream.get(lab.envoyUrl)).reply.outcome).toBe(200);
    },
  );

  test.for([
    ['FIN', leaving('/own-service', { end: true }), left],
    ['RST_STREAM of HTTP/2', cancelling('/own-service'), cancelled],
  ] satisfies [string, DialOptions, unknown][])(
    'Envoy survives a %s of the client during a check on a route with its own grpc_service; 1.36 crashes',
    combined(changesEnvoy, differs(CHANGES.disconnectDuringCheck)),
    async ([, options, logged], { lab, authz, downstream, since }) => {
      await authz.answers({ '*': [{ silence: true }, allow()] });
      const crash = await lab.crashOf(async () => {
        const { received, accessLog } = await downstream.dial(LISTENER, options);
        expect(received).toEqual([]);
        expect(accessLog).toEqual([logged]);
        expect((await downstream.get(`${lab.envoyUrl}/own-service`)).reply.outcome).toBe(200);
      });
      expect(crash?.ending).toBe(since(CHANGES.disconnectDuringCheck) ? undefined : 'SIGSEGV');
    },
  );
});

describe('default timeout', () => {
  test.for(['/without-timeout', '/own-service'])(
    'where neither the filter nor the route sets a timeout, grpc-timeout is 200m: route %s',
    async (route, { lab, downstream }) => {
      const { reply, checks } = await downstream.get(lab.envoyUrl + route);
      expect(reply.outcome).toBe(200);
      expect(checks.map(({ timeout }) => timeout)).toEqual(['200m']);
    },
  );

  test('without a configured timeout, a check without an answer fails after 200 ms: 403 UAEX', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers({ silence: true });
    const { reply, received, accessLog, stats } = await downstream.get(`${lab.envoyUrl}/without-timeout`);
    expect([reply.outcome, received.length]).toEqual([403, 0]);
    expect(accessLog).toEqual([failed]);
    expect(stats['cluster.authz.upstream_rq_timeout']).toBe(1);
  });
});

describe('limits of request bodies', () => {
  test.for([
    ['above', '/limit-below', [32, 64, 65], [200, 200, 413]],
    ['below', '/limit-above', [16, 17, 64], [200, 413, 413]],
  ] satisfies [string, string, number[], number[]][])(
    'with max_request_bytes %s request_body_buffer_limit of the route, max_request_bytes decides between a check and 413',
    async ([, route, sizes, outcomes], { lab, downstream }) => {
      const seen: unknown[] = [];
      for (const size of sizes) {
        const { reply, checks } = await downstream.post(lab.envoyUrl + route, { body: 'x'.repeat(size) });
        seen.push([reply.outcome, checks.length]);
      }
      expect(seen).toEqual(outcomes.map((outcome) => [outcome, outcome === 200 ? 1 : 0]));
    },
  );

  const posted = async (
    path: string,
    bytes: number,
    { lab, upstream, downstream }: Pick<ChapterFixtures<'upstream'>, 'lab' | 'upstream' | 'downstream'>,
  ) => {
    const empty = (status: number) => response({ status, headers: [['content-length', '0']] });
    await upstream.answers({ [path]: [empty(503), empty(200)] });
    const { reply, stats } = await downstream.post(lab.envoyUrl + path, {
      headers: { host: 'limits.host' },
      body: 'x'.repeat(bytes),
    });
    return [reply.outcome, stats['cluster.upstream.retry_or_shadow_abandoned']];
  };
  const RETRIED = [200, undefined];
  const ABANDONED = [503, 1];

  test(
    'per_request_buffer_limit_bytes of a route precedes that of its virtual host since 1.37: a body of 100 bytes is retried',
    differs(CHANGES.routeLimitFirst),
    async ({ lab, upstream, downstream, since }) => {
      const fixtures = { lab, upstream, downstream };
      expect(await posted('/route-limit', 100, fixtures)).toEqual(since(CHANGES.routeLimitFirst) ? RETRIED : ABANDONED);
      expect(await posted('/host-limit', 100, fixtures)).toEqual(ABANDONED);
    },
  );

  test(
    'a body that ext_authz has buffered counts once against the buffer limit of retries since 1.38.0; before, twice',
    differs(CHANGES.bufferedBodyCountedOnce),
    async ({ lab, upstream, downstream, since }) => {
      const outcomes: unknown[] = [];
      for (const [path, bytes] of [
        ['/host-limit', 25],
        ['/host-limit', 26],
        ['/host-limit', 50],
        ['/host-limit', 51],
        ['/route-limit', 1000],
        ['/route-limit', 1001],
      ] as const) {
        outcomes.push(await posted(path, bytes, { lab, upstream, downstream }));
      }
      const aboveHalf = since(CHANGES.bufferedBodyCountedOnce) ? RETRIED : ABANDONED;
      expect(outcomes).toEqual([RETRIED, aboveHalf, aboveHalf, ABANDONED, aboveHalf, ABANDONED]);
    },
  );
});

describe('gRPC errors and error_response', () => {
  const UNREADABLE = {
    'a gRPC error of the authorization service is a failure, not a denial, even PERMISSION_DENIED': grpcError(
      7,
      'PERMISSION_DENIED',
    ),
    'a response that does not parse as CheckResponse is a failure, not a denial: 403 UAEX': {
      bytes: Buffer.from('no CheckResponse').toString('base64'),
    },
  };

  for (const [title, answer] of Object.entries(UNREADABLE)) {
    test(title, async ({ lab, authz, downstream }) => {
      await authz.answers(answer);
      const refused = await downstream.get(lab.envoyUrl);
      const passing = await downstream.get(`${lab.envoyUrl}/fails-open`);
      expect([refused, passing].map(({ checks }) => checks.length)).toEqual([1, 1]);
      expect([refused, passing].map(({ reply }) => reply.outcome)).toEqual([403, 200]);
      expect([refused.accessLog, passing.accessLog]).toEqual([[failed], [passed]]);
      expect([refused.received.length, passing.received.length]).toEqual([0, 1]);
    });
  }

  test('failure_mode_allow does not forward a denied request: 403 UAEX', async ({ lab, authz, downstream }) => {
    await authz.answers(deny());
    const { reply, received, accessLog } = await downstream.get(`${lab.envoyUrl}/fails-open`);
    expect(reply.outcome).toBe(403);
    expect(received).toEqual([]);
    expect(accessLog).toEqual([denied]);
  });

  test('failure_mode_allow does not forward a request that ok_response.headers push over max_headers_count: 500', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers(allow({ headers: many(150) }));
    const { reply, received, accessLog } = await downstream.get(`${lab.envoyUrl}/fails-open`);
    expect(reply.outcome).toBe(500);
    expect(received).toEqual([]);
    expect(accessLog).toEqual([invalid]);
  });

  test(
    'since 1.37.0, error_response sets status, headers and body of the response; before, Envoy denied with 403',
    differs(CHANGES.errorResponse),
    async ({ lab, authz, downstream, since }) => {
      await authz.answers(failWith({ status: { code: 429 }, headers: [header('x-why', 'busy')], body: 'try again' }));
      const { reply, received, accessLog } = await downstream.get(lab.envoyUrl);
      expect(received).toEqual([]);
      if (since(CHANGES.errorResponse)) {
        expect([reply.outcome, reply.header('x-why'), reply.body]).toEqual([429, 'busy', 'try again']);
        expect(accessLog).toEqual([failed]);
      } else {
        expect([reply.outcome, reply.header('x-why'), reply.body]).toEqual([403, undefined, '']);
        expect(accessLog).toEqual([denied]);
      }
    },
  );

  test(
    'failure_mode_allow forwards a request after error_response since 1.37.0; before, Envoy returned 403',
    differs(CHANGES.errorResponse),
    async ({ lab, authz, downstream, since }) => {
      await authz.answers(failWith({ status: { code: 429 } }));
      const { reply, received, checks, stats } = await downstream.get(`${lab.envoyUrl}/fails-open`);
      const known = since(CHANGES.errorResponse);
      expect(checks).toHaveLength(1);
      expect(reply.outcome).toBe(known ? 200 : 403);
      expect(received).toHaveLength(known ? 1 : 0);
      expect(stats['http.ingress.ext_authz.failure_mode_allowed']).toBe(known ? 1 : undefined);
    },
  );

  test(
    'an error_response without a status returns status_on_error since 1.37.0; before, 403',
    differs(CHANGES.errorResponse),
    async ({ lab, authz, downstream, since }) => {
      await authz.answers(failWith({ body: 'try again' }));
      const unnamed = await downstream.get(`${lab.envoyUrl}/fails-as-503`);
      await authz.answers(failWith({ status: { code: 429 } }));
      const named = await downstream.get(`${lab.envoyUrl}/fails-as-503`);
      const known = since(CHANGES.errorResponse);
      expect([unnamed, named].map(({ reply }) => reply.outcome)).toEqual(known ? [503, 429] : [403, 403]);
    },
  );

  test('a CheckResponse with status code 0 and an error_response allows the request', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers({ response: { status: { code: 0 }, error_response: { status: { code: 429 } } } });
    const { reply, received, checks } = await downstream.get(lab.envoyUrl);
    expect(checks).toHaveLength(1);
    expect(reply.outcome).toBe(200);
    expect(received).toHaveLength(1);
  });
});
