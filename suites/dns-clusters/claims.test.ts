import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, combined, differs } from '../../fixtures/chapter.ts';
import type { Lab } from '../../fixtures/lab/lab.ts';
import type { Resolver } from '../../fixtures/lab/resolver.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { cluster } from '../../helpers/envoy/select.ts';
import { dnsClusters } from './scenario.ts';

const test = chapter(dnsClusters);

const SERVFAIL = { rcode: 'SERVFAIL' } as const;
const NXDOMAIN = { rcode: 'NXDOMAIN' } as const;
const EMPTY = { addresses: [] };
const SILENCE = { silence: true } as const;

const ONE_FAMILY_FAILS = {
  'an A query with SERVFAIL beside an empty AAAA answer': { A: SERVFAIL, AAAA: EMPTY },
  'an empty A answer beside an AAAA query with SERVFAIL': { A: EMPTY, AAAA: SERVFAIL },
};

/** A query without a response ends after one second at most; by default, after several tries of 5 s. */
const ONE_TRY = {
  add: {
    typed_dns_resolver_config: {
      name: 'envoy.network.dns_resolver.cares',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig',
        query_tries: 1,
        query_timeout_seconds: 1,
      },
    },
  },
};

const noHosts = expect.objectContaining({ response_code: 503, response_flags: 'UH' });

/** The URL of the route to a cluster. */
function urlOf(lab: Lab, name: string): string {
  return `${lab.envoyUrl}/${name.replaceAll('_', '-')}`;
}

/** A statistic of a cluster. */
async function stat(lab: Lab, name: string, of: string): Promise<number> {
  const body = await lab.envoy.admin(`/stats?filter=^cluster\\.${name}\\.${of}$`);
  return Number(/: (\d+)/.exec(body)?.[1]);
}

/**
 * Changes the answers of the name of a cluster; where AAAA queries fail, these first, while A queries still return
 * `record`. A resolution sends two queries; if both answers changed at once, it could get the old one to the first query
 * and the new one to the second: no record and no failure, which removes the hosts.
 */
async function changeAnswers(
  resolver: Resolver,
  { name, record }: { name: string; record: string },
  answers: Parameters<Resolver['answers']>[1],
): Promise<void> {
  if (answers.AAAA === SERVFAIL) {
    await resolver.answers('backend', { A: { addresses: [record] }, AAAA: SERVFAIL });
    await resolver.waitForUpdate(name, 'success');
  }
  await resolver.answers('backend', answers);
}

