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
import { believesDownstream, failsOpen, keepsForgedHeaders } from '../shared/identity/faults.ts';
import { noOriginalDst } from '../shared/original-dst/faults.ts';
import { RULE } from '../shared/original-dst/rules.ts';

export const faults: Faults = {
  'no rule captures': {
    fault: withoutRule(RULE.capture),
    why: 'who dials the upstream on port 80 is refused by it',
  },
  "the rule captures Envoy's user too": {
    fault: changedRule(RULE.capture, `-m owner ! --uid-owner ${ENVOY_UID} `, ''),
    why: 'nobody goes past Envoy',
  },
  'the rule captures the own port of the upstream too': {
    fault: changedRule(RULE.capture, '--dport 80', `-m multiport --dports 80,${PORTS.upstream}`),
    why: 'what was to go straight to the upstream goes to Envoy',
  },
  'the host rewrites the source of what reaches Envoy': {
    fault: addedRule('nat', `-A POSTROUTING -p tcp --dport ${PORTS.listener} -j MASQUERADE --to-ports 30000-31999`),
    why: 'the address that Envoy sees stands in no table',
  },
  'no original_dst listener filter': noOriginalDst,
  'whom nobody could look up gets through': failsOpen,
  'Envoy does not drop what a downstream says of itself': keepsForgedHeaders,
  'Envoy drops identities on the route': {
    fault: config({ at: route('/'), add: { request_headers_to_remove: ['x-workload-id', 'x-workload-user'] } }),
    why: 'that is after the stub has told them',
  },
  'the stub believes the downstream': believesDownstream,
  'the stub takes the first process that it finds': {
    fault: identity({ takesFirstOwner: true }),
    why: 'a socket may have several owners',
  },
  'the stub forgets the table of IPv6': {
    fault: identity({ readsNoIpv6: true }),
    why: 'sockets of IPv6 stand there alone, even with an IPv4 connection',
  },
  'the stub looks at one end of a connection only': {
    fault: identity({ ignoresPeer: true }),
    why: 'two connections may have it',
  },
  'the stub takes the first of several connections': {
    fault: identity({ takesFirstRow: true }),
    why: 'it may be the other one',
  },
  'the stub believes the row of a connection that has gone': {
    fault: identity({ believesGoneRows: true }),
    why: 'such a row says uid 0, whoever it was',
  },
  'the stub takes who listens for who calls': {
    fault: identity({ countsListeners: true }),
    why: 'Envoy has a row for its port, too',
  },
  'the stub looks a connection up once': {
    fault: identity({ remembersConnection: true }),
    why: 'the second request of a connection gets the answer of the first',
  },
  'the stub takes the name of a deleted file as the kernel writes it': {
    fault: identity({ keepsDeletedMark: true }),
    why: 'the kernel marks it as deleted',
  },
  'the stub lacks SYS_PTRACE': {
    fault: identityLacks('SYS_PTRACE'),
    why: 'it sees the programs of its own user alone',
  },
};
