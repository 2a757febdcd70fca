import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, differs } from '../../fixtures/chapter.ts';
import { ADDRESSES } from '../../helpers/constants/addresses.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionRefusedBody } from '../../helpers/envoy/local-replies.ts';
import { simpleFrontProxy } from './scenario.ts';

const test = chapter(simpleFrontProxy);

describe('forwarding', () => {
  test('a request is answered by the upstream, and Envoy says how long that took', async ({ lab, downstream }) => {
    const { reply, accessLog } = await downstream.get(lab.envoyUrl);
    expect(reply.outcome).toBe(200);
    expect(reply.servedBy).toBe('upstream');
    expect(reply.header('x-envoy-upstream-service-time')).toMatch(/^\d+$/);
    expect(accessLog).toEqual([expect.objectContaining({ response_code: 200, response_flags: '-' })]);
  });

  test('a request is one line in the log: who asked whom for what, who answered what, and how', async ({
    lab,
    downstream,
    upstream,
  }) => {
    const { reply, received, accessLog, stats } = await downstream.post(`${lab.envoyUrl}/nowhere?a=query`, {
      headers: { host: 'a.host' },
      body: 'hello',
    });
    expect(accessLog).toEqual([
      {
        start_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        method: 'POST',
        path: '/nowhere?a=query',
        authority: 'a.host',
        protocol: 'HTTP/1.1',
        response_code: 404,
        response_code_details: 'via_upstream',
        response_flags: '-',
        bytes_received: 5,
        bytes_sent: Buffer.byteLength(reply.body),
        duration: expect.any(Number),
        downstream_remote_address: reply.local,
        downstream_local_address: reply.remote,
        upstream_cluster: 'upstream',
        upstream_host: upstream.socketAddress,
        upstream_local_address: received[0]?.remote,
        upstream_remote_address: upstream.socketAddress,
        upstream_transport_failure_reason: null,
      },
    ]);
    expect(stats).toMatchObject({ 'http.ingress.downstream_rq_total': 1, 'http.ingress.downstream_rq_4xx': 1 });
  });
});

describe('connections', () => {
  test('Envoy listens on every address of its host', async ({ lab, downstream }) => {
    const { ipv4 } = ADDRESSES.towardsUpstreams;
    const { reply, accessLog } = await downstream.get(lab.envoyUrl.replace('127.0.0.1', ipv4));
    expect(reply.outcome).toBe(200);
    expect(accessLog[0]?.downstream_local_address).toBe(`${ipv4}:${PORTS.listener}`);
  });

  test("the upstream's own server header is replaced by Envoy's", async ({ lab, downstream, upstream }) => {
    const direct = await downstream.get(upstream.url);
    const proxied = await downstream.get(lab.envoyUrl);
    expect(direct.reply.header('server')).toBe('upstream');
    expect(proxied.reply.header('server')).toBe('envoy');
  });

  test("the upstream sees Envoy's connection, not the downstream's", async ({ lab, downstream, upstream }) => {
    const { reply, received, accessLog } = await downstream.get(lab.envoyUrl);
    expect(reply.local).toMatch(/^127\.0\.0\.1:/);
    expect(received).toHaveLength(1);
    expect(received[0]?.local).toBe(upstream.socketAddress);
    expect(received[0]?.remote).toBe(accessLog[0]?.upstream_local_address);
    expect(received[0]?.remote).toMatch(/^198\.51\.100\.1:/);
  });
});

describe('responses of the upstream', () => {
  test('a path that the upstream does not have is 404 by the upstream, not by Envoy', async ({ lab, downstream }) => {
    const { reply, accessLog } = await downstream.get(`${lab.envoyUrl}/nowhere`);
    expect(reply.outcome).toBe(404);
    expect(reply.servedBy).toBe('upstream');
    expect(accessLog).toEqual([
      expect.objectContaining({ path: '/nowhere', response_code: 404, response_code_details: 'via_upstream' }),
    ]);
  });

  test('the health page of the upstream is 204 through Envoy', async ({ lab, downstream }) => {
    const { reply } = await downstream.get(`${lab.envoyUrl}/healthz`);
    expect(reply.outcome).toBe(204);
    expect(reply.servedBy).toBe('upstream');
  });
});

