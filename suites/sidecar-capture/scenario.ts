import { scenario } from '../../helpers/scenario/scenario.ts';
import { SIDECAR_LAB } from '../shared/sidecar/lab.ts';
import { captureOutbound, RULE as OUTBOUND, OUTBOUND_CHAINS, SIDECAR } from '../shared/sidecar/rules.ts';

export const RULE = {
  ...OUTBOUND,
  arrives: 'look at connections that arrive',
  tunnel: 'let tunnels of the mesh arrive directly',
  metrics: 'let metrics be read directly',
  health: 'let health checks arrive directly',
  inbound: 'lead other connections to the inbound listener',
} as const;

export const sidecarCapture = scenario({
  ...SIDECAR_LAB,
  slug: 'sidecar-capture',
  tags: ['redirect', 'source-address', 'tcp'],
  title: 'Sidecar: a pod whose connections pass through Envoy in both directions',
  requirement:
    'Every TCP connection of the app passes through Envoy once outbound and once inbound, and no connection of Envoy is captured again.',
  purpose:
    'Puts Envoy beside an app as service meshes do: rules lead what the app sends and what arrives for it to Envoy, and the app has no configuration.',
  envoy: { config: 'sidecar-capture.yaml', uid: SIDECAR.uid, listenerPort: SIDECAR.inbound },
  netfilter: `
    *nat
    :SIDECAR_INBOUND - [0:0]
    :SIDECAR_IN_REDIRECT - [0:0]
    ${OUTBOUND_CHAINS}
    -A PREROUTING -p tcp -m comment --comment "${RULE.arrives}" -j SIDECAR_INBOUND
    -A SIDECAR_INBOUND -p tcp --dport 15008 -m comment --comment "${RULE.tunnel}" -j RETURN
    -A SIDECAR_INBOUND -p tcp --dport 15090 -m comment --comment "${RULE.metrics}" -j RETURN
    -A SIDECAR_INBOUND -p tcp --dport 15021 -m comment --comment "${RULE.health}" -j RETURN
    -A SIDECAR_INBOUND -p tcp -m comment --comment "${RULE.inbound}" -j SIDECAR_IN_REDIRECT
    -A SIDECAR_IN_REDIRECT -p tcp -m comment --comment "${RULE.inRedirect}" -j REDIRECT --to-ports ${SIDECAR.inbound}
    ${captureOutbound({ redirectsInbound: true })}
    COMMIT`,
  needs: ['redirect', 'owner', 'conntrack'],
});
