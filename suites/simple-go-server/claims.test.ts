import { describe, expect } from 'vitest';
import { chapter } from '../../fixtures/chapter.ts';
import type { Upstream } from '../../fixtures/lab/upstream.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { counted } from '../shared/counted.ts';
import { RULE, simpleGoServer } from './scenario.ts';

const test = chapter(simpleGoServer);

/** The URL of the upstream's second port, on which no process listens. */
const secondPortUrl = ({ address }: Upstream) => `http://${address.ipv4}:${PORTS.listener}`;
const redirected = counted(RULE.secondPort, { host: 'upstream', table: 'nat', chain: 'PREROUTING', packets: 1 });

describe('responses', () => {
  test('GET / gets 200 with Hello, World! as plain text whose type a browser must not guess', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    const { reply } = await downstream.get(upstream.url);
    expect([reply.outcome, reply.body]).toEqual([200, 'Hello, World!\n']);
    expect(['content-type', 'x-content-type-options'].map((name) => reply.header(name))).toEqual([
      'text/plain; charset=utf-8',
      'nosniff',
    ]);
  });

  test('each response names the upstream in its headers server and x-served-by', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    const { reply } = await downstream.get(upstream.url);
    expect([reply.servedBy, reply.header('server')]).toEqual(['upstream', 'upstream']);
  });

  test.for(['/', '/healthz', '/unknown'])(
    'the response to GET %s repeats X-Request-Id of the request',
    async (path, { downstream, upstreams: { upstream } }) => {
      const { reply } = await downstream.get(`${upstream.url}${path}`, { headers: { 'X-Request-Id': 'my own id' } });
      expect(reply.header('x-request-id')).toBe('my own id');
    },
  );

  test('responses to requests without X-Request-Id have one that the upstream makes, each another', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    const [first, second] = [await downstream.get(upstream.url), await downstream.get(upstream.url)];
    expect(first.reply.header('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(second.reply.header('x-request-id')).not.toBe(first.reply.header('x-request-id'));
  });

  test('the upstream receives request headers in order, in original case, repeated headers separately', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    const { received } = await downstream.get(upstream.url, {
      headers: [
        ['x-twice', 'b'],
        ['X-Mixed-Case', 'Kept'],
        ['x-twice', 'a'],
      ],
    });
    expect(received[0]?.raw.headers).toEqual([
      ['host', `${upstream.address.ipv4}:${PORTS.upstream}`],
      ['connection', 'keep-alive'],
      ['x-twice', 'b'],
      ['X-Mixed-Case', 'Kept'],
      ['x-twice', 'a'],
    ]);
  });

  test("the upstream reports the connection's addresses and ports as the downstream sees them", async ({
    downstream,
    upstreams: { upstream },
  }) => {
    const { reply, received } = await downstream.get(upstream.url);
    expect([received[0]?.local, received[0]?.remote]).toEqual([reply.remote, reply.local]);
    expect(reply.remote).toBe(upstream.socketAddress);
  });

  test('the upstream counts its requests across connections', async ({ downstream, upstreams: { upstream } }) => {
    const first = await downstream.get(upstream.url);
    const second = await downstream.get(upstream.url, { connection: 'kept' });
    const third = await downstream.get(upstream.url, { connection: 'kept', last: true });
    const counts = [first, second, third].map(({ received }) => received[0]?.raw.requests ?? 0);
    expect(counts.map((count) => count - (counts[0] ?? 0))).toEqual([0, 1, 2]);
  });

  test('a request to the upstream over IPv6 on the same port gets 200 with Hello, World!', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    const { reply, received } = await downstream.get(upstream.url6);
    expect([reply.outcome, reply.body]).toEqual([200, 'Hello, World!\n']);
    expect(received[0]?.remote).toBe(reply.local);
  });

  test('GET /healthz gets 204 without a body', async ({ downstream, upstreams: { upstream } }) => {
    const { reply } = await downstream.get(`${upstream.url}/healthz`);
    expect(reply.outcome).toBe(204);
    expect(reply.body).toBe('');
    expect(reply.servedBy).toBe('upstream');
  });

  test('a request for an unknown path gets 404 page not found', async ({ downstream, upstreams: { upstream } }) => {
    const { reply } = await downstream.get(`${upstream.url}/healthz/`);
    expect(reply.outcome).toBe(404);
    expect(reply.body).toBe('404 page not found\n');
    expect(reply.servedBy).toBe('upstream');
  });
});

describe('time limits', () => {
  test('the upstream ends a connection on which no further request comes in time', async ({
    downstream,
    upstreams: { impatient },
  }) => {
    const { reply, received } = await downstream.dial(impatient.socketAddress, {
      steps: [{ send: 'GET / HTTP/1.1\r\nHost: h\r\n\r\n' }, { untilEnd: true }],
    });
    expect(reply.body).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\ne\r\nHello, World!\n\r\n0\r\n\r\n$/);
    expect([reply.outcome, received.length]).toEqual(['closed', 1]);
  });

  test('the upstream ends a connection whose request is not whole in time, without a response', async ({
    downstream,
    upstreams: { impatient },
  }) => {
    const { reply, received } = await downstream.dial(impatient.socketAddress, {
      steps: [{ send: 'GET / HTTP/1.1\r\nHost: h\r\n' }, { untilEnd: true }],
    });
    expect([reply.body, reply.outcome]).toEqual(['', 'closed']);
    expect(received).toEqual([]);
  });
});