describe('failures', () => {
  test('while the upstream is down, Envoy answers 503 UF in plain text', async ({ lab, downstream, upstream }) => {
    await upstream.stop();
    const { reply, received, accessLog, stats } = await downstream.get(lab.envoyUrl);
    expect(reply.outcome).toBe(503);
    expect(reply.header('server')).toBe('envoy');
    expect(reply.header('content-type')).toBe('text/plain');
    expect(reply.header('x-envoy-upstream-service-time')).toBeUndefined();
    expect(received).toEqual([]);
    expect(accessLog).toEqual([
      expect.objectContaining({
        response_code: 503,
        response_flags: 'UF',
        upstream_host: upstream.socketAddress,
        upstream_transport_failure_reason: 'delayed_connect_error:_Connection_refused',
      }),
    ]);
    expect(stats['cluster.upstream.upstream_cx_connect_fail']).toBe(1);
  });

  test(
    'an upstream that nothing is heard of is given up after the connect timeout: 503 UF',
    changesEnvoy,
    async ({ lab, netfilter, downstream }) => {
      await netfilter.add(`
    *filter
    -A INPUT -p tcp --sport ${PORTS.upstream} -m comment --comment "the upstream is not heard" -j DROP
    COMMIT`);
      // One that has no connection from before.
      await lab.restartEnvoy({});
      const { reply, received, accessLog, stats } = await downstream.get(lab.envoyUrl);
      expect(reply.outcome).toBe(503);
      expect(received).toEqual([]);
      expect(accessLog).toEqual([expect.objectContaining({ response_flags: 'UF' })]);
      // Of 500 ms, by a clock that Envoy reads now and then; by itself it would wait 5 s.
      expect(accessLog[0]?.duration, 'duration in ms').toBeGreaterThan(400);
      expect(accessLog[0]?.duration, 'duration in ms').toBeLessThan(5_000);
      expect(stats).toMatchObject({
        'cluster.upstream.upstream_cx_connect_timeout': 1,
        'cluster.upstream.upstream_cx_connect_fail': 1,
      });
    },
  );

  test(
    'the body of that 503 is what this version of Envoy writes',
    differs(CHANGES.hiddenFailureReason),
    async ({ lab, downstream, upstream, since }) => {
      await upstream.stop();
      const { reply } = await downstream.get(lab.envoyUrl);
      expect(reply.body).toBe(connectionRefusedBody(since(CHANGES.hiddenFailureReason)));
    },
  );

  test('down, up and down again is followed at once by the same Envoy', async ({ lab, downstream, upstream }) => {
    await upstream.stop();
    const down = await downstream.get(lab.envoyUrl);
    await upstream.start();
    const up = await downstream.get(lab.envoyUrl);
    await upstream.stop();
    const downAgain = await downstream.get(lab.envoyUrl);
    expect([down, up, downAgain].map(({ reply }) => reply.outcome)).toEqual([503, 200, 503]);
    expect(up.reply.header('x-envoy-upstream-service-time')).toMatch(/^\d+$/);
    expect(downAgain.accessLog).toEqual([expect.objectContaining({ response_flags: 'UF' })]);
  });

  test('once DNS says that the name is gone, Envoy answers 503 UH', async ({ lab, downstream, resolver }) => {
    await resolver.forget('upstream');
    const { reply, received, accessLog, stats } = await downstream.get(lab.envoyUrl);
    expect(reply.outcome).toBe(503);
    expect(reply.body).toBe('no healthy upstream');
    expect(received).toEqual([]);
    expect(accessLog).toEqual([
      expect.objectContaining({ response_flags: 'UH', response_code_details: 'no_healthy_upstream' }),
    ]);
    expect(stats['cluster.upstream.upstream_cx_none_healthy']).toBe(1);
  });

  test('while Envoy is stopped, its port refuses', changesEnvoy, async ({ lab, downstream }) => {
    await lab.stopEnvoy('SIGTERM');
    const { reply, received } = await downstream.get(lab.envoyUrl);
    expect(reply.outcome).toBe('ECONNREFUSED');
    expect(received).toEqual([]);
  });
});
