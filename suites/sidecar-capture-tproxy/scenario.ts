import { scenario } from '../../helpers/scenario/scenario.ts';
import { SIDECAR_LAB } from '../shared/sidecar/lab.ts';
import {
  BY_GROUP,
  BY_USER,
  captureOutbound,
  RULE as OUTBOUND,
  OUTBOUND_CHAINS,
  SIDECAR,
} from '../shared/sidecar/rules.ts';

/** The mark of what belongs to Envoy, and that of Envoy's calls to the pod itself. */
export const MARK = { own: 1337, self: 1338 } as const;

export const RULE = {
  ...OUTBOUND,
  arrives: 'look at packets that arrive',
  marked: "let Envoy's connections to the app and their replies pass",
  fromLo: 'let calls over lo pass, except those of Envoy to the pod itself',
  open: 'divert packets of open connections',
  divert: 'mark diverted packets',
  accept: 'accept diverted packets',
  metrics: 'let metrics be read directly',
  health: 'let health checks arrive directly',
  inbound: 'lead other connections to TPROXY',
  tproxy: 'capture connections that arrive',
  save: "remember the mark of Envoy's connections to the app",
  ownOverLo: "keep the mark of Envoy's connections to the app",
  selfMarkByUser: "mark a call of Envoy's user to the pod itself",
  selfMarkByGroup: "mark a call of Envoy's group to the pod itself",
  restore: "mark the app's replies to Envoy",
} as const;

/** Marked packets are looked up in a table in which every address is local. */
export const MARK_LOOKUP = `rule add fwmark ${MARK.own} lookup 133`;
export const LOCAL_TABLE = 'route add local 0.0.0.0/0 dev lo table 133';

/** No packet is forwarded, and one whose source has no route back over its link is dropped (ip-sysctl: rp_filter). */
const STRICT = {
  'net.ipv4.ip_forward': '0',
  'net.ipv4.conf.all.rp_filter': '1',
  'net.ipv4.conf.default.rp_filter': '1',
};

const selfMark = (match: string, comment: string): string =>
  `-A OUTPUT ! -d 127.0.0.1/32 -o lo -p tcp -m owner ${match} -m comment --comment "${comment}" -j MARK --set-mark ${MARK.self}`;

export const sidecarCaptureTproxy = scenario({
  ...SIDECAR_LAB,
  topology: { ...SIDECAR_LAB.topology, sysctls: { ...SIDECAR_LAB.topology.sysctls, ...STRICT } },
  slug: 'sidecar-capture-tproxy',
  tags: ['source-address', 'tcp', 'tproxy'],
  title: "Sidecar with TPROXY: the app sees its peers' addresses",
  requirement:
    "Every TCP connection that arrives passes through Envoy once, and the app sees the peer's own address as its source. No packet address of it is translated.",
  purpose:
    'Puts Envoy before an app that needs the addresses of its peers, for instance for its own access rules or logs.',
  envoy: {
    config: 'sidecar-capture-tproxy.yaml',
    uid: SIDECAR.uid,
    capabilities: ['NET_ADMIN'],
    keepsCapabilities: true,
    listenerPort: SIDECAR.inbound,
  },
  netfilter: `
    *mangle
    :SIDECAR_DIVERT - [0:0]
    :SIDECAR_TPROXY - [0:0]
    :SIDECAR_INBOUND - [0:0]
    -A PREROUTING -p tcp -m comment --comment "${RULE.arrives}" -j SIDECAR_INBOUND
    -A PREROUTING -p tcp -m mark --mark ${MARK.own} -m comment --comment "${RULE.save}" -j CONNMARK --save-mark
    -A SIDECAR_INBOUND -p tcp -m mark --mark ${MARK.own} -m comment --comment "${RULE.marked}" -j RETURN
    -A SIDECAR_INBOUND -p tcp -i lo -m mark ! --mark ${MARK.self} -m comment --comment "${RULE.fromLo}" -j RETURN
    -A SIDECAR_INBOUND -p tcp -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment "${RULE.open}" -j SIDECAR_DIVERT
    -A SIDECAR_INBOUND -p tcp --dport 15090 -m comment --comment "${RULE.metrics}" -j RETURN
    -A SIDECAR_INBOUND -p tcp --dport 15021 -m comment --comment "${RULE.health}" -j RETURN
    -A SIDECAR_INBOUND -p tcp -m comment --comment "${RULE.inbound}" -j SIDECAR_TPROXY
    -A SIDECAR_DIVERT -m comment --comment "${RULE.divert}" -j MARK --set-mark ${MARK.own}
    -A SIDECAR_DIVERT -m comment --comment "${RULE.accept}" -j ACCEPT
    -A SIDECAR_TPROXY ! -d 127.0.0.1/32 -p tcp -m comment --comment "${RULE.tproxy}" -j TPROXY --on-port ${SIDECAR.inbound} --tproxy-mark ${MARK.own}/0xffffffff
    -A OUTPUT -p tcp -m connmark --mark ${MARK.own} -m comment --comment "${RULE.restore}" -j CONNMARK --restore-mark
    -A OUTPUT -o lo -p tcp -m mark --mark ${MARK.own} -m comment --comment "${RULE.ownOverLo}" -j RETURN
    ${selfMark(BY_USER, RULE.selfMarkByUser)}
    ${selfMark(BY_GROUP, RULE.selfMarkByGroup)}
    COMMIT
    *nat
    ${OUTBOUND_CHAINS}
    ${captureOutbound({ redirectsInbound: false })}
    COMMIT`,
  routing: [MARK_LOOKUP, LOCAL_TABLE],
  needs: ['tproxy', 'redirect', 'owner', 'conntrack'],
});
