import { describe, expect } from 'vitest';
import { chapter } from '../../fixtures/chapter.ts';
import type { Upstream } from '../../fixtures/lab/upstream.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { counted } from '../shared/counted.ts';
import { RULE, simpleGoServer } from './scenario.ts';

const test = chapter(simpleGoServer);

/** The upstream's second port, which nothing listens on. */
const aliasOf = ({ address }: Upstream) => `http://${address.ipv4}:${PORTS.listener}`;
const redirected = counted(RULE.alias, { host: 'upstream', table: 'nat', chain: 'PREROUTING', packets: 1 });

describe('responses', () => {
  test('GET / is 200 with Hello, World! and names who gave it', async ({ downstream, upstream }) => {
    const { reply } = await downstream.get(upstream.url);
    expect(reply.outcome).toBe(200);
    expect(JSON.parse(reply.body)).toMatchObject({ message: 'Hello, World!', servedBy: 'upstream' });
    expect([reply.servedBy, reply.header('server')]).toEqual(['upstream', 'upstream']);
  });

  test('every header received is reported as it stood: in order, in its own case, one that stands twice twice', async ({
    downstream,
    upstream,
  }) => {
    const { reply } = await downstream.get(upstream.url, {
      headers: [
        ['x-twice', 'b'],
        ['X-Mixed-Case', 'Kept'],
        ['x-twice', 'a'],
      ],
    });
    expect(reply.outcome).toBe(200);
    expect(JSON.parse(reply.body).headers).toEqual([
      ['host', `${upstream.address.ipv4}:${PORTS.upstream}`],
      ['connection', 'keep-alive'],
      ['x-twice', 'b'],
      ['X-Mixed-Case', 'Kept'],
      ['x-twice', 'a'],
    ]);
  });

  test('both ends of the connection are reported as the downstream has them', async ({ downstream, upstream }) => {
    const { reply } = await downstream.get(upstream.url);
    expect(reply.outcome).toBe(200);
    expect(JSON.parse(reply.body)).toMatchObject({ local: reply.remote, remote: reply.local });
    expect(reply.remote).toBe(upstream.socketAddress);
  });

  test('each answer counts the requests so far, whatever their connection', async ({ downstream, upstream }) => {
    const first = await downstream.get(upstream.url);
    const second = await downstream.get(upstream.url, { connection: 'kept' });
    const third = await downstream.get(upstream.url, { connection: 'kept', last: true });
    expect([first, second, third].map(({ reply }) => reply.outcome)).toEqual([200, 200, 200]);
    const counts = [first, second, third].map(({ reply }) => JSON.parse(reply.body).requests as number);
    expect(counts.map((count) => count - (counts[0] ?? 0))).toEqual([0, 1, 2]);
  });

  test('it serves IPv6 on the same port', async ({ downstream, upstream }) => {
    const { reply } = await downstream.get(upstream.url6);
    expect(reply.outcome).toBe(200);
    expect(JSON.parse(reply.body)).toMatchObject({ message: 'Hello, World!', remote: reply.local });
  });

  test('GET /healthz is 204 without a body', async ({ downstream, upstream }) => {
    const { reply } = await downstream.get(`${upstream.url}/healthz`);
    expect(reply.outcome).toBe(204);
    expect(reply.body).toBe('');
    expect(reply.servedBy).toBe('upstream');
  });

  test('any other path is 404', async ({ downstream, upstream }) => {
    const { reply } = await downstream.get(`${upstream.url}/healthz/`);
    expect(reply.outcome).toBe(404);
    expect(reply.body).toBe('404 page not found\n');
    expect(reply.servedBy).toBe('upstream');
  });
});

