import { PORTS } from '../../../helpers/constants/ports.ts';
import { router } from '../../../helpers/scenario/scenario.ts';

/** Rule comments, by which claims and faults refer to rules. */
export const RULE = {
  divert: 'divert packets of open transparent sockets',
  mark: 'mark diverted packets',
  accept: 'accept diverted packets',
  capture: 'capture new HTTP connections',
  opened: 'count connections opened by Envoy',
} as const;

/** Marked packets are looked up in a table in which every address is local. */
export const MARK_LOOKUP = 'rule add fwmark 0x1 lookup 100';
export const LOCAL_TABLE = 'route add local 0.0.0.0/0 dev lo table 100';

/** IPv6 has its own policy routing database. */
export const MARK_LOOKUP6 = '-6 rule add fwmark 0x1 lookup 100';
export const LOCAL_TABLE6 = '-6 route add local ::/0 dev lo table 100';

/** IP_TRANSPARENT requires NET_ADMIN or NET_RAW, ip(7); only root would keep them. */
export const transparent = { uid: 0, capabilities: ['NET_ADMIN'] };

/**
 * The rules of a transparent router. The OUTPUT rule only counts; its state match enables conntrack.
 *
 * @param exempt a destination that is not captured on port 80, and the comment of its rule
 */
export function captureForwarded(exempt?: { destination: string; comment: string }): string {
  const exemption = exempt
    ? `-A PREROUTING -d ${exempt.destination} -p tcp --dport 80 -m comment --comment "${exempt.comment}" -j RETURN`
    : '';
  const elsewhere = exempt ? `! -d ${exempt.destination} ` : '';
  return `
    *mangle
    :DIVERT - [0:0]
    -A PREROUTING -p tcp -m socket --transparent -m comment --comment "${RULE.divert}" -j DIVERT
    -A DIVERT -m comment --comment "${RULE.mark}" -j MARK --set-mark 0x1
    -A DIVERT -m comment --comment "${RULE.accept}" -j ACCEPT
    ${exemption}
    -A PREROUTING -p tcp --dport 80 -m comment --comment "${RULE.capture}" -j TPROXY --on-port ${PORTS.listener} --tproxy-mark 0x1/0x1
    COMMIT
    *filter
    -A OUTPUT -p tcp --dport 80 ${elsewhere}-m conntrack --ctstate NEW -m comment --comment "${RULE.opened}"
    COMMIT`;
}

/** The common part of the scenarios with TPROXY on a router. */
export const tproxy = {
  topology: router({ upstreams: { upstream: { port: PORTS.http } } }),
  netfilter: captureForwarded(),
  routing: [MARK_LOOKUP, LOCAL_TABLE],
  needs: ['tproxy' as const, 'conntrack' as const],
};
