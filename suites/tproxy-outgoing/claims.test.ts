import { describe, expect } from 'vitest';
import { changesEnvoy, chapter } from '../../fixtures/chapter.ts';
import { ADDRESSES } from '../../helpers/constants/addresses.ts';
import { listener } from '../../helpers/envoy/select.ts';
import { resetsReceived, synsSent } from '../../helpers/exchange/observers/packets.ts';
import { counted } from '../shared/counted.ts';
import { withoutRules } from '../shared/exempt.ts';
import {
  bothEndsAreKnown,
  captured,
  expectUnanswered,
  forwardsTransparently,
  killedEnvoyIsSilent,
  noAddressIsRewritten,
  silently,
  tproxyFindsOpenSockets,
} from '../shared/tproxy/claims.ts';
import { LOCAL_TABLE, MARK_LOOKUP, RULE } from '../shared/tproxy/rules.ts';
import { tproxyOutgoing } from './scenario.ts';

const test = chapter(tproxyOutgoing);

/** SHA-256 of the first 20 MiB of the upstream's payload. */
const PAYLOAD_20_MIB = '4ef0e6ddb3d6dd51ea71bab90f6b2e86fafb1dd4477fdd442a3c095dd1a8516f';
const LISTENER = 'listener.0.0.0.0_4999.downstream_cx_total';

const DROP_FORWARDED = `
  *filter
  -A FORWARD -p tcp -m comment --comment "drop forwarded packets" -j DROP
  COMMIT`;

describe('forwarding', () => {
  test('a request to port 80 is captured by TPROXY and forwarded by Envoy', async ({ downstream, upstream }) => {
    const { reply, stats } = await downstream.get(upstream.url);
    expect(reply.outcome).toBe(200);
    expect(reply.servedBy).toBe('upstream');
    expect(reply.header('server')).toBe('envoy');
    expect(stats[LISTENER]).toBe(1);
  });

  bothEndsAreKnown(test);

  test('%START_TIME(...)% with %z and %s in a request header gives date, zone offset and Unix seconds', async ({
    downstream,
    upstream,
  }) => {
    const { received, accessLog } = await downstream.get(upstream.url);
    const added = received[0]?.header('x-request-start-time') ?? 'no header';
    expect(added).toMatch(/^\d{4}\/\d\d\/\d\dT\d\d:\d\d:\d\d\+0000 \d+$/);
    const [date, seconds] = added.split('+0000 ');
    expect(Date.parse(`${date?.replaceAll('/', '-')}Z`)).toBe(Number(seconds) * 1000);
    expect(accessLog[0]?.start_time).toContain(`${date?.replaceAll('/', '-')}.`);
  });

  test('request_headers_to_add omits a header whose command operator has no value when Envoy adds the headers', async ({
    downstream,
    upstream,
  }) => {
    const { received } = await downstream.get(upstream.url);
    expect(received[0]?.header('x-request-downstream-local')).toBe(upstream.socketAddress);
    expect(received[0]?.lines('x-request-upstream-remote')).toEqual([]);
  });
});

describe('connections and packets', () => {
  noAddressIsRewritten(test);

  forwardsTransparently(test, {
    family: 'ipv4',
    source: "without original_src, the upstream sees the router's address as the source",
  });
});

describe('payloads and concurrent connections', () => {
  test('a 20 MiB request body passes TPROXY and Envoy unchanged', async ({ downstream, upstream }) => {
    const { reply, received, accessLog } = await downstream.post(upstream.url, { payloadBytes: 20 * 2 ** 20 });
    expect(reply.outcome).toBe(200);
    expect(received[0]?.body).toEqual({ bytes: 20 * 2 ** 20, sha256: PAYLOAD_20_MIB });
    expect(accessLog[0]?.bytes_received).toBe(20 * 2 ** 20);
  });

  test('a 20 MiB response body passes TPROXY and Envoy unchanged', async ({ downstream, upstream }) => {
    const { reply, accessLog } = await downstream.get(`${upstream.url}/payload/${20 * 2 ** 20}`);
    expect(reply.digest).toEqual({ bytes: 20 * 2 ** 20, sha256: PAYLOAD_20_MIB });
    expect(accessLog[0]?.bytes_sent).toBe(20 * 2 ** 20);
  });

  test('50 concurrent connections are each captured by the TPROXY rule and answered with 200', async ({
    downstream,
    upstream,
  }) => {
    const { replies, received, stats, rules, packets } = await downstream.getAll(Array(50).fill(upstream.url), {
      packets: true,
    });
    expect(new Set(replies.map(({ outcome }) => outcome))).toEqual(new Set([200]));
    const sources = received.map((request) => request.header('x-request-downstream-remote'));
    expect(sources.sort()).toEqual(replies.map(({ local }) => local).sort());
    expect(stats[LISTENER]).toBe(50);
    const count = rules.find(({ comment }) => comment === RULE.capture)?.packets;
    // One per connection. On a busy machine, a retransmitted SYN or a late packet of a closed connection counts too.
    expect(count).toBeGreaterThanOrEqual(50);
    expect(count).toBeLessThanOrEqual(synsSent(packets) + resetsReceived(packets));
  });
});

