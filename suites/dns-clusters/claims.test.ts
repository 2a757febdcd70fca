import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, combined, differs } from '../../fixtures/chapter.ts';
import type { Lab } from '../../fixtures/lab/lab.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { dnsClusters } from './scenario.ts';

const test = chapter(dnsClusters);

const SERVFAIL = { rcode: 'SERVFAIL' } as const;
const NXDOMAIN = { rcode: 'NXDOMAIN' } as const;
const EMPTY = { addresses: [] };

const noHosts = expect.objectContaining({ response_code: 503, response_flags: 'UH' });

/** A statistic of a cluster. */
async function stat(lab: Lab, cluster: string, name: string): Promise<number> {
  const body = await lab.envoy.admin(`/stats?filter=^cluster\\.${cluster}\\.${name}$`);
  return Number(/: (\d+)/.exec(body)?.[1]);
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
    for (const cluster of ['auto', 'v4_only', 'both_families']) await resolver.waitForUpdate(cluster, 'success');
    const { received: both } = await downstream.getAll(Array(2).fill(`${lab.envoyUrl}/both-families`));
    const auto = await downstream.get(`${lab.envoyUrl}/auto`);
    const v4Only = await downstream.get(`${lab.envoyUrl}/v4-only`);
    expect(both.map(({ local }) => local).toSorted()).toEqual([blue.socketAddress, green.socketAddress6]);
    expect(auto.received[0]?.local).toBe(green.socketAddress6);
    expect(v4Only.received[0]?.local).toBe(blue.socketAddress);
  });
});

describe('failed resolutions', () => {
  test(
    'AUTO: an A query with SERVFAIL beside an AAAA answer without records keeps the host; before 1.40.0, it removes it',
    differs(CHANGES.dnsFailureKeepsHosts),
    async ({ lab, resolver, downstream, since }) => {
      const keeps = since(CHANGES.dnsFailureKeepsHosts);
      await resolver.answers('backend', { A: SERVFAIL, AAAA: EMPTY });
      await resolver.waitForUpdate('auto', keeps ? 'failure' : 'success');
      const { reply, accessLog } = await downstream.get(`${lab.envoyUrl}/auto`);
      expect(await stat(lab, 'auto', 'membership_total')).toBe(keeps ? 1 : 0);
      expect(reply.outcome).toBe(keeps ? 200 : 503);
      expect(accessLog).toEqual([keeps ? expect.objectContaining({ response_flags: '-' }) : noHosts]);
    },
  );

  for (const cluster of ['v4_only', 'both_families', 'logical']) {
    test(`${cluster}: an A query with SERVFAIL beside an AAAA answer without records keeps the host`, async ({
      lab,
      resolver,
      downstream,
    }) => {
      await resolver.answers('backend', { A: SERVFAIL, AAAA: EMPTY });
      await resolver.waitForUpdate(cluster, 'failure');
      const { reply } = await downstream.get(`${lab.envoyUrl}/${cluster.replaceAll('_', '-')}`);
      expect(await stat(lab, cluster, 'membership_total')).toBe(1);
      expect(reply.servedBy).toBe('blue');
    });
  }

  test('AUTO: SERVFAIL for both families keeps the host, and the same cluster recovers with other answers', async ({
    lab,
    resolver,
    downstream,
    upstreams: { green },
  }) => {
    await resolver.answers('backend', { A: SERVFAIL, AAAA: SERVFAIL });
    await resolver.waitForUpdate('auto', 'failure');
    const kept = await downstream.get(`${lab.envoyUrl}/auto`);
    await resolver.answers('backend', { A: { addresses: [green.address.ipv4] }, AAAA: EMPTY });
    await resolver.waitForUpdate('auto', 'success');
    const recovered = await downstream.get(`${lab.envoyUrl}/auto`);
    expect([kept, recovered].map(({ reply }) => reply.servedBy)).toEqual(['blue', 'green']);
  });
});

describe('names without records', () => {
  for (const [name, answers] of Object.entries({
    NXDOMAIN: { A: NXDOMAIN, AAAA: NXDOMAIN },
    'NOERROR without records': { A: EMPTY, AAAA: EMPTY },
  })) {
    test(`${name} for both families removes the hosts of a cluster, whatever its lookup family: 503 UH`, async ({
      lab,
      resolver,
      downstream,
    }) => {
      await resolver.answers('backend', answers);
      for (const cluster of ['auto', 'v4_only', 'both_families']) {
        await resolver.waitForUpdate(cluster, 'success');
        const { accessLog } = await downstream.get(`${lab.envoyUrl}/${cluster.replaceAll('_', '-')}`);
        expect(await stat(lab, cluster, 'membership_total'), cluster).toBe(0);
        expect(accessLog, cluster).toEqual([noHosts]);
      }
    });

    test(`all_addresses_in_single_endpoint: ${name} for both families keeps the host and counts a failure`, async ({
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
    async ({ lab, resolver, upstreams: { blue } }) => {
      await lab.restartEnvoy({});
      await resolver.answers('lasting', { A: { addresses: [blue.address.ipv4], ttlSeconds: 3600 } });
      await resolver.waitForQuery('lasting');
      const before = await stat(lab, 'respects_ttl', 'update_attempt');
      for (let update = 0; update < 3; update++) await resolver.waitForUpdate('v4_only', 'success');
      expect(await stat(lab, 'respects_ttl', 'update_attempt')).toBe(before);
    },
  );
});