describe('several addresses', () => {
  test('a name with two addresses is two hosts, which requests reach in turn', async ({
    lab,
    resolver,
    downstream,
    upstreams: { blue, green },
  }) => {
    await resolver.answers('backend', { A: { addresses: [blue.address.ipv4, green.address.ipv4] } });
    await resolver.waitForUpdate('auto', 'success');
    // In one exchange: Envoy's first host is random.
    const { replies } = await downstream.getAll(Array(2).fill(`${lab.envoyUrl}/auto`));
    expect(await stat(lab, 'auto', 'membership_total')).toBe(2);
    expect(replies.map(({ servedBy }) => servedBy).toSorted()).toEqual(['blue', 'green']);
  });

  test(
    'all_addresses_in_single_endpoint: a name with two addresses is one host, and connections go to the first address',
    changesEnvoy,
    async ({ lab, resolver, downstream, upstreams: { blue, green } }) => {
      // Without an open connection of an earlier request.
      await lab.restartEnvoy({});
      await resolver.answers('backend', { A: { addresses: [green.address.ipv4, blue.address.ipv4] } });
      await resolver.waitForUpdate('logical', 'success');
      const first = await downstream.get(`${lab.envoyUrl}/logical`);
      const second = await downstream.get(`${lab.envoyUrl}/logical`);
      expect(await stat(lab, 'logical', 'membership_total')).toBe(1);
      expect([first, second].map(({ reply }) => reply.servedBy)).toEqual(['green', 'green']);
    },
  );

  test(
    'all_addresses_in_single_endpoint: since 1.39.0, a changed address leaves an open connection to the old one unused',
    combined(changesEnvoy, differs(CHANGES.dnsSingleEndpointReplaced)),
    async ({ lab, resolver, downstream, upstreams: { green }, since }) => {
      await lab.restartEnvoy({});
      const before = await downstream.get(`${lab.envoyUrl}/logical`);
      await resolver.answers('backend', { A: { addresses: [green.address.ipv4] } });
      await resolver.waitForUpdate('logical', 'success');
      const after = await downstream.get(`${lab.envoyUrl}/logical`);
      expect([before, after].map(({ reply }) => reply.servedBy)).toEqual([
        'blue',
        since(CHANGES.dnsSingleEndpointReplaced) ? 'green' : 'blue',
      ]);
    },
  );

  test('two A addresses beside an AAAA query with SERVFAIL are two hosts, whatever the lookup family', async ({
    lab,
    resolver,
    downstream,
    upstreams: { blue, green },
  }) => {
    await resolver.answers('backend', { A: { addresses: [blue.address.ipv4, green.address.ipv4] }, AAAA: SERVFAIL });
    for (const name of ['auto', 'v4_preferred', 'v4_only', 'both_families']) {
      await resolver.waitForUpdate(name, 'success');
      const { replies } = await downstream.getAll(Array(2).fill(urlOf(lab, name)));
      expect(await stat(lab, name, 'membership_total'), name).toBe(2);
      expect(replies.map(({ servedBy }) => servedBy).toSorted(), name).toEqual(['blue', 'green']);
    }
  });

  test('all_addresses_in_single_endpoint: two A addresses beside an AAAA query with SERVFAIL are a success with one host', async ({
    lab,
    resolver,
    downstream,
    upstreams: { blue, green },
  }) => {
    await resolver.answers('backend', { A: { addresses: [blue.address.ipv4, green.address.ipv4] }, AAAA: SERVFAIL });
    await resolver.waitForUpdate('logical', 'success');
    const { reply } = await downstream.get(urlOf(lab, 'logical'));
    expect(await stat(lab, 'logical', 'membership_total')).toBe(1);
    expect(reply.servedBy).toBe('blue');
  });

  test('ALL: an A and an AAAA record are two hosts; AUTO uses the AAAA record, V4_ONLY the A record', async ({
    lab,
    resolver,
    downstream,
    upstreams: { blue, green },
  }) => {
    await resolver.answers('backend', {
      A: { addresses: [blue.address.ipv4] },
      AAAA: { addresses: [green.address.ipv6] },
    });
    for (const name of ['auto', 'v4_only', 'both_families']) await resolver.waitForUpdate(name, 'success');
    const { received: both } = await downstream.getAll(Array(2).fill(`${lab.envoyUrl}/both-families`));
    const auto = await downstream.get(`${lab.envoyUrl}/auto`);
    const v4Only = await downstream.get(`${lab.envoyUrl}/v4-only`);
    expect(both.map(({ local }) => local).toSorted()).toEqual([blue.socketAddress, green.socketAddress6]);
    expect(auto.received[0]?.local).toBe(green.socketAddress6);
    expect(v4Only.received[0]?.local).toBe(blue.socketAddress);
  });

  test('V4_PREFERRED: of an A and an AAAA record, the A record is used', async ({
    lab,
    resolver,
    downstream,
    upstreams: { blue, green },
  }) => {
    await resolver.answers('backend', {
      A: { addresses: [green.address.ipv4] },
      AAAA: { addresses: [blue.address.ipv6] },
    });
    await resolver.waitForUpdate('v4_preferred', 'success');
    const { received } = await downstream.get(urlOf(lab, 'v4_preferred'));
    expect(await stat(lab, 'v4_preferred', 'membership_total')).toBe(1);
    expect(received[0]?.local).toBe(green.socketAddress);
  });

  test('V4_PREFERRED: an AAAA record is used without an A record, where V4_ONLY has no host', async ({
    lab,
    resolver,
    downstream,
    upstreams: { green },
  }) => {
    await resolver.answers('backend', { A: EMPTY, AAAA: { addresses: [green.address.ipv6] } });
    for (const name of ['v4_preferred', 'v4_only']) await resolver.waitForUpdate(name, 'success');
    const preferred = await downstream.get(urlOf(lab, 'v4_preferred'));
    const only = await downstream.get(urlOf(lab, 'v4_only'));
    expect(preferred.received[0]?.local).toBe(green.socketAddress6);
    expect(only.accessLog).toEqual([noHosts]);
  });
});

