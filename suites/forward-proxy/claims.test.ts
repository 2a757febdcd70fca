import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, combined, differs } from '../../fixtures/chapter.ts';
import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionRefusedBody } from '../../helpers/envoy/local-replies.ts';
import { response } from '../../helpers/exchange/response.ts';
import { counted } from '../shared/counted.ts';
import { forwardProxy, MAX_SELF_CONNECTIONS, ONCE, RULE } from './scenario.ts';

const test = chapter(forwardProxy);

const captured = counted(RULE.http, { chain: 'OUTPUT', packets: 1 });
const capturedTls = counted(RULE.tls, { chain: 'OUTPUT', packets: 1 });

/** For an exchange after which Envoy keeps connections to itself open, so its listener has clients. */
const LEAVES_CONNECTIONS_OPEN = { connection: 'kept' };

describe('responses', () => {
  test('two Set-Cookie lines of a response stay two lines', async ({ downstream, upstreams: { blue } }) => {
    const headers: [string, string][] = [
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ];
    await blue.answers({ '/cookies': [response({ headers })] });
    const { reply } = await downstream.get('http://blue/cookies');
    expect(reply.lines('set-cookie')).toEqual(['a=1', 'b=2']);
  });

  test("an upstream's connection: close ends Envoy's connection to it, not the client's", async ({
    downstream,
    upstreams: { blue },
  }) => {
    await blue.answers({ '/closing': [[...response({ headers: [['connection', 'close']] }), { end: true }]] });
    const closing = await downstream.get('http://blue/closing', { connection: 'kept' });
    const next = await downstream.get('http://blue', { connection: 'kept', last: true });
    expect(closing.reply.header('connection')).toBeUndefined();
    expect(closing.stats['cluster.dynamic_forward_proxy.upstream_cx_close_notify']).toBe(1);
    expect([next.reply.outcome, next.reply.local]).toEqual([200, closing.reply.local]);
    expect(next.received[0]?.remote).not.toBe(closing.received[0]?.remote);
  });
});

describe('forwarding', () => {
  test('a request to port 80 gets 200 through Envoy, with headers server and x-envoy-upstream-service-time', async ({
    downstream,
  }) => {
    const { reply, accessLog, rules } = await downstream.get('http://blue');
    expect(reply.outcome).toBe(200);
    expect(reply.servedBy).toBe('blue');
    expect(reply.header('server')).toBe('envoy');
    expect(reply.header('x-envoy-upstream-service-time')).toMatch(/^\d+$/);
    expect(accessLog).toEqual([
      expect.objectContaining({ authority: 'blue', response_code: 200, response_flags: '-' }),
    ]);
    expect(rules).toEqual([captured]);
  });

  test("Envoy replaces the upstream's server header with server: envoy", async ({ downstream }) => {
    const direct = await downstream.get('http://blue', { uid: ENVOY_UID });
    const proxied = await downstream.get('http://blue');
    expect(direct.reply.header('server')).toBe('blue');
    expect(proxied.reply.header('server')).toBe('envoy');
  });

  test('a URL in the request line wins over the Host header, whose value Envoy replaces', async ({
    downstream,
    upstreams: { blue },
  }) => {
    const { received } = await downstream.dial(blue.socketAddress, {
      steps: [{ send: 'GET http://green:5000/ HTTP/1.1\r\nHost: blue\r\n\r\n' }, { until: 'World!\n' }, { end: true }],
    });
    expect(received.map(({ servedBy, path }) => [servedBy, path])).toEqual([['green', '/']]);
    expect(received[0]?.header('host')).toBe('green:5000');
  });

  test('a name is resolved for its first request only', async ({ downstream, upstreams: { blue } }) => {
    const headers = { host: ONCE };
    const [first, second] = [await downstream.get(blue.url, { headers }), await downstream.get(blue.url, { headers })];
    expect([first, second].map(({ reply }) => reply.servedBy)).toEqual(['blue', 'blue']);
    const resolved = ({ stats }: typeof first) =>
      Object.entries(stats).filter(([name]) => /^dns_cache\.names\.(host_added|dns_query_attempt)$/.test(name));
    expect(resolved(first)).toEqual([
      ['dns_cache.names.dns_query_attempt', 1],
      ['dns_cache.names.host_added', 1],
    ]);
    expect(resolved(second)).toEqual([]);
  });

  test("the upstream sees the source address and port of Envoy's connection, not the downstream's", async ({
    downstream,
    upstreams: { blue },
  }) => {
    const { reply, received, accessLog } = await downstream.get('http://blue');
    expect(received).toHaveLength(1);
    expect(received[0]?.local).toBe(blue.socketAddress);
    expect(received[0]?.remote).toBe(accessLog[0]?.upstream_local_address);
    expect(received[0]?.remote).not.toBe(reply.local);
  });

  test('requests on one connection are each routed by Host header; the REDIRECT rule counts one packet', async ({
    downstream,
    upstreams: { blue },
  }) => {
    const first = await downstream.get(blue.url, { headers: { host: 'blue' }, connection: 'kept' });
    const second = await downstream.get(blue.url, { headers: { host: 'green:5000' }, connection: 'kept' });
    const third = await downstream.get(blue.url, { headers: { host: 'blue' }, connection: 'kept', last: true });
    expect([first, second, third].map(({ reply }) => reply.servedBy)).toEqual(['blue', 'green', 'blue']);
    expect([first, second, third].map(({ reply }) => reply.local)).toEqual(Array(3).fill(first.reply.local));
    expect(first.rules).toEqual([captured]);
    expect([second.rules, third.rules]).toEqual([[], []]);
  });
});

