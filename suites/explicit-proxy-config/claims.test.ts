import { describe, expect } from 'vitest';
import { changesEnvoy, chapter } from '../../fixtures/chapter.ts';
import type { DialOptions } from '../../fixtures/exchange/downstream.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { virtualHost } from '../../helpers/envoy/select.ts';
import { explicitProxyConfig } from './scenario.ts';

const test = chapter(explicitProxyConfig);

const PROXY = `127.0.0.1:${PORTS.listener}`;
const PROGRAMS = ['curl', 'undici'] as const;

/** Everything goes through Envoy, except to green and to subdomains of internal.test. */
const environment = {
  http_proxy: `http://${PROXY}`,
  https_proxy: `http://${PROXY}`,
  no_proxy: 'internal.test,green',
};

/** Sends CONNECT, after its response the bytes `through`, and ends the connection after `answer`. */
function openTunnel(authority: string, { through = '', answer = '', host = authority } = {}): DialOptions {
  const connect = `CONNECT ${authority} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  return {
    steps: [
      ...[{ send: connect }, { until: '\r\n\r\n' }],
      ...(through ? [{ send: through }, { until: answer }] : []),
      { end: true },
    ],
  };
}

const HEALTHZ = { through: 'GET /healthz HTTP/1.1\r\nHost: green\r\n\r\n', answer: '204 No Content' };

describe('headers for a proxy', () => {
  test('Proxy-Connection, which a client sends to its proxy alone, is removed', async ({ downstream }) => {
    const { received } = await downstream.dial(PROXY, {
      steps: [
        { send: 'GET http://blue/ HTTP/1.1\r\nHost: blue\r\nProxy-Connection: Keep-Alive\r\n\r\n' },
        { until: 'World!\n' },
        { end: true },
      ],
    });
    expect(received.map(({ servedBy }) => servedBy)).toEqual(['blue']);
    expect(received[0]?.header('proxy-connection')).toBeUndefined();
  });
});

describe('programs with proxy variables', () => {
  for (const program of PROGRAMS) {
    test(`${program} with http_proxy sends an http URL to Envoy, which resolves the host and forwards the request`, async ({
      downstream,
      upstreams: { blue },
    }) => {
      const { reply, received, accessLog } = await downstream.get('http://blue', { program, environment });
      expect(reply.servedBy).toBe('blue');
      expect(reply.remote).toBe(PROXY);
      expect(reply.header('server')).toBe('envoy');
      expect(received).toHaveLength(1);
      expect(received[0]?.path).toBe('/');
      expect(received[0]?.header('host')).toBe('blue');
      expect(accessLog).toEqual([
        expect.objectContaining({ method: 'GET', authority: 'blue', upstream_host: blue.socketAddress }),
      ]);
    });

    test(`${program} with https_proxy opens a CONNECT tunnel and gets the upstream's own certificate`, async ({
      downstream,
      upstreams: { blue },
    }) => {
      const { reply, received, accessLog } = await downstream.get('https://blue', { program, environment });
      expect(reply.outcome).toBe(200);
      expect(reply.remote).toBe(PROXY);
      expect(reply.certificate).toEqual(blue.certificate);
      expect(received[0]?.raw.tls?.serverName).toBe('blue');
      expect(accessLog).toEqual([
        expect.objectContaining({
          method: 'CONNECT',
          authority: 'blue:443',
          response_code: 200,
          upstream_host: blue.secureSocketAddress,
        }),
      ]);
    });

    test(`${program} connects directly to a host listed in no_proxy`, async ({ downstream, upstreams: { green } }) => {
      const { reply, received, accessLog } = await downstream.get('http://green:5000', { program, environment });
      expect(reply.header('server')).toBe('green');
      expect(reply.remote).toBe(green.socketAddress);
      expect(received[0]?.remote).toBe(reply.local);
      expect(accessLog).toEqual([]);
    });

    test(`${program} connects directly to a subdomain of a domain listed in no_proxy`, async ({
      downstream,
      upstreams: { blue },
    }) => {
      const plain = await downstream.get('http://api.internal.test', { program, environment });
      expect(plain.reply.header('server')).toBe('blue');
      expect(plain.reply.remote).toBe(blue.socketAddress);
      expect(plain.accessLog).toEqual([]);
    });

    test(`${program} with no_proxy=* connects directly for http and https URLs`, async ({
      downstream,
      upstreams: { blue },
    }) => {
      const bypassed = { ...environment, no_proxy: '*' };
      const plain = await downstream.get('http://blue', { program, environment: bypassed });
      const secure = await downstream.get('https://blue', { program, environment: bypassed });
      expect(plain.reply.remote).toBe(blue.socketAddress);
      expect(secure.reply.remote).toBe(blue.secureSocketAddress);
      expect([plain.accessLog, secure.accessLog]).toEqual([[], []]);
    });

    test(`${program} without proxy variables connects directly to the upstream`, async ({
      downstream,
      upstreams: { blue },
    }) => {
      const { reply, accessLog } = await downstream.get('http://blue', { program });
      expect(reply.header('server')).toBe('blue');
      expect(reply.remote).toBe(blue.socketAddress);
      expect(accessLog).toEqual([]);
    });

    test(
      `with http_proxy and https_proxy, ${program} gets ECONNREFUSED while Envoy is stopped, except for no_proxy hosts`,
      changesEnvoy,
      async ({ lab, downstream }) => {
        await lab.stopEnvoy('SIGTERM');
        const plain = await downstream.get('http://blue', { program, environment });
        const secure = await downstream.get('https://blue', { program, environment });
        const direct = await downstream.get('http://green:5000', { program, environment });
        expect([plain, secure, direct].map(({ reply }) => reply.outcome)).toEqual([
          'ECONNREFUSED',
          'ECONNREFUSED',
          200,
        ]);
        expect([...plain.received, ...secure.received]).toEqual([]);
      },
    );

    test(`${program} sends CONNECT for target port 80, which has no CONNECT route, and gets 404 NR`, async ({
      downstream,
    }) => {
      const { reply, received, accessLog } = await downstream.get('https://blue:80', { program, environment });
      expect(reply.outcome).toBe('no tunnel');
      expect(received).toEqual([]);
      expect(accessLog).toEqual([
        expect.objectContaining({
          method: 'CONNECT',
          authority: 'blue:80',
          response_code: 404,
          response_flags: 'NR',
          response_code_details: 'route_not_found',
        }),
      ]);
    });
  }
});

