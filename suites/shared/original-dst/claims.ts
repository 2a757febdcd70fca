import { expect } from 'vitest';
import { type ChapterTest, changesEnvoy, differs } from '../../../fixtures/chapter.ts';
import type { Family } from '../../../helpers/constants/addresses.ts';
import { PORTS } from '../../../helpers/constants/ports.ts';
import { CHANGES } from '../../../helpers/envoy/known-changes.ts';
import { connectionRefusedBody } from '../../../helpers/envoy/local-replies.ts';
import { counted } from '../counted.ts';
import { dialled } from '../dialled.ts';
import { bothFrom } from '../one-source.ts';
import { RULE } from './rules.ts';

type Test = ChapterTest<'blue' | 'green'>;

const LISTENER = { ipv4: `127.0.0.1:${PORTS.listener}`, ipv6: `[::1]:${PORTS.listener}` };

/** Matches the REDIRECT rule with one counted connection. */
export const captured = (family: Family = 'ipv4') =>
  counted(RULE.capture, { family, table: 'nat', chain: 'OUTPUT', packets: 1 });

export function dialledAddressWins(test: Test, family: Family, title: string): void {
  test(title, async ({ downstream, upstreams: { blue, green } }) => {
    const toBlue = await downstream.get(dialled(blue, family).url, { headers: { host: 'green' } });
    const toGreen = await downstream.get(dialled(green, family).url, { headers: { host: 'green' } });
    expect(toBlue.reply.servedBy).toBe('blue');
    expect(toGreen.reply.servedBy).toBe('green');
    expect([toBlue.rules, toGreen.rules]).toEqual([[captured(family)], [captured(family)]]);
    expect(toBlue.received[0]?.header('host')).toBe('green');
  });
}

export function connectionsAreCounted(test: Test, family: Family): void {
  test('the REDIRECT rule counts one packet per connection: three requests on one connection count once', async ({
    downstream,
    upstreams: { blue },
  }) => {
    const { url } = dialled(blue, family);
    const first = await downstream.get(url, { connection: 'kept' });
    const second = await downstream.get(url, { connection: 'kept' });
    const third = await downstream.get(url, { connection: 'kept', last: true });
    expect(first.rules).toEqual([captured(family)]);
    expect([second.rules, third.rules]).toEqual([[], []]);
    expect([first, second, third].map(({ reply }) => reply.local)).toEqual(Array(3).fill(first.reply.local));
  });
}

export function conntrackTranslates(test: Test, family: Family, title: string): void {
  test(title, async ({ downstream, netfilter, upstreams: { blue } }) => {
    const { url, socket } = dialled(blue, family);
    // Else the downstream's port could be one that conntrack has to translate.
    await netfilter.forgetClosed({ few: 0 });
    const { reply, conntrack } = await downstream.get(url);
    expect(conntrack.filter(({ nat }) => nat)).toEqual([
      expect.objectContaining({
        original: { source: reply.local, destination: socket },
        reply: { source: LISTENER[family], destination: reply.local },
      }),
    ]);
  });
}

export function bothReachTheirDestination(test: Test, family: Family, port: number): void {
  test('two redirected connections from one source port to two addresses each reach their own upstream', async ({
    downstream,
    upstreams: { blue, green },
  }) => {
    const { reply, received, rules } = await downstream.run(bothFrom(port, [blue.address, green.address], family));
    expect(reply.body).toBe('2');
    expect(received.map(({ servedBy, local }) => [servedBy, local])).toEqual([
      ['blue', dialled(blue, family).socket],
      ['green', dialled(green, family).socket],
    ]);
    expect(rules).toEqual([counted(RULE.capture, { family, table: 'nat', chain: 'OUTPUT', packets: 2 })]);
  });
}

export function conntrackChoosesAnotherPort(test: Test, family: Family, port: number): void {
  test('of two redirected connections from one source port, Envoy sees the second from a port that conntrack chose', async ({
    downstream,
    netfilter,
    upstreams: { blue, green },
  }) => {
    await netfilter.forgetClosed({ few: 0 });
    const { accessLog, conntrack } = await downstream.run(bothFrom(port, [blue.address, green.address], family));
    const source = family === 'ipv4' ? `198.51.100.1:${port}` : `[2001:db8:2::1]:${port}`;
    const [first, second] = accessLog.map((entry) => entry.downstream_remote_address);
    expect(first).toBe(source);
    expect(second).not.toBe(source);
    // The downstream has one port in both entries; the destination of replies is what Envoy sees.
    expect(conntrack.filter(({ nat }) => nat)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          original: { source, destination: dialled(blue, family).socket },
          reply: { source: LISTENER[family], destination: source },
        }),
        expect.objectContaining({
          original: { source, destination: dialled(green, family).socket },
          reply: { source: LISTENER[family], destination: second },
        }),
      ]),
    );
  });
}

export function unreachableUpstreams(test: Test, family: Family): void {
  test(
    "a captured request gets 503 UF when the dialled upstream refuses Envoy's connection",
    differs(CHANGES.hideTransportFailureReason),
    async ({ downstream, upstreams: { blue }, since }) => {
      const { url, socket } = dialled(blue, family);
      await blue.stop();
      const { reply, received, accessLog } = await downstream.get(url, { headers: { host: 'green' } });
      expect(reply.outcome).toBe(503);
      expect(reply.body).toBe(connectionRefusedBody(since(CHANGES.hideTransportFailureReason)));
      expect(received).toEqual([]);
      expect(accessLog).toEqual([
        expect.objectContaining({
          response_flags: 'UF',
          upstream_host: socket,
          upstream_transport_failure_reason: 'delayed_connect_error:_Connection_refused',
        }),
      ]);
    },
  );

  test('dialling the listener directly loops back into Envoy; the guard rule stops it with 503 UF', async ({
    downstream,
  }) => {
    const { reply, received, accessLog, rules } = await downstream.get(`http://${LISTENER[family]}`);
    expect(reply.outcome).toBe(503);
    expect(received).toEqual([]);
    expect(accessLog).toEqual([expect.objectContaining({ response_flags: 'UF', upstream_host: LISTENER[family] })]);
    expect(rules).toEqual([counted(RULE.guard, { family, table: 'filter', packets: 1 })]);
  });
}

export function stoppedEnvoyRefuses(test: Test, family: Family): void {
  test(
    'while Envoy is stopped, a connection captured by REDIRECT is refused',
    changesEnvoy,
    async ({ lab, downstream, upstreams: { blue } }) => {
      await lab.stopEnvoy('SIGTERM');
      const { reply, received, rules } = await downstream.get(dialled(blue, family).url);
      expect(reply.outcome).toBe('ECONNREFUSED');
      expect(received).toEqual([]);
      expect(rules).toEqual([captured(family)]);
    },
  );
}
