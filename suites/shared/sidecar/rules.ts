import { ADDRESSES } from '../../../helpers/constants/addresses.ts';
import { PORTS } from '../../../helpers/constants/ports.ts';
import type { UpstreamSpec } from '../../../helpers/scenario/scenario.ts';

/** Envoy beside an app: its user and group, the ports to which the rules lead, and its own source address. */
export const SIDECAR = { uid: 1337, outbound: 15001, inbound: 15006, source: '127.0.0.6' } as const;

/** The address of the pod. */
export const POD = ADDRESSES.towardsDownstream.ipv4;

/** A peer of the pod, and a port of it that no listener is for. */
export const PEER = { address: '203.0.113.10', bytesPort: 9000 } as const;

/** A port of the app that carries no HTTP. */
export const APP_BYTES = 6000;

export const upstreams = {
  app: { port: PORTS.upstream, endpoints: [{ address: POD, port: PORTS.upstream, onEnvoyHost: true }] },
  appBytes: { port: APP_BYTES, protocol: 'tcp', endpoints: [{ address: POD, port: APP_BYTES, onEnvoyHost: true }] },
  onLoopback: { port: 7000, endpoints: [{ address: '127.0.0.1', port: 7000, onEnvoyHost: true }] },
  agent: {
    port: 15_090,
    endpoints: [
      { address: POD, port: 15_090, onEnvoyHost: true },
      { address: POD, port: 15_021, onEnvoyHost: true },
      { address: POD, port: 15_008, onEnvoyHost: true },
    ],
  },
  peer: {
    port: PORTS.http,
    endpoints: [
      { address: PEER.address, port: PORTS.http },
      { address: PEER.address, port: PEER.bytesPort },
    ],
  },
} satisfies Record<string, UpstreamSpec>;

/** Rule comments, by which claims and faults refer to rules. */
export const RULE = {
  inRedirect: 'redirect to the inbound listener',
  leaves: 'look at connections that leave',
  toApp: "exempt Envoy's connections to the app",
  selfByUser: "capture a call of Envoy's user to the pod itself as inbound",
  overLoByUser: 'exempt calls of other users over lo',
  envoyUser: "exempt connections of Envoy's user",
  selfByGroup: "capture a call of Envoy's group to the pod itself as inbound",
  overLoByGroup: 'exempt calls of other groups over lo',
  envoyGroup: "exempt connections of Envoy's group",
  loopback: 'exempt calls to 127.0.0.1',
  outbound: 'lead other connections to the outbound listener',
  redirect: 'redirect to the outbound listener',
} as const;

/** What leaves over lo, by one kind of owner. */
const selfCalls = (match: string, comment: string): string =>
  `-A SIDECAR_OUTPUT ! -d 127.0.0.1/32 -o lo -p tcp ! --dport 15008 -m owner ${match} -m comment --comment "${comment}" -j SIDECAR_IN_REDIRECT`;

const exemptions = (match: string, others: string, envoy: string): string => `
    -A SIDECAR_OUTPUT -o lo -m owner ! ${match} -m comment --comment "${others}" -j RETURN
    -A SIDECAR_OUTPUT -m owner ${match} -m comment --comment "${envoy}" -j RETURN`;

export const [BY_USER, BY_GROUP] = [`--uid-owner ${SIDECAR.uid}`, `--gid-owner ${SIDECAR.uid}`];

/** The chains of `captureOutbound`. */
export const OUTBOUND_CHAINS = `
    :SIDECAR_OUTPUT - [0:0]
    :SIDECAR_REDIRECT - [0:0]`;

/**
 * Rules of the table nat for what leaves the pod.
 *
 * @param redirectsInbound whether a call of Envoy to the pod itself goes to the chain SIDECAR_IN_REDIRECT, and
 *   connections of Envoy to the app have a source address by which they are exempt
 */
export function captureOutbound({ redirectsInbound }: { redirectsInbound: boolean }): string {
  const inbound = (rule: string): string => (redirectsInbound ? rule : '');
  return `
    -A OUTPUT -p tcp -m comment --comment "${RULE.leaves}" -j SIDECAR_OUTPUT
    ${inbound(`-A SIDECAR_OUTPUT -s ${SIDECAR.source}/32 -o lo -m comment --comment "${RULE.toApp}" -j RETURN`)}
    ${inbound(selfCalls(BY_USER, RULE.selfByUser))}
    ${exemptions(BY_USER, RULE.overLoByUser, RULE.envoyUser)}
    ${inbound(selfCalls(BY_GROUP, RULE.selfByGroup))}
    ${exemptions(BY_GROUP, RULE.overLoByGroup, RULE.envoyGroup)}
    -A SIDECAR_OUTPUT -d 127.0.0.1/32 -m comment --comment "${RULE.loopback}" -j RETURN
    -A SIDECAR_OUTPUT -m comment --comment "${RULE.outbound}" -j SIDECAR_REDIRECT
    -A SIDECAR_REDIRECT -p tcp -m comment --comment "${RULE.redirect}" -j REDIRECT --to-ports ${SIDECAR.outbound}`;
}
