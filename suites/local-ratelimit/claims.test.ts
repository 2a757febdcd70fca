import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, differs } from '../../fixtures/chapter.ts';
import type { Downstream } from '../../fixtures/exchange/downstream.ts';
import type { Exchange } from '../../fixtures/exchange/exchange.ts';
import type { Lab } from '../../fixtures/lab/lab.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { parseStats } from '../../helpers/exchange/observers/stats.ts';
import { localRatelimit } from './scenario.ts';

const test = chapter(localRatelimit);

const SHARED = { headers: { host: 'shared.host' } };
const DENIED = { response_code: 429, response_flags: 'RL', response_code_details: 'local_rate_limited' };

/** Sends one request after the other. */
async function getEach(downstream: Downstream, urls: string[], options?: Parameters<Downstream['get']>[1]) {
  const exchanges: Exchange[] = [];
  for (const url of urls) exchanges.push(await downstream.get(url, options));
  return exchanges;
}

const outcomesOf = (exchanges: Exchange[]) => exchanges.map(({ reply }) => reply.outcome);

/** The values of a limit's counters, zeros included. */
async function countersOf(lab: Lab, statPrefix: string): Promise<Record<string, number>> {
  const prefix = `${statPrefix}.http_local_rate_limit.`;
  const counters = Object.entries(parseStats(await lab.envoy.admin(`/stats?filter=^${prefix}`)));
  return Object.fromEntries(counters.map(([name, value]) => [name.slice(prefix.length), value]));
}

describe('token bucket of a route', () => {
  test('with max_tokens 2, Envoy forwards two requests and denies the third with 429 RL', async ({
    lab,
    downstream,
  }) => {
    const url = `${lab.envoyUrl}/limited`;
    const [first, second, third] = await getEach(downstream, [url, url, url]);
    expect([first?.reply.outcome, second?.reply.outcome, third?.reply.outcome]).toEqual([200, 200, 429]);
    expect([first?.received.length, second?.received.length, third?.received.length]).toEqual([1, 1, 0]);
    expect(third?.reply.body).toBe('local_rate_limited');
    expect(third?.reply.header('content-type')).toBe('text/plain');
    expect(third?.accessLog).toEqual([expect.objectContaining({ ...DENIED, upstream_host: null })]);
  });

  test('requests to a route without a local_ratelimit config are forwarded and not counted', async ({
    lab,
    downstream,
  }) => {
    const exchanges = await getEach(downstream, Array(5).fill(lab.envoyUrl));
    expect(outcomesOf(exchanges)).toEqual([200, 200, 200, 200, 200]);
    expect(await countersOf(lab, 'unlimited')).toMatchObject({ enabled: 0, enforced: 0, ok: 0, rate_limited: 0 });
  });

  test('a request within the limit counts as enabled and ok; one beyond it as enabled, rate_limited, enforced', async ({
    lab,
    downstream,
  }) => {
    await downstream.get(`${lab.envoyUrl}/counted`);
    expect(await countersOf(lab, 'counted')).toMatchObject({ enabled: 1, enforced: 0, ok: 1, rate_limited: 0 });
    await downstream.get(`${lab.envoyUrl}/counted`);
    expect(await countersOf(lab, 'counted')).toMatchObject({ enabled: 2, enforced: 1, ok: 1, rate_limited: 1 });
  });

  test('tokens refill continuously: with 36 million per fill_interval of 1 h, every request is forwarded', async ({
    lab,
    downstream,
  }) => {
    // A request takes longer than the 0.1 ms that the bucket needs for the next token.
    const exchanges = await getEach(downstream, Array(5).fill(`${lab.envoyUrl}/refilled`));
    expect(outcomesOf(exchanges)).toEqual([200, 200, 200, 200, 200]);
  });

  test(
    'after a restart of Envoy, an exhausted token_bucket is full again',
    changesEnvoy,
    async ({ lab, downstream }) => {
      const url = `${lab.envoyUrl}/restarted`;
      const before = await getEach(downstream, [url, url]);
      await lab.restartEnvoy({});
      const after = await getEach(downstream, [url, url]);
      expect(outcomesOf(before)).toEqual([200, 429]);
      expect(outcomesOf(after)).toEqual([200, 429]);
    },
  );
});