describe('shutdown', () => {
  test('while the upstream shuts down, /healthz on an open connection gets 503 and connection: close', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    const healthy = await downstream.get(`${upstream.url}/healthz`, { connection: 'kept' });
    await upstream.shutDown();
    const leaving = await downstream.get(`${upstream.url}/healthz`, { connection: 'kept', last: true });
    expect([healthy.reply.outcome, leaving.reply.outcome]).toEqual([204, 503]);
    expect([healthy, leaving].map(({ reply }) => reply.header('connection'))).toEqual(['keep-alive', 'close']);
    expect(leaving.reply.local).toBe(healthy.reply.local);
  });

  test('while the upstream shuts down, a request on an open connection still gets 200', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    const before = await downstream.get(upstream.url, { connection: 'kept' });
    await upstream.shutDown();
    const after = await downstream.get(upstream.url, { connection: 'kept', last: true });
    expect(after.reply.outcome).toBe(200);
    expect(after.reply.local).toBe(before.reply.local);
  });

  test('while the upstream shuts down, a new connection is refused', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    await upstream.shutDown();
    const { reply, received } = await downstream.get(`${upstream.url}/healthz`);
    expect(reply.outcome).toBe('ECONNREFUSED');
    expect(received).toEqual([]);
  });
});

describe('redirected port', () => {
  test('a request to redirected port 4999 gets 200; the client sees port 4999 as its peer', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    const { reply, rules } = await downstream.get(secondPortUrl(upstream));
    expect(reply.outcome).toBe(200);
    expect(reply.servedBy).toBe('upstream');
    expect(reply.remote).toBe(`${upstream.address.ipv4}:${PORTS.listener}`);
    expect(rules).toEqual([redirected]);
  });

  test("the upstream sees a redirected connection on its own port 5000, from the downstream's address", async ({
    downstream,
    upstreams: { upstream },
  }) => {
    await upstream.netfilter.forgetClosed({ few: 0 });
    const { reply, received } = await downstream.get(secondPortUrl(upstream));
    expect(received[0]?.local).toBe(upstream.socketAddress);
    expect(received[0]?.remote).toBe(reply.local);
    expect(received[0]?.header('host')).toBe(`${upstream.address.ipv4}:${PORTS.listener}`);
  });

  test("conntrack on the upstream's host has one NAT entry per redirected connection, with replies from port 5000", async ({
    downstream,
    upstreams: { upstream },
  }) => {
    await upstream.netfilter.forgetClosed({ few: 0 });
    const { reply, conntrack } = await downstream.get(secondPortUrl(upstream));
    expect(conntrack).toEqual([
      {
        host: 'upstream',
        protocol: 'tcp',
        nat: true,
        original: { source: reply.local, destination: reply.remote },
        reply: { source: upstream.socketAddress, destination: reply.local },
      },
    ]);
  });

  test('the REDIRECT rule counts a connection once, not once per request', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    const first = await downstream.get(secondPortUrl(upstream), { connection: 'kept' });
    const second = await downstream.get(secondPortUrl(upstream), { connection: 'kept', last: true });
    expect([first.rules, second.rules]).toEqual([[redirected], []]);
  });
});

describe('scope of the rule', () => {
  test("a request to the upstream's own port 5000 matches no rule and has no NAT entry in conntrack", async ({
    downstream,
    upstreams: { upstream },
  }) => {
    const { reply, rules, conntrack } = await downstream.get(upstream.url);
    expect(reply.outcome).toBe(200);
    expect(rules).toEqual([]);
    expect(conntrack.filter(({ nat }) => nat)).toEqual([]);
  });

  test('a request over IPv6 to port 4999 is refused: the REDIRECT rule covers IPv4 only', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    const { reply, rules } = await downstream.get(`http://[${upstream.address.ipv6}]:${PORTS.listener}`);
    expect(reply.outcome).toBe('ECONNREFUSED');
    expect(rules).toEqual([]);
  });

  test("a request to port 4999 from the upstream's own host is refused: nat PREROUTING skips local connections", async ({
    downstream,
    upstreams: { upstream },
  }) => {
    const { reply, received, rules } = await downstream.get(secondPortUrl(upstream), { host: upstream.host });
    expect(reply.outcome).toBe('ECONNREFUSED');
    expect(received).toEqual([]);
    expect(rules).toEqual([]);
  });

  test("a request to port 5000 from the upstream's own host gets 200", async ({
    downstream,
    upstreams: { upstream },
  }) => {
    const { reply } = await downstream.get(upstream.url, { host: upstream.host });
    expect(reply.outcome).toBe(200);
    expect(reply.servedBy).toBe('upstream');
  });

  test('without the REDIRECT rule, a request to port 4999 is refused', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    await upstream.netfilter.without(RULE.secondPort);
    const { reply, received } = await downstream.get(secondPortUrl(upstream));
    expect(reply.outcome).toBe('ECONNREFUSED');
    expect(received).toEqual([]);
  });
});