describe('missing rules and routes', () => {
  test('without the ip rule for fwmark 0x1, a captured connection times out before it reaches Envoy', async ({
    routing,
    downstream,
    upstream,
  }) => {
    await routing.without(MARK_LOOKUP);
    expectUnanswered(await downstream.get(upstream.url, silently));
  });

  test('without the local route in table 100, a captured connection times out before it reaches Envoy', async ({
    routing,
    downstream,
    upstream,
  }) => {
    await routing.without(LOCAL_TABLE);
    expectUnanswered(await downstream.get(upstream.url, silently));
  });

  tproxyFindsOpenSockets(test, RULE);

  test('a DIVERT rule without --transparent diverts the same packets: captured requests succeed and are counted once', async ({
    netfilter,
    downstream,
    upstream,
  }) => {
    await netfilter.without(RULE.divert);
    await netfilter.add(`
      *mangle
      -I PREROUTING -p tcp -m socket -m comment --comment "divert packets of any open socket" -j DIVERT
      COMMIT`);
    const { reply, rules } = await downstream.get(upstream.url);
    expect([reply.outcome, reply.header('server')]).toEqual([200, 'envoy']);
    expect(rules).toEqual(
      expect.arrayContaining([captured(1), counted('divert packets of any open socket'), counted(RULE.mark)]),
    );
  });

  test('TPROXY forwards no packet: a captured request succeeds while the router drops all packets that it forwards', async ({
    netfilter,
    downstream,
    upstream,
  }) => {
    await netfilter.add(DROP_FORWARDED);
    const { reply, rules } = await downstream.get(upstream.url);
    expect([reply.outcome, reply.header('server')]).toEqual([200, 'envoy']);
    expect(rules).toContainEqual(captured(1));
    expect(rules).not.toContainEqual(counted('drop forwarded packets'));
  });

  test('a connection that TPROXY does not capture needs forwarding: it times out while the router drops forwarded packets', async ({
    netfilter,
    downstream,
    upstream,
  }) => {
    await netfilter.add(DROP_FORWARDED);
    const { reply, rules } = await downstream.get(`http://${upstream.address.ipv4}:81`, silently);
    expect(reply.outcome).toBe('timeout');
    expect(rules).toContainEqual(counted('drop forwarded packets'));
  });

  withoutRules(test, {
    upstream: 'upstream',
    source: ADDRESSES.downstream.ipv4,
    title: "without netfilter rules, the upstream receives the request directly from the downstream's address",
  });

  test(
    "a --dport 80 rule in filter OUTPUT counts Envoy's upstream connection, not the downstream connection",
    changesEnvoy,
    async ({ lab, downstream, upstream }) => {
      await lab.restartEnvoy({});
      const first = await downstream.get(upstream.url);
      const second = await downstream.get(upstream.url);
      expect(first.rules).toContainEqual(counted(RULE.opened, { packets: 1 }));
      expect(second.rules).not.toContainEqual(counted(RULE.opened));
      expect(second.received[0]?.remote).toBe(first.received[0]?.remote);
    },
  );
});

describe('changed Envoy config', () => {
  test(
    'with transparent: false on the listener, a connection captured by TPROXY times out',
    changesEnvoy,
    async ({ lab, downstream, upstream }) => {
      await lab.restartEnvoy({ config: { at: listener('ingress'), set: { transparent: false } } });
      expectUnanswered(await downstream.get(upstream.url, silently));
    },
  );

  test(
    'without the original_dst listener filter, a captured request gets 503 UH: no healthy upstream',
    changesEnvoy,
    async ({ lab, downstream, upstream }) => {
      await lab.restartEnvoy({ config: { at: listener('ingress'), delete: ['listener_filters'] } });
      const { reply, received, accessLog } = await downstream.get(upstream.url);
      expect(reply.outcome).toBe(503);
      expect(reply.body).toBe('no healthy upstream');
      expect(received).toEqual([]);
      expect(accessLog).toEqual([expect.objectContaining({ response_flags: 'UH' })]);
    },
  );
});

describe('capabilities', () => {
  test(
    'without NET_ADMIN and NET_RAW, Envoy fails to set IP_TRANSPARENT and exits with code 1',
    changesEnvoy,
    async ({ lab }) => {
      const { exitStatus, log } = await lab.envoyExit({ capabilities: [] });
      expect(exitStatus).toBe(1);
      expect(log).toContain('Setting IPPROTO_IP/IP_TRANSPARENT option on socket failed');
    },
  );

  test(
    'with NET_RAW as its only capability, Envoy serves a transparent listener',
    changesEnvoy,
    async ({ lab, downstream, upstream }) => {
      await lab.restartEnvoy({ capabilities: ['NET_RAW'] });
      const { reply, rules } = await downstream.get(upstream.url);
      expect(reply.outcome).toBe(200);
      expect(rules).toContainEqual(captured(1));
    },
  );
});

describe('killed Envoy', () => {
  killedEnvoyIsSilent(test, 'ipv4');
});
