import { describe, expect } from 'vitest';
import { chapter, differs } from '../../fixtures/chapter.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import type { RateLimitAnswer } from '../../helpers/exchange/stub-calls.ts';
import { grpcError, overLimit, underLimit } from '../../helpers/scenario/answers.ts';
import { rateLimitService } from './scenario.ts';

const test = chapter(rateLimitService);

const ALL = { entries: [{ key: 'generic_key', value: 'all' }] };

const userDescriptor = (user: string, method = 'GET') => ({
  entries: [
    { key: 'user', value: user },
    { key: 'method', value: method },
  ],
});

const limited = expect.objectContaining({
  ...{ response_code: 429, response_flags: 'RL', response_code_details: 'request_rate_limited' },
});

describe('requests to the rate limit service', () => {
  test('Envoy sends the domain and one descriptor for each rate_limits entry of the route, and forwards the request', async ({
    lab,
    downstream,
  }) => {
    const { reply, limitRequests, stats } = await downstream.get(lab.envoyUrl, { headers: { 'x-user': 'alice' } });
    expect(reply.servedBy).toBe('upstream');
    expect(limitRequests).toEqual([{ timeout: '500m', domain: 'book', descriptors: [ALL, userDescriptor('alice')] }]);
    expect(stats['cluster.upstream.ratelimit.ok']).toBe(1);
  });

  test('a descriptor whose request header is absent is left out', async ({ lab, downstream }) => {
    const { limitRequests } = await downstream.get(lab.envoyUrl);
    expect(limitRequests.map(({ descriptors }) => descriptors)).toEqual([[ALL]]);
  });

  test('remote_address, destination_cluster and header_value_match make one descriptor, for a POST only', async ({
    lab,
    downstream,
  }) => {
    const get = await downstream.get(`${lab.envoyUrl}/described`);
    const post = await downstream.post(`${lab.envoyUrl}/described`, { body: 'x' });
    expect([get.reply.outcome, get.limitRequests]).toEqual([200, []]);
    expect(post.limitRequests.map(({ descriptors }) => descriptors)).toEqual([
      [
        {
          entries: [
            { key: 'remote_address', value: '127.0.0.1' },
            { key: 'destination_cluster', value: 'upstream' },
            { key: 'header_match', value: 'writes' },
          ],
        },
      ],
    ]);
  });

  test('a request to a route without rate_limits reaches the upstream without a call', async ({
    lab,
    rateLimit,
    downstream,
  }) => {
    await rateLimit.answers(overLimit(), { called: false });
    const { reply, limitRequests } = await downstream.get(`${lab.envoyUrl}/unlimited`);
    expect([reply.outcome, reply.servedBy]).toEqual([200, 'upstream']);
    expect(limitRequests).toEqual([]);
  });
});

describe('limits', () => {
  test('OVER_LIMIT is a 429 RL with x-envoy-ratelimited; the upstream does not receive the request', async ({
    lab,
    rateLimit,
    downstream,
  }) => {
    await rateLimit.answers(overLimit());
    const { reply, received, limitRequests, accessLog, stats } = await downstream.get(lab.envoyUrl);
    expect([reply.outcome, reply.body]).toEqual([429, '']);
    expect(reply.header('x-envoy-ratelimited')).toBe('true');
    expect([received.length, limitRequests.length]).toEqual([0, 1]);
    expect(accessLog).toEqual([limited]);
    expect(stats['cluster.upstream.ratelimit.over_limit']).toBe(1);
  });

  test('the third request is over the limit: two get 200, all later ones 429', async ({
    lab,
    rateLimit,
    downstream,
  }) => {
    await rateLimit.answers({ '*': [underLimit(), underLimit(), overLimit()] });
    const outcomes: unknown[] = [];
    for (let request = 0; request < 4; request++) outcomes.push((await downstream.get(lab.envoyUrl)).reply.outcome);
    expect(outcomes).toEqual([200, 200, 429, 429]);
  });

  test('a limit of one user leaves the requests of another user alone', async ({ lab, rateLimit, downstream }) => {
    await rateLimit.answers({ 'user=mallory': [overLimit()] });
    const mallory = await downstream.get(lab.envoyUrl, { headers: { 'x-user': 'mallory' } });
    const alice = await downstream.get(lab.envoyUrl, { headers: { 'x-user': 'alice' } });
    expect([mallory, alice].map(({ reply }) => reply.outcome)).toEqual([429, 200]);
    expect(mallory.limitRequests[0]?.descriptors).toEqual([ALL, userDescriptor('mallory')]);
  });
});

