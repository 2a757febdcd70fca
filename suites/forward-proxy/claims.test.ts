import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, combined, differs } from '../../fixtures/chapter.ts';
import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionRefusedBody } from '../../helpers/envoy/local-replies.ts';
import { counted } from '../shared/counted.ts';
import { forwardProxy, MOST_CALLS, RULE } from './scenario.ts';

const test = chapter(forwardProxy);

const captured = counted(RULE.http, { chain: 'OUTPUT', packets: 1 });
const capturedTls = counted(RULE.tls, { chain: 'OUTPUT', packets: 1 });

/** For an exchange after which Envoy is still connected to itself, and so its listener to somebody. */
const OPEN_AFTER = { connection: 'kept' };

describe('forwarding', () => {
  test('a request to port 80 is answered 200 through Envoy', async ({ downstream }) => {
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

  test("the upstream's own server header is replaced by Envoy's", async ({ downstream }) => {
    const direct = await downstream.get('http://blue', { uid: ENVOY_UID });
    const proxied = await downstream.get('http://blue');
    expect(direct.reply.header('server')).toBe('blue');
    expect(proxied.reply.header('server')).toBe('envoy');
  });

  test("the upstream sees Envoy's connection, not the downstream's", async ({ downstream, upstreams: { blue } }) => {
    const { reply, received, accessLog } = await downstream.get('http://blue');
    expect(received).toHaveLength(1);
    expect(received[0]?.local).toBe(blue.socketAddress);
    expect(received[0]?.remote).toBe(accessLog[0]?.upstream_local_address);
    expect(received[0]?.remote).not.toBe(reply.local);
  });

  test('the rule counts one packet a connection, and each request of it goes where its own Host header says', async ({
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

describe('choice of the upstream', () => {
  test('the Host header picks the host and the port, whatever was dialled', async ({
    downstream,
    upstreams: { blue, green },
  }) => {
    const { reply, received } = await downstream.get(blue.url, { headers: { host: 'green:5000' } });
    expect(reply.servedBy).toBe('green');
    expect(reply.remote).toBe(blue.socketAddress);
    expect(received[0]?.local).toBe(green.socketAddress);
    expect(received[0]?.header('host')).toBe('green:5000');
  });

  test('a Host header without a port is for port 80', async ({ downstream, upstreams: { blue, green } }) => {
    const { reply, accessLog } = await downstream.get(blue.url, { headers: { host: 'green' } });
    expect(reply.outcome).toBe(503);
    expect(accessLog).toEqual([
      expect.objectContaining({ response_flags: 'UF', upstream_host: `${green.address.ipv4}:80` }),
    ]);
  });

  test('an address in the Host header needs no resolver', async ({
    downstream,
    resolver,
    upstreams: { blue, green },
  }) => {
    await resolver.silence('green');
    const { reply, accessLog } = await downstream.get(blue.url, { headers: { host: green.socketAddress } });
    expect(reply.servedBy).toBe('green');
    expect(accessLog).toEqual([expect.objectContaining({ upstream_host: green.socketAddress })]);
  });

  test('the address that was dialled is lost: Envoy has its own in its place', async ({
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
  test('a curl of another user is captured like any other program', async ({ downstream }) => {
    const { reply, received, rules } = await downstream.get('http://blue', { program: 'curl', uid: 1001 });
    expect(reply.servedBy).toBe('blue');
    expect(reply.header('server')).toBe('envoy');
    expect(received[0]?.header('user-agent')).toMatch(/^curl\//);
    expect(rules).toEqual([captured]);
  });

  test('a process that runs as the user of Envoy goes straight past it', async ({
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

  test('without the rules the downstream meets the upstream itself', async ({ netfilter, downstream }) => {
    await netfilter.off();
    const { reply, received, accessLog } = await downstream.get('http://blue');
    expect(reply.header('server')).toBe('blue');
    expect(reply.header('x-envoy-upstream-service-time')).toBeUndefined();
    expect(received[0]?.remote).toBe(reply.local);
    expect(accessLog).toEqual([]);
  });

  test('a connection to another port is left alone', async ({ downstream, upstreams: { green } }) => {
    const { reply, accessLog, rules } = await downstream.get(green.url);
    expect(reply.header('server')).toBe('green');
    expect([accessLog, rules]).toEqual([[], []]);
  });

  test('IPv6 is left alone: these are rules of iptables, and it has ip6tables for its own', async ({
    downstream,
    upstreams: { blue },
  }) => {
    const { reply, accessLog, rules } = await downstream.get(blue.url6);
    expect(reply.header('server')).toBe('blue');
    expect([accessLog, rules]).toEqual([[], []]);
  });
});

describe('name resolution', () => {
  test('a host that DNS does not have is 503 DF as soon as DNS has said so', async ({
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

  test('a host about which DNS is silent is 503 DF once Envoy has waited in vain', async ({
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
  test("on port 443 the downstream meets the upstream's own certificate: Envoy passes TLS on unopened", async ({
    downstream,
    upstreams: { blue },
  }) => {
    const { reply, received, accessLog, rules } = await downstream.get(blue.secureUrl);
    expect(reply.outcome).toBe(200);
    expect(reply.certificate).toEqual(blue.certificate);
    expect(received[0]?.raw.tls?.version).toBe('TLSv1.3');
    expect(received[0]?.remote).toBe(accessLog[0]?.upstream_local_address);
    expect(received[0]?.remote).not.toBe(reply.local);
    expect(rules).toEqual([capturedTls]);
  });

  test('a curl that trusts the authority of the upstream is served on port 443 by name', async ({
    downstream,
    upstreams: { blue },
  }) => {
    const { reply, received, rules } = await downstream.get('https://blue', { program: 'curl' });
    expect(reply.outcome).toBe(200);
    expect(reply.certificate).toEqual(blue.certificate);
    expect(received[0]?.raw.tls?.serverName).toBe('blue');
    expect(rules).toEqual([capturedTls]);
  });

  test('in TLS Envoy neither adds nor replaces a header', async ({ downstream, upstreams: { blue } }) => {
    const proxied = await downstream.get(blue.secureUrl);
    const direct = await downstream.get(blue.secureUrl, { uid: ENVOY_UID });
    expect([proxied, direct].map(({ accessLog }) => accessLog.length)).toEqual([1, 0]);
    expect(proxied.reply.header('server')).toBe('blue');
    expect(proxied.reply.header('x-envoy-upstream-service-time')).toBeUndefined();
    expect(proxied.received[0]?.raw.headers).toEqual(direct.received[0]?.raw.headers);
  });

  test('a process that runs as the user of Envoy goes straight past it on port 443 too', async ({
    downstream,
    upstreams: { blue },
  }) => {
    const { reply, received, accessLog, rules } = await downstream.get(blue.secureUrl, { uid: ENVOY_UID });
    expect(reply.certificate).toEqual(blue.certificate);
    expect(received[0]?.remote).toBe(reply.local);
    expect([accessLog, rules]).toEqual([[], []]);
  });

  test('TLS goes to the address that was dialled, whatever name is asked for in it', async ({
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

  test('who does not trust the authority of the upstream ends the connection: Envoy vouches for nobody', async ({
    downstream,
    upstreams: { blue },
  }) => {
    const { reply, received, accessLog } = await downstream.get(blue.secureUrl, { trusting: false });
    expect(reply.outcome).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    expect(received).toEqual([]);
    expect(accessLog).toEqual([expect.objectContaining({ upstream_host: blue.secureSocketAddress })]);
  });

  test('without the rule for TLS the downstream meets the upstream itself on port 443', async ({
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
    'where the rule for TLS leads to a port on which nothing listens, as in the book, port 443 refuses',
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
    'while Envoy is stopped, programs are confined: ports 80 and 443 refuse',
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
    'while Envoy is stopped, another port is as open as before',
    changesEnvoy,
    async ({ lab, downstream, upstreams: { green } }) => {
      await lab.stopEnvoy('SIGTERM');
      const { reply } = await downstream.get(green.url);
      expect(reply.servedBy).toBe('green');
    },
  );
});

describe('protocol errors', () => {
  test('HTTP/1.0 is 426: Envoy asks for HTTP/1.1', async ({ downstream, upstreams: { blue } }) => {
    const { reply, received, accessLog } = await downstream.dial(blue.socketAddress, {
      send: 'GET / HTTP/1.0\r\nHost: blue\r\n\r\n',
      // Envoy leaves it to the downstream to end the connection, for a second.
      steps: [{ after: '\r\n\r\nUpgrade Required' }],
      end: true,
    });
    expect(reply.body).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
    expect(received).toEqual([]);
    expect(accessLog).toEqual([
      expect.objectContaining({ response_code: 426, response_code_details: 'low_version', response_flags: 'DPE' }),
    ]);
  });

  test('an upstream that speaks no HTTP is 502 UPE', async ({ downstream, upstreams: { blue, bytes } }) => {
    // An id that is not random, since the upstream tells of all that it got by its digest.
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

describe('reach of the proxy and loops', () => {
  test("a Host header reaches what only Envoy can reach: its own admin pages, on its host's loopback", async ({
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

  /** What Envoy logs of one request that goes round through itself until the guard refuses the last connection. */
  const round = [
    expect.objectContaining({ response_code: 503, response_flags: 'UF' }),
    ...Array(MOST_CALLS).fill(expect.objectContaining({ response_code: 503, response_code_details: 'via_upstream' })),
  ];

  test(
    "without the exemption of its user Envoy calls itself, and only the lab's guard ends it: 503",
    combined(changesEnvoy, differs(CHANGES.hiddenFailureReason)),
    async ({ lab, netfilter, downstream, since }) => {
      await netfilter.add(`
    *nat
    -A OUTPUT -p tcp --dport 80 -m comment --comment "${RULE.all}" -j REDIRECT --to-ports ${PORTS.listener}
    COMMIT`);
      // Without the connections that it made while it was exempt.
      await lab.restartEnvoy({});
      const { reply, received, accessLog, rules } = await downstream.get('http://blue', OPEN_AFTER);
      expect(reply.outcome).toBe(503);
      expect(reply.body).toBe(connectionRefusedBody(since(CHANGES.hiddenFailureReason)));
      expect(received).toEqual([]);
      expect(accessLog).toEqual(round);
      expect(rules).toEqual(
        expect.arrayContaining([
          captured,
          counted(RULE.all, { packets: MOST_CALLS + 1 }),
          counted(RULE.guard, { packets: 1 }),
        ]),
      );
    },
  );

  test(
    'a Host header that names Envoy makes it call itself in spite of the exemption, until the guard: 503',
    changesEnvoy,
    async ({ lab, downstream, upstreams: { blue } }) => {
      await lab.restartEnvoy({});
      const headers = { host: `127.0.0.1:${PORTS.listener}` };
      const { reply, received, accessLog, rules } = await downstream.get(blue.url, { headers, ...OPEN_AFTER });
      expect(reply.outcome).toBe(503);
      expect(received).toEqual([]);
      expect(accessLog).toEqual(round);
      expect(rules).toEqual(expect.arrayContaining([captured, counted(RULE.guard, { packets: 1 })]));
    },
  );
});