describe('failed resolutions', () => {
  for (const [failure, answers] of Object.entries(ONE_FAMILY_FAILS)) {
    for (const [family, name] of Object.entries({ AUTO: 'auto', V4_PREFERRED: 'v4_preferred' })) {
      test(
        `${family}: ${failure} keeps the host; before 1.40.0, it removes it`,
        differs(CHANGES.dnsFailureKeepsHosts),
        async ({ lab, resolver, downstream, upstreams: { blue }, since }) => {
          const keeps = since(CHANGES.dnsFailureKeepsHosts);
          await changeAnswers(resolver, { name, record: blue.address.ipv4 }, answers);
          await resolver.waitForUpdate(name, keeps ? 'failure' : 'success');
          const { reply, accessLog } = await downstream.get(urlOf(lab, name));
          expect(await stat(lab, name, 'membership_total')).toBe(keeps ? 1 : 0);
          expect(reply.servedBy).toBe(keeps ? 'blue' : undefined);
          expect(accessLog).toEqual([keeps ? expect.objectContaining({ response_flags: '-' }) : noHosts]);
        },
      );
    }

    for (const name of ['v4_only', 'both_families', 'logical']) {
      // V4_ONLY sends no AAAA query.
      if (name === 'v4_only' && answers.A === EMPTY) continue;
      test(`${name}: ${failure} keeps the host`, async ({ lab, resolver, downstream, upstreams: { blue } }) => {
        await changeAnswers(resolver, { name, record: blue.address.ipv4 }, answers);
        await resolver.waitForUpdate(name, 'failure');
        const { reply } = await downstream.get(urlOf(lab, name));
        expect(await stat(lab, name, 'membership_total')).toBe(1);
        expect(reply.servedBy).toBe('blue');
      });
    }
  }

  test('v4_only: an A answer without records removes the host, whatever an AAAA query would return: 503 UH', async ({
    lab,
    resolver,
    downstream,
  }) => {
    await resolver.answers('backend', { A: EMPTY, AAAA: SERVFAIL });
    await resolver.waitForUpdate('v4_only', 'success');
    const { accessLog } = await downstream.get(urlOf(lab, 'v4_only'));
    expect(await stat(lab, 'v4_only', 'membership_total')).toBe(0);
    expect(accessLog).toEqual([noHosts]);
  });

  for (const [family, name] of Object.entries({ AUTO: 'auto', V4_PREFERRED: 'v4_preferred' })) {
    test(
      `${family}: no response to an A query beside an empty AAAA answer keeps the host; before 1.40.0, it removes it`,
      combined(changesEnvoy, differs(CHANGES.dnsFailureKeepsHosts)),
      async ({ lab, resolver, downstream, since }) => {
        const keeps = since(CHANGES.dnsFailureKeepsHosts);
        await lab.restartEnvoy({ config: ONE_TRY });
        await resolver.answers('backend', { A: SILENCE, AAAA: EMPTY });
        await resolver.waitForUpdate(name, keeps ? 'failure' : 'success');
        const { accessLog } = await downstream.get(urlOf(lab, name));
        expect(await stat(lab, name, 'membership_total')).toBe(keeps ? 1 : 0);
        expect(accessLog).toEqual([keeps ? expect.objectContaining({ response_flags: '-' }) : noHosts]);
      },
    );
  }

  test(
    'v4_only, both_families and logical: no response to an A query beside an empty AAAA answer keeps the host',
    changesEnvoy,
    async ({ lab, resolver, downstream }) => {
      const names = ['v4_only', 'both_families', 'logical'];
      await lab.restartEnvoy({ config: ONE_TRY });
      await resolver.answers('backend', { A: SILENCE, AAAA: EMPTY });
      await Promise.all(names.map((name) => resolver.waitForUpdate(name, 'failure')));
      const { replies } = await downstream.getAll(names.map((name) => urlOf(lab, name)));
      for (const name of names) expect(await stat(lab, name, 'membership_total'), name).toBe(1);
      expect(replies.map(({ servedBy }) => servedBy)).toEqual(['blue', 'blue', 'blue']);
    },
  );

  test('AUTO: SERVFAIL for both families keeps the host, and the same cluster recovers with other answers', async ({
    lab,
    resolver,
    downstream,
    upstreams: { blue, green },
  }) => {
    await changeAnswers(resolver, { name: 'auto', record: blue.address.ipv4 }, { A: SERVFAIL, AAAA: SERVFAIL });
    await resolver.waitForUpdate('auto', 'failure');
    const kept = await downstream.get(`${lab.envoyUrl}/auto`);
    await resolver.answers('backend', { A: { addresses: [green.address.ipv4] }, AAAA: EMPTY });
    await resolver.waitForUpdate('auto', 'success');
    const recovered = await downstream.get(`${lab.envoyUrl}/auto`);
    expect([kept, recovered].map(({ reply }) => reply.servedBy)).toEqual(['blue', 'green']);
  });
});

