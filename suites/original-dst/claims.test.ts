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
  dialledAddressWins(test, 'ipv4', 'the address dialled wins over the Host header');

  test("Envoy's log has the dialled address as the local one", async ({ downstream, upstreams: { blue, green } }) => {
    const toBlue = await downstream.get(blue.url);
    const toGreen = await downstream.get(green.url);
    expect(toBlue.accessLog[0]?.downstream_local_address).toBe('198.51.100.10:80');
    expect(toGreen.accessLog[0]?.downstream_local_address).toBe('198.51.100.20:80');
  });

  test('the downstream believes that it is connected to the upstream', async ({ downstream, upstreams: { blue } }) => {
    const { reply, accessLog } = await downstream.get(blue.url);
    expect(reply.remote).toBe(blue.socketAddress);
    expect(reply.local).toBe(accessLog[0]?.downstream_remote_address);
    expect(reply.header('server')).toBe('envoy');
  });
});

describe('connections', () => {
  connectionsAreCounted(test, 'ipv4');

  test('a curl of another user is captured like any other program', async ({ downstream, upstreams: { green } }) => {
    const { reply, received, rules } = await downstream.get(green.url, { program: 'curl', uid: 1001 });
    expect(reply.servedBy).toBe('green');
    expect(received[0]?.header('user-agent')).toMatch(/^curl\//);
    expect(rules).toEqual([captured()]);
  });

  conntrackTranslates(test, 'ipv4', "conntrack has one translated entry, whose replies come from Envoy's port");

  test("Envoy's own connection is left alone", async ({ downstream, upstreams: { blue } }) => {
    // Sent once before, so that the connection under test is the one that carries this very request.
    const { received, accessLog, conntrack, rules } = await downstream.get(blue.url);
    const own = received[0]?.remote;
    expect(accessLog[0]?.upstream_local_address).toBe(own);
    expect(conntrack.filter(({ original }) => original.source === own)).toEqual([
      expect.objectContaining({ nat: false, original: { source: own, destination: blue.socketAddress } }),
    ]);
    expect(rules).toEqual([captured()]);
  });
});

describe('scope of the rules', () => {
  exemptConnections(test, { upstream: 'blue', uid: ENVOY_UID });

  withoutRules(test, { upstream: 'blue' });
});

describe('failures', () => {
  unreachableUpstreams(test, 'ipv4');
});

describe('original destination without Envoy', () => {
  test(
    'SO_ORIGINAL_DST tells any program on the port what was dialled',
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

describe('changed configuration', () => {
  test(
    'a static cluster instead of ORIGINAL_DST sends what was dialled as green to blue',
    changesEnvoy,
    async ({ lab, downstream, upstreams: { green } }) => {
      await lab.restartEnvoy({ config: staticCluster() });
      const { reply } = await downstream.get(green.url);
      expect(reply.servedBy).toBe('blue');
    },
  );

  test(
    'without the original_dst listener filter Envoy has nowhere to connect to: 503 UH',
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
