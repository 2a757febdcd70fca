import { describe, expect } from 'vitest';
import { changesEnvoy, chapter } from '../../fixtures/chapter.ts';
import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { listener } from '../../helpers/envoy/select.ts';
import { exemptConnections, withoutRules } from '../shared/exempt.ts';
import {
  captured,
  connectionsAreCounted,
  conntrackTranslates,
  dialledAddressWins,
  stoppedEnvoyRefuses,
  unreachableUpstreams,
} from '../shared/original-dst/claims.ts';
import { staticCluster } from '../shared/original-dst/faults.ts';
import { originalDst } from './scenario.ts';

const test = chapter(originalDst);

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