describe('names without records', () => {
  for (const [absence, answers] of Object.entries({
    NXDOMAIN: { A: NXDOMAIN, AAAA: NXDOMAIN },
    'NOERROR without records': { A: EMPTY, AAAA: EMPTY },
  })) {
    test(`${absence} for both families removes the hosts of a cluster, whatever its lookup family: 503 UH`, async ({
      lab,
      resolver,
      downstream,
    }) => {
      await resolver.answers('backend', answers);
      for (const name of ['auto', 'v4_preferred', 'v4_only', 'both_families']) {
        await resolver.waitForUpdate(name, 'success');
        const { accessLog } = await downstream.get(urlOf(lab, name));
        expect(await stat(lab, name, 'membership_total'), name).toBe(0);
        expect(accessLog, name).toEqual([noHosts]);
      }
    });

    test(`all_addresses_in_single_endpoint: ${absence} for both families keeps the host and counts a failure`, async ({
      lab,
      resolver,
      downstream,
    }) => {
      await resolver.answers('backend', answers);
      await resolver.waitForUpdate('logical', 'failure');
      const { reply } = await downstream.get(`${lab.envoyUrl}/logical`);
      expect(await stat(lab, 'logical', 'membership_total')).toBe(1);
      expect(reply.servedBy).toBe('blue');
    });
  }
});

describe('TTL', () => {
  test(
    'respect_dns_ttl: a cluster does not resolve its name again within a TTL of 3,600 s; another one does every 0.1 s',
    changesEnvoy,
    async ({ lab, resolver, downstream, upstreams: { blue } }) => {
      await lab.restartEnvoy({});
      await resolver.answers('lasting', { A: { addresses: [blue.address.ipv4], ttlSeconds: 3600 } });
      await resolver.waitForQuery('lasting');
      const before = await stat(lab, 'respects_ttl', 'update_attempt');
      for (let update = 0; update < 3; update++) await resolver.waitForUpdate('v4_only', 'success');
      expect(await stat(lab, 'respects_ttl', 'update_attempt')).toBe(before);
      const { reply } = await downstream.get(urlOf(lab, 'respects_ttl'));
      expect(reply.servedBy).toBe('blue');
    },
  );
});

describe('active health checks', () => {
  const isHealthy = (lab: Lab, name: string): Promise<void> =>
    lab.envoy.waitFor(`/stats?filter=^cluster\\.${name}\\.membership_healthy$`, ': 1');

  test('a host whose name no longer exists keeps receiving requests while its last health check passed', async ({
    lab,
    resolver,
    downstream,
  }) => {
    await isHealthy(lab, 'health_checked');
    await resolver.answers('checked', { A: NXDOMAIN });
    await resolver.waitForUpdate('health_checked', 'success');
    const { reply } = await downstream.get(urlOf(lab, 'health_checked'));
    expect(await stat(lab, 'health_checked', 'membership_total')).toBe(1);
    expect(reply.servedBy).toBe('blue');
  });

  test('ignore_health_on_host_removal: a host whose name no longer exists is removed, although healthy: 503 UH', async ({
    lab,
    resolver,
    downstream,
  }) => {
    await isHealthy(lab, 'ignores_health');
    await resolver.answers('ignored', { A: NXDOMAIN });
    await resolver.waitForUpdate('ignores_health', 'success');
    const { accessLog } = await downstream.get(urlOf(lab, 'ignores_health'));
    expect(await stat(lab, 'ignores_health', 'membership_total')).toBe(0);
    expect(accessLog).toEqual([noHosts]);
  });

  test(
    'a host whose name no longer exists is removed once a health check fails: 503 UH',
    changesEnvoy,
    async ({ lab, resolver, downstream, upstreams: { blue } }) => {
      const often = { timeout: '0.5s', interval: '0.1s', no_traffic_interval: '0.1s' };
      const check = { ...often, healthy_threshold: 1, unhealthy_threshold: 1, tcp_health_check: {} };
      await lab.restartEnvoy({ config: { at: cluster('health_checked'), set: { health_checks: [check] } } });
      await isHealthy(lab, 'health_checked');
      await resolver.answers('checked', { A: NXDOMAIN });
      await resolver.waitForUpdate('health_checked', 'success');
      expect(await stat(lab, 'health_checked', 'membership_total')).toBe(1);
      await blue.stop();
      await lab.envoy.waitFor('/stats?filter=^cluster\\.health_checked\\.membership_total$', ': 0');
      const { accessLog } = await downstream.get(urlOf(lab, 'health_checked'));
      expect(accessLog).toEqual([noHosts]);
    },
  );
});
