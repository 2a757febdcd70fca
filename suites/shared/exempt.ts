import { expect } from 'vitest';
import type { ChapterTest } from '../../fixtures/chapter.ts';
import { endOf, type Family } from '../../helpers/constants/addresses.ts';
import { dialled } from './dialled.ts';

/** Rules on the downstream's host exempt connections of Envoy's uid, and connections to other ports. */
export function exemptConnections<U extends string>(
  test: ChapterTest<U>,
  { upstream, family = 'ipv4', uid }: { upstream: U; family?: Family; uid: number },
): void {
  test("a request from a process with Envoy's uid bypasses Envoy: --uid-owner exempts the connection", async ({
    downstream,
    upstreams,
  }) => {
    const { url } = dialled(upstreams[upstream], family);
    const { reply, received, accessLog, rules } = await downstream.get(url, { uid });
    expect(reply.header('server')).toBe(upstream);
    expect(received[0]?.remote).toBe(reply.local);
    expect(received[0]?.header('x-request-id')).toBeUndefined();
    expect([accessLog, rules]).toEqual([[], []]);
  });

  test('a connection to port 81 matches no --dport 80 rule: it is refused, and Envoy logs nothing', async ({
    downstream,
    upstreams,
  }) => {
    const { host } = dialled(upstreams[upstream], family);
    const { reply, accessLog, rules } = await downstream.get(`http://${host}:81`);
    expect(reply.outcome).toBe('ECONNREFUSED');
    expect([accessLog, rules]).toEqual([[], []]);
  });
}

/** @param source the downstream's address */
export function withoutRules<U extends string>(
  test: ChapterTest<U>,
  {
    upstream,
    source,
    title = 'without netfilter rules, a request bypasses Envoy and reaches the upstream directly',
  }: { upstream: U; source?: string; title?: string },
): void {
  test(title, async ({ netfilter, downstream, upstreams }) => {
    await netfilter.off();
    const { reply, received, accessLog, stats } = await downstream.get(upstreams[upstream].url);
    expect(reply.outcome).toBe(200);
    expect(reply.header('server')).toBe(upstream);
    expect(reply.header('x-envoy-upstream-service-time')).toBeUndefined();
    expect(received[0]?.remote).toBe(reply.local);
    if (source !== undefined) expect(endOf(reply.local).address).toBe(source);
    expect([accessLog, stats]).toEqual([[], {}]);
  });
}