describe('response status and headers', () => {
  test(
    'enable_x_ratelimit_headers adds x-ratelimit-limit, -remaining and -reset (rounded up since 1.39)',
    differs(CHANGES.rateLimitResetRoundedUp),
    async ({ lab, downstream, since }) => {
      const written = [
        '%{http_code}',
        ...['limit', 'remaining', 'reset'].map((name) => `%header{x-ratelimit-${name}}`),
      ];
      // One program sends all requests, so that they fit into 0.9 s.
      const { reply } = await downstream.run([
        ...(['curl', '--silent', '--write-out', `${written.join(' ')}\\n`] as const),
        ...Array(3)
          .fill(['--output', '/dev/null', `${lab.envoyUrl}/advertised`])
          .flat(),
      ]);
      const reset = since(CHANGES.rateLimitResetRoundedUp) ? 3601 : 3600;
      expect(reply.body).toBe(`200 2 1 0\n200 2 0 ${reset}\n429 2 0 ${reset}\n`);
    },
  );

  test('local_ratelimit response_headers_to_add adds retry-after to a denied response, not to a forwarded one', async ({
    lab,
    downstream,
  }) => {
    const url = `${lab.envoyUrl}/explained`;
    const exchanges = await getEach(downstream, [url, url]);
    expect(outcomesOf(exchanges)).toEqual([200, 429]);
    expect(exchanges.map(({ reply }) => reply.header('retry-after'))).toEqual([undefined, '3600']);
  });

  test('without enable_x_ratelimit_headers, no response has x-ratelimit-* or x-envoy-ratelimited headers', async ({
    lab,
    downstream,
  }) => {
    const url = `${lab.envoyUrl}/plain`;
    const exchanges = await getEach(downstream, [url, url]);
    expect(outcomesOf(exchanges)).toEqual([200, 429]);
    for (const name of ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'x-envoy-ratelimited']) {
      expect(exchanges.map(({ reply }) => reply.header(name))).toEqual([undefined, undefined]);
    }
  });

  test('local_ratelimit denies with the configured status (503), or with 429 if that status is below 400', async ({
    lab,
    downstream,
  }) => {
    const [unavailable, accepted] = ['unavailable', 'accepted'].map((name) => `${lab.envoyUrl}/${name}`);
    const withError = await getEach(downstream, [`${unavailable}`, `${unavailable}`]);
    const withSuccess = await getEach(downstream, [`${accepted}`, `${accepted}`]);
    expect(outcomesOf(withError)).toEqual([200, 503]);
    expect(withError[1]?.accessLog).toEqual([expect.objectContaining({ ...DENIED, response_code: 503 })]);
    expect(outcomesOf(withSuccess)).toEqual([200, 429]);
  });
});

describe('filter_enabled and filter_enforced', () => {
  test('with filter_enforced 0 %, a request beyond the limit is forwarded with x-over-limit and counts as rate_limited', async ({
    lab,
    downstream,
  }) => {
    const url = `${lab.envoyUrl}/observed`;
    const exchanges = await getEach(downstream, [url, url]);
    expect(outcomesOf(exchanges)).toEqual([200, 200]);
    expect(exchanges.map(({ received }) => received[0]?.header('x-over-limit'))).toEqual([undefined, 'observed']);
    expect(exchanges[1]?.accessLog).toEqual([expect.objectContaining({ response_flags: '-' })]);
    expect(await countersOf(lab, 'observed')).toMatchObject({ enabled: 2, enforced: 0, ok: 1, rate_limited: 1 });
  });

  test('with filter_enabled 0 %, requests beyond the limit are forwarded and not counted', async ({
    lab,
    downstream,
  }) => {
    const url = `${lab.envoyUrl}/disabled`;
    expect(outcomesOf(await getEach(downstream, [url, url]))).toEqual([200, 200]);
    expect(await countersOf(lab, 'disabled')).toMatchObject({ enabled: 0, enforced: 0, ok: 0, rate_limited: 0 });
  });
});

describe('shared and separate buckets', () => {
  test('routes without a token_bucket share that of their virtual host; a route with one has its own', async ({
    lab,
    downstream,
  }) => {
    const urls = ['/one', '/other', '/own', '/own'].map((path) => `${lab.envoyUrl}${path}`);
    expect(outcomesOf(await getEach(downstream, urls, SHARED))).toEqual([200, 429, 200, 429]);
  });

  test('a header value with a descriptor has its own token_bucket; other values share that of the route', async ({
    lab,
    downstream,
  }) => {
    const outcomes: unknown[] = [];
    for (const tenant of ['gold', 'gold', 'gold', 'silver', 'bronze']) {
      const { reply } = await downstream.get(`${lab.envoyUrl}/tenants`, { headers: { 'x-tenant': tenant } });
      outcomes.push(`${tenant} ${reply.outcome}`);
    }
    expect(outcomes).toEqual(['gold 200', 'gold 200', 'gold 429', 'silver 200', 'bronze 429']);
  });

  test('a local_ratelimit descriptor without a value gives each header value its own token_bucket', async ({
    lab,
    downstream,
  }) => {
    const outcomes: unknown[] = [];
    for (const user of ['alice', 'alice', 'bob', 'bob']) {
      const { reply } = await downstream.get(`${lab.envoyUrl}/users`, { headers: { 'x-user': user } });
      outcomes.push(`${user} ${reply.outcome}`);
    }
    expect(outcomes).toEqual(['alice 200', 'alice 429', 'bob 200', 'bob 429']);
  });

  test('with local_rate_limit_per_downstream_connection, each connection has its own bucket', async ({
    lab,
    downstream,
  }) => {
    const url = `${lab.envoyUrl}/per-connection`;
    const first = await downstream.get(url, { connection: 'one' });
    const second = await downstream.get(url, { connection: 'one', last: true });
    const other = await downstream.get(url);
    expect(outcomesOf([first, second, other])).toEqual([200, 429, 200]);
  });

  // The filter state of a connection has one bucket for all of them (PerConnectionRateLimiter, local_ratelimit.cc).
  test("with local_rate_limit_per_downstream_connection, all routes use the bucket of the connection's first route", async ({
    lab,
    downstream,
  }) => {
    const [first, second] = ['first', 'second'].map((name) => `${lab.envoyUrl}/${name}-of-connection`);
    const exchanges = await getEach(downstream, [`${first}`, `${second}`, `${second}`], { connection: 'one' });
    await downstream.get(lab.envoyUrl, { connection: 'one', last: true });
    expect(outcomesOf(exchanges)).toEqual([200, 200, 429]);
  });
});
