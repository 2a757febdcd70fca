import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { route } from '../../helpers/envoy/select.ts';
import {
  addedRule,
  changedRule,
  config,
  type Faults,
  identity,
  identityLacks,
  withoutRule,
} from '../../helpers/scenario/faults.ts';
import { failsOpen, keepsForgedHeaders, trustsForgedHeaders } from '../shared/identity/faults.ts';
import { noOriginalDst } from '../shared/original-dst/faults.ts';
import { RULE } from '../shared/original-dst/rules.ts';

export const faults: Faults = {
  'REDIRECT rules removed': {
    fault: withoutRule(RULE.capture),
    why: 'connections to port 80 go to the upstream, which refuses them',
  },
  "REDIRECT rules also match Envoy's uid": {
    fault: changedRule(RULE.capture, `-m owner ! --uid-owner ${ENVOY_UID} `, ''),
    why: 'no process bypasses Envoy',
  },
  'REDIRECT rules also match port 5000': {
    fault: changedRule(RULE.capture, '--dport 80', `-m multiport --dports 80,${PORTS.upstream}`),
    why: 'direct connections to the upstream go to Envoy',
  },
  "MASQUERADE rule for Envoy's listener port added": {
    fault: addedRule('nat', `-A POSTROUTING -p tcp --dport ${PORTS.listener} -j MASQUERADE --to-ports 30000-31999`),
    why: 'the source address and port that Envoy sees are in no socket table',
  },
  'original_dst listener filter removed': noOriginalDst,
  'failure_mode_allow enabled': failsOpen,
  'early_header_mutation_extensions removed': keepsForgedHeaders,
  'request_headers_to_remove drops identity headers on the route': {
    fault: config({ at: route('/'), add: { request_headers_to_remove: ['x-workload-id', 'x-workload-user'] } }),
    why: 'the route removes them after the authorization service has set them',
  },
  'authorization service trusts forged identity headers': trustsForgedHeaders,
  'authorization service reports only the first owner of a socket': {
    fault: identity({ takesFirstOwner: true }),
    why: 'a socket can have several owners',
  },
  'authorization service does not read /proc/net/tcp6': {
    fault: identity({ readsNoIpv6: true }),
    why: 'sockets of IPv6 are listed only there, even with an IPv4 connection',
  },
  'authorization service matches only the source of a connection': {
    fault: identity({ ignoresPeer: true }),
    why: 'two connections can have the same source',
  },
  'authorization service takes the first of several matching connections': {
    fault: identity({ takesFirstRow: true }),
    why: 'the request may belong to another one',
  },
  'authorization service trusts the socket row of a closed connection': {
    fault: identity({ countsClosedSockets: true }),
    why: 'the row of a closed connection has uid 0, whatever its user was',
  },
  'authorization service takes a listening socket for a connection': {
    fault: identity({ countsListeners: true }),
    why: "Envoy's listening socket has a row too",
  },
  'authorization service caches the lookup of a connection': {
    fault: identity({ remembersConnection: true }),
    why: 'the second request on a connection gets the cached result',
  },
  'authorization service keeps the suffix of a deleted executable': {
    fault: identity({ keepsDeletedSuffix: true }),
    why: 'the kernel appends " (deleted)" to the path of the executable',
  },
  'authorization service runs without SYS_PTRACE': {
    fault: identityLacks('SYS_PTRACE'),
    why: 'it sees only the programs of its own user',
  },
};
