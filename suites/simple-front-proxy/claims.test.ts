import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, differs } from '../../fixtures/chapter.ts';
import { ADDRESSES } from '../../helpers/constants/addresses.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionRefusedBody } from '../../helpers/envoy/local-replies.ts';
import { simpleFrontProxy } from './scenario.ts';

const test = chapter(simpleFrontProxy);

describe('forwarding', () => {
  test("a request gets the upstream's 200, and Envoy adds x-envoy-upstream-service-time", async ({
    lab,
    downstream,
  }) => {
    const { reply, accessLog } = await downstream.get(lab.envoyUrl);
    expect(reply.outcome).toBe(200);
    expect(reply.servedBy).toBe('upstream');
    expect(reply.header('x-envoy-upstream-service-time')).toMatch(/^\d+$/);
    expect(accessLog).toEqual([expect.objectContaining({ response_code: 200, response_flags: '-' })]);
  });

  test('Envoy writes one access log entry per request: method, path, authority, status, bytes and addresses', async ({
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

describe('request id', () => {
  test('the x-request-id that Envoy makes reaches the upstream, whose response brings it back', async ({
    lab,
    downstream,
  }) => {
    const { reply, received } = await downstream.get(lab.envoyUrl);
    expect(received[0]?.header('x-request-id')).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(reply.header('x-request-id')).toBe(received[0]?.header('x-request-id'));
  });

  test('Envoy keeps the x-request-id of a client that counts as internal, as every client does by default', async ({
    lab,
    downstream,
  }) => {
    const headers = { 'x-request-id': 'c0ffee00-0000-4000-8000-000000000000' };
    const { reply, received } = await downstream.get(lab.envoyUrl, { headers });
    expect([received[0]?.header('x-request-id'), reply.header('x-request-id')]).toEqual(
      Array(2).fill(headers['x-request-id']),
    );
  });
});

describe('connections', () => {
  test('a listener on 0.0.0.0 accepts a request on a non-loopback address of its host', async ({ lab, downstream }) => {
    const { ipv4 } = ADDRESSES.towardsUpstreams;
    const { reply, accessLog } = await downstream.get(lab.envoyUrl.replace('127.0.0.1', ipv4));
    expect(reply.outcome).toBe(200);
    expect(accessLog[0]?.downstream_local_address).toBe(`${ipv4}:${PORTS.listener}`);
  });

  test("Envoy replaces the upstream's server header with server: envoy", async ({ lab, downstream, upstream }) => {
    const direct = await downstream.get(upstream.url);
    const proxied = await downstream.get(lab.envoyUrl);
    expect(direct.reply.header('server')).toBe('upstream');
    expect(proxied.reply.header('server')).toBe('envoy');
  });

  test("the upstream sees the source address and port of Envoy's connection, not the downstream's", async ({
    lab,
    downstream,
    upstream,
  }) => {
    const { reply, received, accessLog } = await downstream.get(lab.envoyUrl);
    expect(reply.local).toMatch(/^127\.0\.0\.1:/);
    expect(received).toHaveLength(1);
    expect(received[0]?.local).toBe(upstream.socketAddress);
    expect(received[0]?.remote).toBe(accessLog[0]?.upstream_local_address);
    expect(received[0]?.remote).toMatch(/^198\.51\.100\.1:/);
  });
});

describe('upstream responses', () => {
  test("a request for an unknown path gets the upstream's 404 (via_upstream), not one from Envoy", async ({
    lab,
    downstream,
  }) => {
    const { reply, accessLog } = await downstream.get(`${lab.envoyUrl}/nowhere`);
    expect(reply.outcome).toBe(404);
    expect(reply.servedBy).toBe('upstream');
    expect(accessLog).toEqual([
      expect.objectContaining({ path: '/nowhere', response_code: 404, response_code_details: 'via_upstream' }),
    ]);
  });

  test("GET /healthz gets the upstream's 204 through Envoy", async ({ lab, downstream }) => {
    const { reply } = await downstream.get(`${lab.envoyUrl}/healthz`);
    expect(reply.outcome).toBe(204);
    expect(reply.servedBy).toBe('upstream');
  });
});

describe('failures', () => {
  test('a request while the upstream is stopped gets 503 UF as text/plain from Envoy', async ({
    lab,
    downstream,
    upstream,
  }) => {
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
    'a request to an unreachable upstream gets 503 UF after connect_timeout',
    changesEnvoy,
    async ({ lab, netfilter, downstream }) => {
      await netfilter.add(`
    *filter
    -A INPUT -p tcp --sport ${PORTS.upstream} -m comment --comment "drop packets from the upstream" -j DROP
    COMMIT`);
      // Restarts Envoy without an open upstream connection.
      await lab.restartEnvoy({});
      const { reply, received, accessLog, stats } = await downstream.get(lab.envoyUrl);
      expect(reply.outcome).toBe(503);
      expect(received).toEqual([]);
      expect(accessLog).toEqual([expect.objectContaining({ response_flags: 'UF' })]);
      // connect_timeout is 500 ms, by a coarse clock of Envoy; the default is 5 s.
      expect(accessLog[0]?.duration, 'duration in ms').toBeGreaterThan(400);
      expect(accessLog[0]?.duration, 'duration in ms').toBeLessThan(5_000);
      expect(stats).toMatchObject({
        'cluster.upstream.upstream_cx_connect_timeout': 1,
        'cluster.upstream.upstream_cx_connect_fail': 1,
      });
    },
  );

  test(
    'the 503 body names the transport failure before 1.38.1 and omits it since 1.38.1',
    differs(CHANGES.hideTransportFailureReason),
    async ({ lab, downstream, upstream, since }) => {
      await upstream.stop();
      const { reply } = await downstream.get(lab.envoyUrl);
      expect(reply.body).toBe(connectionRefusedBody(since(CHANGES.hideTransportFailureReason)));
    },
  );

  test('Envoy follows an upstream down, up and down without a restart: 503, 200, 503 UF', async ({
    lab,
    downstream,
    upstream,
  }) => {
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

  test("a request after the upstream's name is removed from DNS gets 503 UH", async ({ lab, downstream, resolver }) => {
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

  test('while Envoy is stopped, its listener port refuses connections', changesEnvoy, async ({ lab, downstream }) => {
    await lab.stopEnvoy('SIGTERM');
    const { reply, received } = await downstream.get(lab.envoyUrl);
    expect(reply.outcome).toBe('ECONNREFUSED');
    expect(received).toEqual([]);
  });
});