describe('shutdown', () => {
  test('while it shuts down /healthz is 503, and the answer ends the connection', async ({ downstream, upstream }) => {
    const healthy = await downstream.get(`${upstream.url}/healthz`, { connection: 'kept' });
    await upstream.shutDown();
    const leaving = await downstream.get(`${upstream.url}/healthz`, { connection: 'kept', last: true });
    expect([healthy.reply.outcome, leaving.reply.outcome]).toEqual([204, 503]);
    expect([healthy, leaving].map(({ reply }) => reply.header('connection'))).toEqual(['keep-alive', 'close']);
    expect(leaving.reply.local).toBe(healthy.reply.local);
  });

  test('while it shuts down who is connected is still served', async ({ downstream, upstream }) => {
    const before = await downstream.get(upstream.url, { connection: 'kept' });
    await upstream.shutDown();
    const after = await downstream.get(upstream.url, { connection: 'kept', last: true });
    expect(after.reply.outcome).toBe(200);
    expect(after.reply.local).toBe(before.reply.local);
  });

  test('while it shuts down a new connection is refused', async ({ downstream, upstream }) => {
    await upstream.shutDown();
    const { reply, received } = await downstream.get(`${upstream.url}/healthz`);
    expect(reply.outcome).toBe('ECONNREFUSED');
    expect(received).toEqual([]);
  });
});

describe('redirected port', () => {
  test('the second port is answered too, and the downstream believes that it is the one', async ({
    downstream,
    upstream,
  }) => {
    const { reply, rules } = await downstream.get(aliasOf(upstream));
    expect(reply.outcome).toBe(200);
    expect(reply.servedBy).toBe('upstream');
    expect(reply.remote).toBe(`${upstream.address.ipv4}:${PORTS.listener}`);
    expect(rules).toEqual([redirected]);
  });

  test("the upstream has the redirected connection on its own port, from the downstream's", async ({
    downstream,
    upstream,
  }) => {
    const { reply, received } = await downstream.get(aliasOf(upstream));
    expect(received[0]?.local).toBe(upstream.socketAddress);
    expect(received[0]?.remote).toBe(reply.local);
    expect(received[0]?.header('host')).toBe(`${upstream.address.ipv4}:${PORTS.listener}`);
  });

  test("conntrack on the upstream's host has one translated entry, whose replies come from the served port", async ({
    downstream,
    upstream,
  }) => {
    const { reply, conntrack } = await downstream.get(aliasOf(upstream));
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

  test('the rule counts a connection once, however many requests it carries', async ({ downstream, upstream }) => {
    const first = await downstream.get(aliasOf(upstream), { connection: 'kept' });
    const second = await downstream.get(aliasOf(upstream), { connection: 'kept', last: true });
    expect([first.rules, second.rules]).toEqual([[redirected], []]);
  });
});

describe('scope of the rule', () => {
  test('the served port is left alone', async ({ downstream, upstream }) => {
    const { reply, rules, conntrack } = await downstream.get(upstream.url);
    expect(reply.outcome).toBe(200);
    expect(rules).toEqual([]);
    expect(conntrack.filter(({ nat }) => nat)).toEqual([]);
  });

  test('the second port is refused over IPv6, for which there is no rule', async ({ downstream, upstream }) => {
    const { reply, rules } = await downstream.get(`http://[${upstream.address.ipv6}]:${PORTS.listener}`);
    expect(reply.outcome).toBe('ECONNREFUSED');
    expect(rules).toEqual([]);
  });

  test("from the upstream's own host the second port is refused: what starts there passes no PREROUTING", async ({
    downstream,
    upstream,
  }) => {
    const { reply, received, rules } = await downstream.get(aliasOf(upstream), { host: upstream.host });
    expect(reply.outcome).toBe('ECONNREFUSED');
    expect(received).toEqual([]);
    expect(rules).toEqual([]);
  });

  test("from the upstream's own host the served port answers", async ({ downstream, upstream }) => {
    const { reply } = await downstream.get(upstream.url, { host: upstream.host });
    expect(reply.outcome).toBe(200);
    expect(reply.servedBy).toBe('upstream');
  });

  test('without the rule the second port is refused from elsewhere too', async ({ downstream, upstream }) => {
    await upstream.netfilter.without(RULE.alias);
    const { reply, received } = await downstream.get(aliasOf(upstream));
    expect(reply.outcome).toBe('ECONNREFUSED');
    expect(received).toEqual([]);
  });
});
