import { ADDRESSES } from '../../helpers/constants/addresses.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { pod, scenario } from '../../helpers/scenario/scenario.ts';
import { captureOutbound, RULE as OUTBOUND, OUTBOUND_CHAINS, SIDECAR, upstreams } from '../shared/sidecar/rules.ts';

export const RULE = {
  ...OUTBOUND,
  arrives: 'look at connections that arrive',
  tunnel: 'let tunnels of the mesh arrive directly',
  metrics: 'let metrics be read directly',
  health: 'let health checks arrive directly',
  inbound: 'lead other connections to the inbound listener',
} as const;

export const sidecarCapture = scenario({
  slug: 'sidecar-capture',
  task: 'intercept',
  tags: ['redirect', 'source-address', 'tcp'],
  title: 'Sidecar: a pod whose connections pass through Envoy in both directions',
  requirement:
    'Every TCP connection of the app passes through Envoy once outbound and once inbound, and no connection of Envoy is captured again.',
  purpose:
    'Puts Envoy beside an app as service meshes do: rules lead what the app sends and what arrives for it to Envoy, and the app has no configuration.',
  topology: pod({
    upstreams,
    // Containers may bind any port, as with most engines.
    sysctls: { 'net.ipv4.ip_unprivileged_port_start': '0' },
    addresses: [ADDRESSES.towardsDownstream.ipv4],
  }),
  request: ['curl', '--silent', '--include', `http://${ADDRESSES.towardsDownstream.ipv4}:${PORTS.upstream}/`],
  envoy: { config: 'sidecar-capture.yaml', uid: SIDECAR.uid, listenerPort: SIDECAR.inbound },
  netfilter: `
    *nat
    :SIDECAR_INBOUND - [0:0]
    ${OUTBOUND_CHAINS}
    -A PREROUTING -p tcp -m comment --comment "${RULE.arrives}" -j SIDECAR_INBOUND
    -A SIDECAR_INBOUND -p tcp --dport 15008 -m comment --comment "${RULE.tunnel}" -j RETURN
    -A SIDECAR_INBOUND -p tcp --dport 15090 -m comment --comment "${RULE.metrics}" -j RETURN
    -A SIDECAR_INBOUND -p tcp --dport 15021 -m comment --comment "${RULE.health}" -j RETURN
    -A SIDECAR_INBOUND -p tcp -m comment --comment "${RULE.inbound}" -j SIDECAR_IN_REDIRECT
    ${captureOutbound({ redirectsSelfCalls: true })}
    COMMIT`,
  needs: ['redirect', 'owner', 'conntrack'],
});