describe('upstream selection', () => {
  test('the Host header, not the original destination, selects the upstream host and port', async ({
    downstream,
    upstreams: { blue, green },
  }) => {
    const { reply, received } = await downstream.get(blue.url, { headers: { host: 'green:5000' } });
    expect(reply.servedBy).toBe('green');
    expect(reply.remote).toBe(blue.socketAddress);
    expect(received[0]?.local).toBe(green.socketAddress);
    expect(received[0]?.header('host')).toBe('green:5000');
  });

  test('a Host header without a port selects port 80: 503 UF when no process listens there', async ({
    downstream,
    upstreams: { blue, green },
  }) => {
    const { reply, accessLog } = await downstream.get(blue.url, { headers: { host: 'green' } });
    expect(reply.outcome).toBe(503);
    expect(accessLog).toEqual([
      expect.objectContaining({ response_flags: 'UF', upstream_host: `${green.address.ipv4}:80` }),
    ]);
  });

  test('a request with an IP address in its Host header reaches the upstream while DNS does not answer', async ({
    downstream,
    resolver,
    upstreams: { blue, green },
  }) => {
    await resolver.silence('green');
    const { reply, accessLog } = await downstream.get(blue.url, { headers: { host: green.socketAddress } });
    expect(reply.servedBy).toBe('green');
    expect(accessLog).toEqual([expect.objectContaining({ upstream_host: green.socketAddress })]);
  });

  test("without original_dst, downstream_local_address is Envoy's listener, not the original destination", async ({
    downstream,
    upstreams: { blue },
  }) => {
    await blue.stop();
    const { reply, accessLog } = await downstream.get(blue.url, { headers: { host: 'green:5000' } });
    expect(reply.servedBy).toBe('green');
    expect(reply.remote).toBe(blue.socketAddress);
    expect(accessLog).toEqual([
      expect.objectContaining({ downstream_local_address: `127.0.0.1:${PORTS.listener}`, response_code: 200 }),
    ]);
  });
});

