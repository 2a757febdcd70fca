import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, differs } from '../../fixtures/chapter.ts';
import type { Downstream } from '../../fixtures/exchange/downstream.ts';
import type { Exchange } from '../../fixtures/exchange/exchange.ts';
import type { Lab } from '../../fixtures/lab/lab.ts';
import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { listener } from '../../helpers/envoy/select.ts';
import { response } from '../../helpers/exchange/response.ts';
import { exemptConnections, withoutRules } from '../shared/exempt.ts';
import {
  bothReachTheirDestination,
  captured,
  connectionsAreCounted,
  conntrackChoosesAnotherPort,
  conntrackTranslates,
  dialledAddressWins,
  stoppedEnvoyRefuses,
  unreachableUpstreams,
} from '../shared/original-dst/claims.ts';
import { staticCluster } from '../shared/original-dst/faults.ts';
import { originalDst } from './scenario.ts';

const test = chapter(originalDst);

const HEADER = 'x-envoy-original-dst-host';
const chosen = (value: string) => ({ headers: { [HEADER]: value } });

const MEMBERS = '/stats?filter=cluster.forgotten.membership_total';

/** Waits until Envoy has removed all hosts of the cluster. */
const isForgotten = (lab: Lab) => lab.envoy.waitFor(MEMBERS, 'membership_total: 0');

/**
 * Requests the cluster whose hosts are removed; the exchange ends once Envoy has closed the connection and removed the
 * host. The connection has to be that cluster's only one.
 */
async function requestForgotten(
  { lab, downstream }: { lab: Lab; downstream: Downstream },
  upstream: { url: string },
): Promise<Exchange> {
  const closed = '/stats?filter=^cluster\\.forgotten\\.upstream_cx_destroy$';
  const before = Number(/: (\d+)/.exec(await lab.envoy.admin(closed))?.[1]);
  return downstream.get(`${upstream.url}/forgotten`, {
    meanwhile: async () => {
      await lab.envoy.waitFor(closed, `: ${before + 1}\\b`);
      await isForgotten(lab);
    },
  });
}

/** The hosts of a cluster on the admin pages. */
async function hostsIn({ envoy }: Lab, cluster: string): Promise<Record<string, unknown>> {
  const [stats, clusters] = await Promise.all([
    envoy.admin(`/stats?filter=cluster.${cluster}.membership_(healthy|total)`),
    envoy.admin('/clusters'),
  ]);
  const gauges = [...stats.matchAll(/(membership_\w+): (\d+)/g)].map(([, name, value]) => [name, Number(value)]);
  const hosts = [...clusters.matchAll(new RegExp(`^${cluster}::(\\S+)::weight::`, 'gm'))].map(([, host]) => host);
  return { ...Object.fromEntries(gauges), hosts: hosts.sort() };
}

/** What happens to packets to blue. */
const towardsBlue = (target: string): string => `
  *filter
  -A OUTPUT -d 198.51.100.10 -p tcp --dport 80 -m owner --uid-owner ${ENVOY_UID} -m comment --comment "cut blue off" -j ${target}
  COMMIT`;

describe('forwarding', () => {
  dialledAddressWins(
    test,
    'ipv4',
    'an ORIGINAL_DST cluster connects to the dialled address and ignores the Host header',
  );

  test('downstream_local_address in the access log is the dialled address', async ({
    downstream,
    upstreams: { blue, green },
  }) => {
    const toBlue = await downstream.get(blue.url);
    const toGreen = await downstream.get(green.url);
    expect(toBlue.accessLog[0]?.downstream_local_address).toBe('198.51.100.10:80');
    expect(toGreen.accessLog[0]?.downstream_local_address).toBe('198.51.100.20:80');
  });

  test('the client of a captured connection sees the upstream as its peer, though the response has server: envoy', async ({
    downstream,
    upstreams: { blue },
  }) => {
    const { reply, accessLog } = await downstream.get(blue.url);
    expect(reply.remote).toBe(blue.socketAddress);
    expect(reply.local).toBe(accessLog[0]?.downstream_remote_address);
    expect(reply.header('server')).toBe('envoy');
  });
});