describe('headers and bodies', () => {
  const HEADERS = {
    request_headers_to_add: [{ key: 'x-plan', value: 'free' }],
    response_headers_to_add: [{ key: 'x-limit', value: 'seen' }],
  };

  test('request_headers_to_add of an OK reach the upstream, response_headers_to_add the client', async ({
    lab,
    rateLimit,
    downstream,
  }) => {
    await rateLimit.answers(underLimit(HEADERS));
    const { reply, received } = await downstream.get(lab.envoyUrl);
    expect(received[0]?.lines('x-plan')).toEqual(['free']);
    expect(reply.lines('x-limit')).toEqual(['seen']);
  });

  test('a 429 has the response_headers_to_add and the raw_body of the OVER_LIMIT', async ({
    lab,
    rateLimit,
    downstream,
  }) => {
    const raw_body = Buffer.from('slow down').toString('base64');
    await rateLimit.answers(overLimit({ ...HEADERS, raw_body }));
    const { reply } = await downstream.get(lab.envoyUrl);
    expect([reply.outcome, reply.body]).toEqual([429, 'slow down']);
    expect(reply.lines('x-limit')).toEqual(['seen']);
    expect(reply.lines('x-plan')).toEqual([]);
  });

  test('enable_x_ratelimit_headers derives x-ratelimit headers from the tightest of the returned statuses', async ({
    lab,
    rateLimit,
    downstream,
  }) => {
    const status = (requests_per_unit: number, limit_remaining: number, seconds: number) => ({
      code: 1,
      current_limit: { requests_per_unit, unit: 2 },
      ...{ limit_remaining, duration_until_reset: { seconds } },
    });
    await rateLimit.answers(underLimit({ statuses: [status(10, 9, 30), status(5, 1, 40)] }));
    const { reply } = await downstream.get(lab.envoyUrl, { headers: { 'x-user': 'alice' } });
    expect(['limit', 'remaining', 'reset'].map((name) => reply.header(`x-ratelimit-${name}`))).toEqual([
      ...['5, 10;w=60, 5;w=60', '1', '40'],
    ]);
  });

  test('a 429 has x-ratelimit headers, too: no request remains', async ({ lab, rateLimit, downstream }) => {
    await rateLimit.answers(
      overLimit({
        statuses: [
          {
            ...{ code: 2, current_limit: { requests_per_unit: 5, unit: 2 } },
            ...{ limit_remaining: 0, duration_until_reset: { seconds: 40 } },
          },
        ],
      }),
    );
    const { reply } = await downstream.get(lab.envoyUrl);
    expect(reply.outcome).toBe(429);
    expect(['limit', 'remaining', 'reset'].map((name) => reply.header(`x-ratelimit-${name}`))).toEqual([
      ...['5, 5;w=60', '0', '40'],
    ]);
  });
});

describe('timeouts', () => {
  test(
    'with timeout 0s, Envoy waits for an OVER_LIMIT: rate_limited_status 403; it sends grpc-timeout 0m only before 1.38',
    differs(CHANGES.rateLimitWithoutTimeout),
    async ({ lab, rateLimit, downstream, since }) => {
      await rateLimit.answers({ ...overLimit(), afterMs: 50 }, { called: true });
      const { reply, received, limitRequests } = await downstream.get(`${lab.envoyUrl}/waits`);
      expect([reply.outcome, received.length]).toEqual([403, 0]);
      expect(reply.lines('x-limited-by')).toEqual(['envoy']);
      expect(limitRequests.map(({ timeout }) => timeout)).toEqual([
        since(CHANGES.rateLimitWithoutTimeout) ? undefined : '0m',
      ]);
    },
  );

  test('where the filter sets no timeout, a call has 20 ms: grpc-timeout 20m, then 500 RLSE with failure_mode_deny', async ({
    lab,
    rateLimit,
    downstream,
  }) => {
    await rateLimit.answers({ silence: true }, { called: true });
    const { reply, limitRequests } = await downstream.get(`${lab.envoyUrl}/default-timeout`);
    expect(reply.outcome).toBe(500);
    expect(limitRequests.map(({ timeout }) => timeout)).toEqual(['20m']);
  });
});

describe('failures', () => {
  const FAILURES: Record<string, RateLimitAnswer> = {
    'gRPC error UNAVAILABLE': grpcError(14, 'broken'),
    'no answer within the timeout': { silence: true },
  };

  for (const [name, answer] of Object.entries(FAILURES)) {
    test(`${name}: with failure_mode_deny false, the request is forwarded and counts as ratelimit.error`, async ({
      lab,
      rateLimit,
      downstream,
    }) => {
      await rateLimit.answers(answer, { called: true });
      const { reply, stats } = await downstream.get(lab.envoyUrl);
      expect(reply.servedBy).toBe('upstream');
      expect(stats['cluster.upstream.ratelimit.error']).toBe(1);
      expect(stats['cluster.upstream.ratelimit.failure_mode_allowed']).toBe(1);
    });

    test(`${name}: with failure_mode_deny true, the request gets 500 RLSE`, async ({ lab, rateLimit, downstream }) => {
      await rateLimit.answers(answer, { called: true });
      const { reply, received, limitRequests, accessLog } = await downstream.get(`${lab.envoyUrl}/fails-closed`);
      expect([reply.outcome, reply.body]).toEqual([500, '']);
      expect(received).toEqual([]);
      expect(limitRequests.map(({ domain, timeout }) => [domain, timeout])).toEqual([['strict', '500m']]);
      expect(accessLog).toEqual([
        expect.objectContaining({ response_flags: 'RLSE', response_code_details: 'rate_limiter_error' }),
      ]);
    });
  }

  test('status_on_error replaces the 500 of a request that failure_mode_deny refuses: 503', async ({
    lab,
    rateLimit,
    downstream,
  }) => {
    await rateLimit.answers(grpcError(14, 'broken'), { called: true });
    const { reply, received } = await downstream.get(`${lab.envoyUrl}/waits`);
    expect([reply.outcome, received.length]).toEqual([503, 0]);
  });

  test('while the rate limit service is stopped, failure_mode_deny decides between 200 and 500', async ({
    lab,
    rateLimit,
    downstream,
  }) => {
    await downstream.get(lab.envoyUrl);
    await rateLimit.stop();
    const open = await downstream.get(lab.envoyUrl);
    const closed = await downstream.get(`${lab.envoyUrl}/fails-closed`);
    expect([open, closed].map(({ reply }) => reply.outcome)).toEqual([200, 500]);
    expect([open, closed].flatMap(({ limitRequests }) => limitRequests)).toEqual([]);
  });
});