describe('scope of the rules', () => {
  test('a curl request by uid 1001 is captured by the REDIRECT rule and served through Envoy', async ({
    downstream,
  }) => {
    const { reply, received, rules } = await downstream.get('http://blue', { program: 'curl', uid: 1001 });
    expect(reply.servedBy).toBe('blue');
    expect(reply.header('server')).toBe('envoy');
    expect(received[0]?.header('user-agent')).toMatch(/^curl\//);
    expect(rules).toEqual([captured]);
  });

  test("a request to port 80 by a process with Envoy's uid (--uid-owner) reaches the upstream directly", async ({
    downstream,
    upstreams: { blue },
  }) => {
    const { reply, received, accessLog, rules } = await downstream.get('http://blue', { uid: ENVOY_UID });
    expect(reply.header('server')).toBe('blue');
    expect(reply.header('x-envoy-upstream-service-time')).toBeUndefined();
    expect(received[0]?.remote).toBe(reply.local);
    expect(received[0]?.local).toBe(blue.socketAddress);
    expect([accessLog, rules]).toEqual([[], []]);
  });

  test('without netfilter rules, a request to port 80 reaches the upstream directly', async ({
    netfilter,
    downstream,
  }) => {
    await netfilter.off();
    const { reply, received, accessLog } = await downstream.get('http://blue');
    expect(reply.header('server')).toBe('blue');
    expect(reply.header('x-envoy-upstream-service-time')).toBeUndefined();
    expect(received[0]?.remote).toBe(reply.local);
    expect(accessLog).toEqual([]);
  });

  test('a rule deleted by its text (iptables -D) captures no more; the other rule does, until it is deleted too', async ({
    downstream,
    netfilter,
  }) => {
    await netfilter.delete(RULE.http);
    const [http, tls] = [await downstream.get('http://blue'), await downstream.get('https://blue')];
    expect([http.rules, tls.rules]).toEqual([[], [capturedTls]]);
    expect(http.reply.header('server')).toBe('blue');
    await netfilter.delete(RULE.tls);
    const direct = await downstream.get('https://blue');
    expect([direct.reply.servedBy, direct.rules, direct.accessLog]).toEqual(['blue', [], []]);
  });

  test('a request to port 5000 matches no REDIRECT rule and reaches the upstream directly', async ({
    downstream,
    upstreams: { green },
  }) => {
    const { reply, accessLog, rules } = await downstream.get(green.url);
    expect(reply.header('server')).toBe('green');
    expect([accessLog, rules]).toEqual([[], []]);
  });

  test('a request over IPv6 reaches the upstream directly: iptables rules do not match it', async ({
    downstream,
    upstreams: { blue },
  }) => {
    const { reply, accessLog, rules } = await downstream.get(blue.url6);
    expect(reply.header('server')).toBe('blue');
    expect([accessLog, rules]).toEqual([[], []]);
  });
});

describe('name resolution', () => {
  test('a request whose Host header names a host unknown to DNS gets 503 DF (Domain_name_not_found)', async ({
    downstream,
    upstreams: { blue },
  }) => {
    const { reply, received, accessLog } = await downstream.get(blue.url, { headers: { host: 'nowhere' } });
    expect(reply.outcome).toBe(503);
    expect(reply.header('server')).toBe('envoy');
    expect(reply.body).toBe('DNS resolution failure');
    expect(received).toEqual([]);
    expect(accessLog).toEqual([
      expect.objectContaining({
        response_flags: 'DF',
        response_code_details: 'dns_resolution_failure{cares_norecords:Domain_name_not_found}',
      }),
    ]);
  });

  test('a request whose Host header names a host that DNS never answers for gets 503 DF (resolve_timeout)', async ({
    downstream,
    resolver,
    upstreams: { blue },
  }) => {
    await resolver.silence('silent');
    const { reply, received, accessLog } = await downstream.get(blue.url, { headers: { host: 'silent' } });
    expect(reply.outcome).toBe(503);
    expect(reply.body).toBe('DNS resolution failure');
    expect(received).toEqual([]);
    expect(accessLog).toEqual([
      expect.objectContaining({
        response_flags: 'DF',
        response_code_details: 'dns_resolution_failure{resolve_timeout}',
      }),
    ]);
  });
});

describe('TLS on port 443', () => {
  test("a TLS connection to port 443 is passed through: the client gets the upstream's own certificate", async ({
    downstream,
    upstreams: { blue },
  }) => {
    const { reply, received, accessLog, rules } = await downstream.get(blue.secureUrl);
    expect(reply.outcome).toBe(200);
    expect(reply.certificate).toEqual(blue.certificate);
    const { version, cipher, groups } = received[0]?.raw.tls ?? {};
    expect(reply.tls).toEqual({ version, cipher, group: groups?.[0] });
    expect(version).toBe('TLSv1.3');
    expect(received[0]?.remote).toBe(accessLog[0]?.upstream_local_address);
    expect(received[0]?.remote).not.toBe(reply.local);
    expect(rules).toEqual([capturedTls]);
  });

  test("through Envoy, curl to https://blue gets 200 and the upstream's certificate; the upstream receives SNI blue", async ({
    downstream,
    upstreams: { blue },
  }) => {
    const { reply, received, rules } = await downstream.get('https://blue', { program: 'curl' });
    expect(reply.outcome).toBe(200);
    expect(reply.certificate).toEqual(blue.certificate);
    expect(received[0]?.raw.tls?.serverName).toBe('blue');
    expect(rules).toEqual([capturedTls]);
  });

  test("with TLS passthrough, request headers and the upstream's server header stay unchanged", async ({
    downstream,
    upstreams: { blue },
  }) => {
    const proxied = await downstream.get(blue.secureUrl);
    const direct = await downstream.get(blue.secureUrl, { uid: ENVOY_UID });
    expect([proxied, direct].map(({ accessLog }) => accessLog.length)).toEqual([1, 0]);
    expect(proxied.reply.header('server')).toBe('blue');
    expect(proxied.reply.header('x-envoy-upstream-service-time')).toBeUndefined();
    expect(proxied.received[0]?.raw.headers).toEqual(direct.received[0]?.raw.headers);
  });

  test("a TLS connection by a process with Envoy's uid (--uid-owner) reaches the upstream directly", async ({
    downstream,
    upstreams: { blue },
  }) => {
    const { reply, received, accessLog, rules } = await downstream.get(blue.secureUrl, { uid: ENVOY_UID });
    expect(reply.certificate).toEqual(blue.certificate);
    expect(received[0]?.remote).toBe(reply.local);
    expect([accessLog, rules]).toEqual([[], []]);
  });

  test('a TLS connection goes to its original destination, whatever the Host header inside names', async ({
    downstream,
    upstreams: { blue, green },
  }) => {
    const toBlue = await downstream.get('https://blue', { headers: { host: 'green' } });
    const toGreen = await downstream.get('https://green', { headers: { host: 'green' } });
    expect([toBlue, toGreen].map(({ reply }) => reply.servedBy)).toEqual(['blue', 'green']);
    expect([toBlue, toGreen].map(({ reply }) => reply.certificate)).toEqual([blue.certificate, green.certificate]);
    expect([toBlue, toGreen].map(({ accessLog }) => accessLog[0]?.upstream_host)).toEqual([
      blue.secureSocketAddress,
      green.secureSocketAddress,
    ]);
  });

  test("a client that does not trust the upstream's certificate aborts the TLS handshake passed through Envoy", async ({
    downstream,
    upstreams: { blue },
  }) => {
    const { reply, received, accessLog } = await downstream.get(blue.secureUrl, { trusting: false });
    expect(reply.outcome).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    expect(received).toEqual([]);
    expect(accessLog).toEqual([expect.objectContaining({ upstream_host: blue.secureSocketAddress })]);
  });

  test('without the REDIRECT rule for TLS, a connection to port 443 reaches the upstream directly', async ({
    netfilter,
    downstream,
    upstreams: { blue },
  }) => {
    await netfilter.without(RULE.tls);
    const { reply, received, accessLog, rules } = await downstream.get(blue.secureUrl);
    expect(reply.certificate).toEqual(blue.certificate);
    expect(received[0]?.remote).toBe(reply.local);
    expect([accessLog, rules]).toEqual([[], []]);
  });

  test(
    'without a listener on the REDIRECT target, a connection to port 443 is refused',
    changesEnvoy,
    async ({ lab, downstream, upstreams: { blue } }) => {
      await lab.restartEnvoy({ config: { delete: ['static_resources.listeners[ingress_tls]'] } });
      const { reply, received, rules } = await downstream.get(blue.secureUrl);
      expect(reply.outcome).toBe('ECONNREFUSED');
      expect(received).toEqual([]);
      expect(rules).toEqual([capturedTls]);
    },
  );
});

describe('stopped Envoy', () => {
  test(
    'while Envoy is stopped, connections to ports 80 and 443 are captured and refused',
    changesEnvoy,
    async ({ lab, downstream, upstreams: { blue } }) => {
      await lab.stopEnvoy('SIGTERM');
      const plain = await downstream.get(blue.url);
      const secure = await downstream.get(blue.secureUrl);
      expect([plain, secure].map(({ reply }) => reply.outcome)).toEqual(['ECONNREFUSED', 'ECONNREFUSED']);
      expect([plain, secure].flatMap(({ received }) => received)).toEqual([]);
      expect([plain.rules, secure.rules]).toEqual([[captured], [capturedTls]]);
    },
  );

  test(
    'while Envoy is stopped, a request to port 5000 still reaches the upstream',
    changesEnvoy,
    async ({ lab, downstream, upstreams: { green } }) => {
      await lab.stopEnvoy('SIGTERM');
      const { reply } = await downstream.get(green.url);
      expect(reply.servedBy).toBe('green');
    },
  );
});

describe('protocol errors', () => {
  test('an HTTP/1.0 request gets 426 Upgrade Required with response flag DPE (low_version)', async ({
    downstream,
    upstreams: { blue },
  }) => {
    const { reply, received, accessLog } = await downstream.dial(blue.socketAddress, {
      // Envoy waits one second for the downstream to close the connection.
      steps: [{ send: 'GET / HTTP/1.0\r\nHost: blue\r\n\r\n' }, { until: '\r\n\r\nUpgrade Required' }, { end: true }],
    });
    expect(reply.body).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
    expect(received).toEqual([]);
    expect(accessLog).toEqual([
      expect.objectContaining({ response_code: 426, response_code_details: 'low_version', response_flags: 'DPE' }),
    ]);
  });

  test('a non-HTTP response from the upstream becomes 502 UPE (protocol_error)', async ({
    downstream,
    upstreams: { blue, bytes },
  }) => {
    // A fixed request ID, because the upstream reports the digest of all bytes that it received.
    const headers = { host: `bytes:${bytes.port}`, 'x-request-id': '00000000-0000-4000-8000-000000000000' };
    const { reply, streams, accessLog, stats } = await downstream.get(blue.url, { headers });
    expect(reply.outcome).toBe(502);
    expect(reply.header('server')).toBe('envoy');
    expect(reply.body).toBe('upstream connect error or disconnect/reset before headers. reset reason: protocol error');
    expect(streams).toEqual([expect.objectContaining({ servedBy: 'bytes', local: bytes.socketAddress })]);
    expect(accessLog).toEqual([
      expect.objectContaining({
        response_flags: 'UPE',
        response_code_details: 'upstream_reset_before_response_started{protocol_error}',
        upstream_host: bytes.socketAddress,
      }),
    ]);
    expect(stats['cluster.dynamic_forward_proxy.upstream_cx_protocol_error']).toBe(1);
  });
});

describe('admin interface and proxy loops', () => {
  test("a request whose Host header names Envoy's admin address reaches the admin interface: /ready returns LIVE", async ({
    downstream,
    upstreams: { blue },
  }) => {
    const { reply, accessLog } = await downstream.get(`${blue.url}/ready`, {
      headers: { host: `127.0.0.1:${PORTS.admin}` },
    });
    expect(reply.outcome).toBe(200);
    expect(reply.body).toBe('LIVE\n');
    expect(accessLog).toEqual([expect.objectContaining({ upstream_host: `127.0.0.1:${PORTS.admin}` })]);
  });

  /** Access log of one request that loops through Envoy until the guard rule refuses a connection. */
  const loopLog = [
    expect.objectContaining({ response_code: 503, response_flags: 'UF' }),
    ...Array(MAX_SELF_CONNECTIONS).fill(
      expect.objectContaining({ response_code: 503, response_code_details: 'via_upstream' }),
    ),
  ];

  test(
    'without the --uid-owner exemption, Envoy loops back into itself until the guard rule stops it: 503',
    combined(changesEnvoy, differs(CHANGES.hideTransportFailureReason)),
    async ({ lab, netfilter, downstream, since }) => {
      await netfilter.add(`
    *nat
    -A OUTPUT -p tcp --dport 80 -m comment --comment "${RULE.all}" -j REDIRECT --to-ports ${PORTS.listener}
    COMMIT`);
      // Closes the connections that Envoy made while it was exempt.
      await lab.restartEnvoy({});
      const { reply, received, accessLog, rules } = await downstream.get('http://blue', LEAVES_CONNECTIONS_OPEN);
      expect(reply.outcome).toBe(503);
      expect(reply.body).toBe(connectionRefusedBody(since(CHANGES.hideTransportFailureReason)));
      expect(received).toEqual([]);
      expect(accessLog).toEqual(loopLog);
      expect(rules).toEqual(
        expect.arrayContaining([
          captured,
          counted(RULE.all, { packets: MAX_SELF_CONNECTIONS + 1 }),
          counted(RULE.guard, { packets: 1 }),
        ]),
      );
    },
  );

  test(
    "a request whose Host header names Envoy's listener loops until the guard rule stops it: 503",
    changesEnvoy,
    async ({ lab, downstream, upstreams: { blue } }) => {
      await lab.restartEnvoy({});
      const headers = { host: `127.0.0.1:${PORTS.listener}` };
      const { reply, received, accessLog, rules } = await downstream.get(blue.url, {
        headers,
        ...LEAVES_CONNECTIONS_OPEN,
      });
      expect(reply.outcome).toBe(503);
      expect(received).toEqual([]);
      expect(accessLog).toEqual(loopLog);
      expect(rules).toEqual(expect.arrayContaining([captured, counted(RULE.guard, { packets: 1 })]));
    },
  );
});