describe('connections', () => {
  connectionsAreCounted(test, 'ipv4');

  test('a curl request by another uid is captured by the REDIRECT rule and forwarded', async ({
    downstream,
    upstreams: { green },
  }) => {
    const { reply, received, rules } = await downstream.get(green.url, { program: 'curl', uid: 1001 });
    expect(reply.servedBy).toBe('green');
    expect(received[0]?.header('user-agent')).toMatch(/^curl\//);
    expect(rules).toEqual([captured()]);
  });

  conntrackTranslates(
    test,
    'ipv4',
    "a captured connection has one translated conntrack entry, with replies from Envoy's listener",
  );

  test("Envoy's own upstream connection is not captured: conntrack shows no address translation", async ({
    downstream,
    upstreams: { blue },
  }) => {
    const { received, accessLog, conntrack, rules } = await downstream.get(blue.url);
    const own = received[0]?.remote;
    expect(accessLog[0]?.upstream_local_address).toBe(own);
    expect(conntrack.filter(({ original }) => original.source === own)).toEqual([
      expect.objectContaining({ nat: false, original: { source: own, destination: blue.socketAddress } }),
    ]);
    expect(rules).toEqual([captured()]);
  });
});

describe('two connections from one source port', () => {
  bothReachTheirDestination(test, 'ipv4', PORTS.chosenSource);

  conntrackChoosesAnotherPort(test, 'ipv4', PORTS.otherChosenSource);
});

describe('clean-up of hosts', () => {
  test('an ORIGINAL_DST cluster has no host until a connection, then a healthy one for each dialled address', async ({
    lab,
    downstream,
    upstreams: { blue, green },
  }) => {
    await lab.settle();
    expect(await hostsIn(lab, 'listed')).toEqual({ membership_healthy: 0, membership_total: 0, hosts: [] });
    await downstream.get(`${blue.url}/listed`);
    await downstream.get(`${green.url}/listed`);
    await downstream.get(`${blue.url}/listed`);
    expect(await hostsIn(lab, 'listed')).toEqual({
      membership_healthy: 2,
      membership_total: 2,
      hosts: ['198.51.100.10:80', '198.51.100.20:80'],
    });
  });

  test('Envoy removes a host once its idle connections are closed: cleanup_interval empties /clusters', async ({
    lab,
    downstream,
    upstreams: { blue },
  }) => {
    const { reply } = await requestForgotten({ lab, downstream }, blue);
    expect(reply.servedBy).toBe('blue');
    expect(await hostsIn(lab, 'forgotten')).toEqual({ membership_healthy: 0, membership_total: 0, hosts: [] });
  });

  test('a request to a host that Envoy has removed adds it again: 200 over a new connection', async ({
    lab,
    downstream,
    upstreams: { blue },
  }) => {
    await requestForgotten({ lab, downstream }, blue);
    const { reply, stats } = await requestForgotten({ lab, downstream }, blue);
    expect(reply.servedBy).toBe('blue');
    expect(stats['cluster.forgotten.upstream_cx_total']).toBe(1);
  });

  test('a host with an open idle connection stays, however short cleanup_interval is', async ({
    lab,
    downstream,
    upstreams: { blue },
  }) => {
    const first = await downstream.get(`${blue.url}/used`);
    await requestForgotten({ lab, downstream }, blue);
    expect(await hostsIn(lab, 'used')).toEqual({
      membership_healthy: 1,
      membership_total: 1,
      hosts: ['198.51.100.10:80'],
    });
    const second = await downstream.get(`${blue.url}/used`);
    expect(second.received[0]?.remote).toBe(first.received[0]?.remote);
  });

  test('a host stays while a request to it is pending, though cleanup_interval has passed', async ({
    lab,
    downstream,
    upstreams: { blue, green },
  }) => {
    await blue.answers({ '/': [[{ wait: 'another host is removed' }, ...response({ body: ['late'] })]] });
    const { replies } = await downstream.getAll([`${blue.url}/forgotten`, `${green.url}/forgotten`], {
      meanwhile: async (signals) => {
        await lab.envoy.waitFor(MEMBERS, 'membership_total: 2');
        await lab.envoy.waitFor(MEMBERS, 'membership_total: 1');
        expect((await hostsIn(lab, 'forgotten')).hosts).toEqual(['198.51.100.10:80']);
        await signals.raise('another host is removed');
      },
    });
    expect(replies.map(({ outcome, body }) => [outcome, body === 'late'])).toEqual([
      [200, true],
      [200, false],
    ]);
    await isForgotten(lab);
  });

  test('a host that refuses connections is removed too', async ({ lab, downstream, upstreams: { blue } }) => {
    await blue.stop();
    const { reply } = await downstream.get(`${blue.url}/forgotten`);
    expect(reply.outcome).toBe(503);
    await isForgotten(lab);
  });
});

describe('chosen destinations', () => {
  test.for<[value: string, host: string]>([
    ['198.51.100.20:80', '198.51.100.20:80'],
    ['[2001:db8:2::20]:80', '[2001:db8:2::20]:80'],
    ['  198.51.100.20:80 ', '198.51.100.20:80'],
  ])(
    'with use_http_header, x-envoy-original-dst-host "%s" replaces the dialled address',
    async ([value, host], { downstream, upstreams: { blue } }) => {
      const { reply, accessLog } = await downstream.get(`${blue.url}/by-header`, chosen(value));
      expect(reply.servedBy).toBe('green');
      expect(accessLog).toEqual([
        expect.objectContaining({ upstream_host: host, downstream_local_address: '198.51.100.10:80' }),
      ]);
    },
  );

  test(
    'an IPv4-mapped address in x-envoy-original-dst-host is dialled over IPv4; before 1.39.1, it gets 503 UF',
    differs(CHANGES.mappedOriginalDestination),
    async ({ downstream, upstreams: { blue }, since }) => {
      const { reply, accessLog } = await downstream.get(`${blue.url}/by-header`, chosen('[::ffff:198.51.100.20]:80'));
      expect(reply.outcome).toBe(since(CHANGES.mappedOriginalDestination) ? 200 : 503);
      expect(accessLog).toEqual([
        expect.objectContaining({
          upstream_host: '[::ffff:198.51.100.20]:80',
          upstream_transport_failure_reason: since(CHANGES.mappedOriginalDestination)
            ? null
            : 'immediate_connect_error:_Network_is_unreachable|remote_address:[::ffff:198.51.100.20]:80',
        }),
      ]);
    },
  );

  test.for([
    '',
    '198.51.100.20',
    'green:80',
    '198.51.100.20:65536',
    '198.51.100.20:http',
    '2001:db8:2::20:80',
    '198.51.100.020:80',
    'http://198.51.100.20:80',
    '198.51.100.20:80,198.51.100.10:80',
  ])(
    'x-envoy-original-dst-host "%s" is no address and port: the dialled address is used',
    async (value, { downstream, upstreams: { blue } }) => {
      const { reply, received, stats } = await downstream.get(`${blue.url}/by-header`, chosen(value));
      expect(reply.servedBy).toBe('blue');
      expect(received[0]?.header('x-envoy-original-dst-host')).toBe(value);
      expect(stats['cluster.by_header.original_dst_host_invalid']).toBe(1);
    },
  );

  test('without x-envoy-original-dst-host, use_http_header has no effect and counts nothing', async ({
    downstream,
    upstreams: { blue },
  }) => {
    const { reply, stats } = await downstream.get(`${blue.url}/by-header`);
    expect(reply.servedBy).toBe('blue');
    expect(stats['cluster.by_header.original_dst_host_invalid']).toBeUndefined();
  });

  test('of two x-envoy-original-dst-host lines, the first one decides', async ({ downstream, upstreams: { blue } }) => {
    const lines = ['198.51.100.20:80', '198.51.100.10:80'].map((value): [string, string] => [HEADER, value]);
    const { reply } = await downstream.get(`${blue.url}/by-header`, { headers: lines });
    expect(reply.servedBy).toBe('green');
  });

  test('without use_http_header, Envoy ignores x-envoy-original-dst-host and forwards it', async ({
    downstream,
    upstreams: { blue },
  }) => {
    const { reply, received } = await downstream.get(blue.url, chosen('198.51.100.20:80'));
    expect(reply.servedBy).toBe('blue');
    expect(received[0]?.header(HEADER)).toBe('198.51.100.20:80');
  });

  test("with use_http_header, any client reaches Envoy's admin pages by x-envoy-original-dst-host 127.0.0.1:19000", async ({
    downstream,
    upstreams: { blue },
  }) => {
    const { reply, received } = await downstream.get(`${blue.url}/by-header/ready`, chosen('127.0.0.1:19000'));
    expect([reply.outcome, reply.body]).toEqual([200, 'LIVE\n']);
    expect(received).toEqual([]);
  });

  test('http_header_name replaces x-envoy-original-dst-host, which then has no effect', async ({
    downstream,
    upstreams: { blue },
  }) => {
    const own = await downstream.get(`${blue.url}/by-own-header`, { headers: { 'x-destination': '198.51.100.20:80' } });
    const usual = await downstream.get(`${blue.url}/by-own-header`, chosen('198.51.100.20:80'));
    expect([own, usual].map(({ reply }) => reply.servedBy)).toEqual(['green', 'blue']);
  });

  test('metadata_key chooses the destination from dynamic metadata; another text is counted as invalid', async ({
    downstream,
    upstreams: { blue },
  }) => {
    const byAddress = await downstream.get(`${blue.url}/by-metadata`, {
      headers: { 'x-chosen-host': '198.51.100.20:80' },
    });
    const byName = await downstream.get(`${blue.url}/by-metadata`, { headers: { 'x-chosen-host': 'green' } });
    const byHeader = await downstream.get(`${blue.url}/by-metadata`, chosen('198.51.100.20:80'));
    expect([byAddress, byName, byHeader].map(({ reply }) => reply.servedBy)).toEqual(['green', 'blue', 'blue']);
    expect([byAddress, byName].map(({ stats }) => stats['cluster.by_metadata.original_dst_host_invalid'])).toEqual([
      undefined,
      1,
    ]);
  });

  test('upstream_port_override 81 replaces the dialled port, and that of x-envoy-original-dst-host', async ({
    downstream,
    upstreams: { blue },
  }) => {
    const dialled = await downstream.get(`${blue.url}/port-81`);
    const byHeader = await downstream.get(`${blue.url}/port-81`, chosen('198.51.100.20:80'));
    expect([dialled, byHeader].map(({ reply }) => reply.outcome)).toEqual([503, 503]);
    expect([dialled, byHeader].map(({ accessLog }) => accessLog[0]?.upstream_host)).toEqual([
      '198.51.100.10:81',
      '198.51.100.20:81',
    ]);
  });
});

describe('dead destinations', () => {
  test('a dialled host that does not respond gets 503 UF after connect_timeout', async ({
    netfilter,
    downstream,
    upstreams: { blue },
  }) => {
    await netfilter.add(towardsBlue('DROP'));
    const { reply, accessLog, stats } = await downstream.get(`${blue.url}/forgotten`);
    expect(reply.outcome).toBe(503);
    expect(accessLog).toEqual([expect.objectContaining({ response_flags: 'UF', upstream_host: '198.51.100.10:80' })]);
    expect(stats['cluster.forgotten.upstream_cx_connect_timeout']).toBe(1);
  });
});

describe('scope of the REDIRECT rule', () => {
  exemptConnections(test, { upstream: 'blue', uid: ENVOY_UID });

  withoutRules(test, { upstream: 'blue' });
});

describe('unreachable upstream and loops', () => {
  unreachableUpstreams(test, 'ipv4');
});

describe('REDIRECT without Envoy', () => {
  test(
    'getsockopt(SO_ORIGINAL_DST) returns the dialled address to any program on the REDIRECT target port',
    changesEnvoy,
    async ({ lab, downstream, upstreams: { blue, green } }) => {
      await lab.stopEnvoy('SIGTERM');
      await lab.serveOriginalDestination();
      const toBlue = await downstream.dial(blue.socketAddress);
      const toGreen = await downstream.dial(green.socketAddress);
      expect(toBlue.reply.body).toBe('198.51.100.10:80\n');
      expect(toGreen.reply.body).toBe('198.51.100.20:80\n');
    },
  );

  stoppedEnvoyRefuses(test, 'ipv4');
});

describe('changed Envoy config', () => {
  test(
    'with a STATIC cluster for blue instead of ORIGINAL_DST, a captured connection to green reaches blue',
    changesEnvoy,
    async ({ lab, downstream, upstreams: { green } }) => {
      await lab.restartEnvoy({ config: staticCluster() });
      const { reply } = await downstream.get(green.url);
      expect(reply.servedBy).toBe('blue');
    },
  );

  test(
    'without the original_dst listener filter, a captured request gets 503 UH: no healthy upstream',
    changesEnvoy,
    async ({ lab, downstream, upstreams: { blue } }) => {
      await lab.restartEnvoy({ config: { at: listener('ingress'), delete: ['listener_filters'] } });
      const { reply, accessLog } = await downstream.get(blue.url);
      expect(reply.outcome).toBe(503);
      expect(reply.body).toBe('no healthy upstream');
      expect(accessLog).toEqual([
        expect.objectContaining({
          response_flags: 'UH',
          downstream_local_address: `127.0.0.1:${PORTS.listener}`,
        }),
      ]);
    },
  );
});