describe('differences between curl and undici', () => {
  test('with http_proxy alone, curl connects directly for an https URL; undici opens a CONNECT tunnel', async ({
    downstream,
    upstreams: { blue },
  }) => {
    const { http_proxy } = environment;
    const byCurl = await downstream.get('https://blue', { program: 'curl', environment: { http_proxy } });
    const byUndici = await downstream.get('https://blue', { program: 'undici', environment: { http_proxy } });
    expect([byCurl.reply.outcome, byUndici.reply.outcome]).toEqual([200, 200]);
    expect([byCurl.reply.remote, byUndici.reply.remote]).toEqual([blue.secureSocketAddress, PROXY]);
    expect(byCurl.accessLog).toEqual([]);
    expect(byUndici.accessLog).toEqual([expect.objectContaining({ method: 'CONNECT', authority: 'blue:443' })]);
  });

  // CGI sets HTTP_PROXY from a request's `Proxy` header (https://httpoxy.org), so curl reads only http_proxy.
  test('curl ignores HTTP_PROXY in capitals and connects directly; undici sends the request to Envoy', async ({
    downstream,
    upstreams: { blue },
  }) => {
    const capitals = { HTTP_PROXY: environment.http_proxy };
    const byCurl = await downstream.get('http://blue', { program: 'curl', environment: capitals });
    const byUndici = await downstream.get('http://blue', { program: 'undici', environment: capitals });
    expect([byCurl.reply.remote, byUndici.reply.remote]).toEqual([blue.socketAddress, PROXY]);
    expect([byCurl, byUndici].map(({ accessLog }) => accessLog.length)).toEqual([0, 1]);
  });

  test('undici with proxyTunnel sends CONNECT for http URLs: port 5000 gets a tunnel, port 80 gets 404 NR', async ({
    downstream,
  }) => {
    const { http_proxy } = environment;
    const options = { environment: { http_proxy }, plainThroughTunnel: true };
    const toGreen = await downstream.get('http://green:5000', options);
    const toBlue = await downstream.get('http://blue', options);
    expect(toGreen.reply.header('server')).toBe('green');
    expect(toGreen.accessLog).toEqual([expect.objectContaining({ method: 'CONNECT', authority: 'green:5000' })]);
    expect(toBlue.reply.outcome).toBe('no tunnel');
    expect(toBlue.accessLog).toEqual([expect.objectContaining({ response_code: 404, response_flags: 'NR' })]);
  });
});

describe('CONNECT tunnels', () => {
  test('a request through a CONNECT tunnel reaches the upstream with its headers unchanged', async ({
    downstream,
    upstreams: { green },
  }) => {
    const { http_proxy } = environment;
    const headers = { 'X-Kept': 'as it is' };
    const tunnelled = await downstream.get(green.url, {
      headers,
      environment: { http_proxy },
      plainThroughTunnel: true,
    });
    const direct = await downstream.get(green.url, { headers });
    const sent = direct.received[0]?.raw.headers;
    expect(sent).toContainEqual(['X-Kept', 'as it is']);
    expect(tunnelled.received[0]?.raw.headers).toEqual(sent);
    expect(tunnelled.reply.header('x-envoy-upstream-service-time')).toBeUndefined();
  });

  test("a client that does not trust the upstream's certificate aborts the TLS handshake in its CONNECT tunnel", async ({
    downstream,
  }) => {
    const { reply, received, accessLog } = await downstream.get('https://blue', { environment, trusting: false });
    expect(reply.outcome).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    expect(received).toEqual([]);
    expect(accessLog).toEqual([expect.objectContaining({ method: 'CONNECT', response_code: 200 })]);
  });

  test('CONNECT for target port 5000 gets 200 OK with the headers date and server only, and no body', async ({
    downstream,
    upstreams: { green },
  }) => {
    const { reply, accessLog, stats } = await downstream.dial(PROXY, openTunnel('green:5000', HEALTHZ));
    const [opened = '', answered] = reply.body.split('\r\n\r\n');
    expect(opened.replace(/^date: .*$/m, 'date: …').split('\r\n')).toEqual([
      'HTTP/1.1 200 OK',
      'date: …',
      'server: envoy',
    ]);
    expect(answered).toMatch(/^HTTP\/1.1 204 No Content\r\n/);
    expect(accessLog).toEqual([expect.objectContaining({ method: 'CONNECT', upstream_host: green.socketAddress })]);
    expect(stats['http.ingress.downstream_cx_upgrades_total']).toBe(1);
  });

  test('CONNECT for target port 80, which has no CONNECT route, gets 404 NR and connection: close', async ({
    downstream,
  }) => {
    const { reply, received, accessLog } = await downstream.dial(PROXY, openTunnel('blue:80'));
    expect(reply.body).toMatch(/^HTTP\/1.1 404 Not Found\r\n(?:.+\r\n)*connection: close\r\n/);
    expect(received).toEqual([]);
    expect(accessLog).toEqual([expect.objectContaining({ response_flags: 'NR', upstream_host: null })]);
  });

  test(
    'without the connect_matcher route, a CONNECT gets 404 NR while plain HTTP still gets 200',
    changesEnvoy,
    async ({ lab, downstream }) => {
      await lab.restartEnvoy({ config: { at: virtualHost('tunnels'), delete: ['routes[CONNECT]'] } });
      const plain = await downstream.get('http://green:5000', { environment: { http_proxy: environment.http_proxy } });
      const tunnel = await downstream.dial(PROXY, openTunnel('green:5000'));
      expect(plain.reply.outcome).toBe(200);
      expect(tunnel.reply.body).toMatch(/^HTTP\/1.1 404 Not Found\r\n/);
      expect(tunnel.accessLog).toEqual([
        expect.objectContaining({ method: 'CONNECT', response_flags: 'NR', response_code_details: 'route_not_found' }),
      ]);
    },
  );

  test("a CONNECT tunnel does not forward the client's half-close, so a response sent after it never arrives", async ({
    downstream,
    upstreams: { green },
  }) => {
    // A complete request and an unfinished one, which the upstream answers only after the half-close.
    const through = `${HEALTHZ.through}GET / HTTP/1.1\r\n`;
    const { answer } = HEALTHZ;
    const direct = await downstream.dial(green.socketAddress, {
      steps: [{ send: through }, { until: answer }, { end: true }],
    });
    const tunnelled = await downstream.dial(PROXY, openTunnel('green:5000', { through, answer }));
    const statuses = (body: string): string[] => body.match(/^HTTP\/1.1 \d+/gm) ?? [];
    expect(statuses(direct.reply.body)).toEqual(['HTTP/1.1 204', 'HTTP/1.1 400']);
    expect(statuses(tunnelled.reply.body)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 204']);
  });
});

describe('conflicting authorities', () => {
  test('an absolute URL overrides a different Host header; the upstream receives the host of the URL', async ({
    downstream,
  }) => {
    const { reply, received, accessLog } = await downstream.dial(PROXY, {
      steps: [{ send: 'GET http://blue/healthz HTTP/1.1\r\nHost: green:5000\r\nConnection: close\r\n\r\n' }],
    });
    expect(reply.body).toMatch(/^HTTP\/1.1 204 No Content\r\n/);
    expect(received).toHaveLength(1);
    expect(received[0]?.servedBy).toBe('blue');
    expect(received[0]?.lines('host')).toEqual(['blue']);
    expect(accessLog).toEqual([expect.objectContaining({ authority: 'blue', path: '/healthz' })]);
  });

  test('the authority of a CONNECT overrides a different Host header', async ({ downstream, upstreams: { green } }) => {
    const { accessLog } = await downstream.dial(PROXY, openTunnel('green:5000', { ...HEALTHZ, host: 'blue:443' }));
    expect(accessLog).toEqual([
      expect.objectContaining({ authority: 'green:5000', response_code: 200, upstream_host: green.socketAddress }),
    ]);
  });
});

describe('failures', () => {
  test('a CONNECT to a name unknown to DNS gets 503 DF', async ({ downstream }) => {
    const { reply, received, accessLog } = await downstream.dial(PROXY, openTunnel('nowhere:443'));
    expect(reply.body).toMatch(/^HTTP\/1.1 503 Service Unavailable\r\n/);
    expect(received).toEqual([]);
    expect(accessLog).toEqual([expect.objectContaining({ authority: 'nowhere:443', response_flags: 'DF' })]);
  });

  test('a CONNECT to a stopped upstream gets 503 UF', async ({ downstream, upstreams: { green } }) => {
    await green.stop();
    const { reply, accessLog } = await downstream.dial(PROXY, openTunnel('green:5000'));
    expect(reply.body).toMatch(/^HTTP\/1.1 503 Service Unavailable\r\n/);
    expect(accessLog).toEqual([
      expect.objectContaining({
        response_flags: 'UF',
        upstream_host: green.socketAddress,
        upstream_transport_failure_reason: 'delayed_connect_error:_Connection_refused',
      }),
    ]);
  });

  test("a request whose Host header names Envoy's listener gets 421 (direct_response)", async ({ lab, downstream }) => {
    for (const host of [`127.0.0.1:${PORTS.listener}`, `localhost:${PORTS.listener}`]) {
      const { reply, accessLog } = await downstream.get(lab.envoyUrl, { headers: { host } });
      expect(reply.outcome, host).toBe(421);
      expect(reply.body).toBe('this is a proxy: name another target\n');
      expect(accessLog).toEqual([expect.objectContaining({ response_code_details: 'direct_response' })]);
    }
  });
});
