import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import {
  AT,
  addedRule,
  changedRule,
  config,
  type Faults,
  identity,
  identityLacks,
  withoutRule,
} from '../../helpers/scenario/faults.ts';
import { RULE } from '../shared/original-dst/rules.ts';

/** Faults that the claims of this chapter detect. */
export const faults: Faults = {
  'no rule captures': {
    fault: withoutRule(RULE.capture),
    why: 'who dials the upstream on port 80 is refused by it',
    kills: [
      'of two connections that share an address and a port, the one that was redirected is told by where it went',
      'without original_dst Envoy cannot say where it went, and it is unknown rather than either',
      'a downstream that REDIRECT brought to Envoy is found all the same, under the address that it dialled from',
      'the same over IPv6',
    ],
  },
  "the rule captures Envoy's user too": {
    fault: changedRule(RULE.capture, `-m owner ! --uid-owner ${ENVOY_UID} `, ''),
    why: 'nobody goes past Envoy',
    kills: ['a process of the user that Envoy runs as goes past it: port 80 of the upstream refuses'],
  },
  'the rule captures the own port of the upstream too': {
    fault: changedRule(RULE.capture, '--dport 80', `-m multiport --dports 80,${PORTS.upstream}`),
    why: 'what was to go straight to the upstream goes to Envoy',
    kills: [
      'of two connections that share an address and a port, the one that was redirected is told by where it went',
      'without original_dst Envoy cannot say where it went, and it is unknown rather than either',
      'what the rule does not capture is not looked up, and the upstream is told nothing',
    ],
  },
  'the host rewrites the source of what reaches Envoy': {
    fault: addedRule('nat', `-A POSTROUTING -p tcp --dport ${PORTS.listener} -j MASQUERADE --to-ports 30000-31999`),
    why: 'the address that Envoy sees stands in no table',
    kills: {
      allBut: [
        'a downstream of IPv6 is found by its address in the table of IPv6',
        'the same over IPv6',
        'what the rule does not capture is not looked up, and the upstream is told nothing',
        'a process of the user that Envoy runs as goes past it: port 80 of the upstream refuses',
        'without an answer of the stub nobody gets through, whoever they say they are',
        'whom the failure mode lets through without an answer has no identity, not even a forged one',
        'without the early removal the failure mode carries a forged identity to the upstream',
        'a port that nobody calls from is unknown',
        'without a capability the user of a connection is known, and its program is not',
      ],
    },
  },
  'no original_dst listener filter': {
    fault: config({ delete: [`${AT.listener}.listener_filters`] }),
    why: 'nobody asks the kernel what was dialled',
    kills: [
      'of two connections that share an address and a port, the one that was redirected is told by where it went',
    ],
  },
  'whom nobody could look up gets through': {
    fault: config({ set: { [`${AT.http}.http_filters.0.typed_config.failure_mode_allow`]: true } }),
    why: 'a failure of the check lets the request pass',
    kills: ['without an answer of the stub nobody gets through, whoever they say they are'],
  },
  'Envoy does not drop what a downstream says of itself': {
    fault: config({ delete: [`${AT.http}.early_header_mutation_extensions`] }),
    why: 'it reaches the upstream where the stub puts nothing in its place',
    kills: ['whom the failure mode lets through without an answer has no identity, not even a forged one'],
  },
  'Envoy drops identities on the route': {
    fault: config({ add: { [`${AT.route}.request_headers_to_remove`]: ['x-workload-id', 'x-workload-user'] } }),
    why: 'that is after the stub has told them',
    kills: {
      allBut: [
        'the stub looks up the address and the port that the check says the request came from',
        'what the rule does not capture is not looked up, and the upstream is told nothing',
        'a process of the user that Envoy runs as goes past it: port 80 of the upstream refuses',
        'without an answer of the stub nobody gets through, whoever they say they are',
        'whom the failure mode lets through without an answer has no identity, not even a forged one',
        'a downstream that has gone is unknown, and not root, though its row says uid 0',
        'a port that nobody calls from is unknown',
        'without a capability the user of a connection is known, and its program is not',
      ],
    },
  },
  'the stub believes the downstream': {
    fault: [
      config({ delete: [`${AT.http}.early_header_mutation_extensions`] }),
      identity({ believesDownstream: true }),
    ],
    why: 'what it says of itself gets past Envoy and is taken for the truth',
    kills: [
      'a downstream that says who it is is not believed',
      'whom the failure mode lets through without an answer has no identity, not even a forged one',
    ],
  },
  'the stub takes the first process that it finds': {
    fault: identity({ takesFirstOwner: true }),
    why: 'a socket may have several owners',
    kills: ['a socket that a parent shares with its child belongs to both'],
  },
  'the stub forgets the table of IPv6': {
    fault: identity({ readsNoIpv6: true }),
    why: 'sockets of IPv6 stand there alone, even with an IPv4 connection',
    kills: [
      'a downstream of IPv6 is found by its address in the table of IPv6',
      'an IPv4 connection of an IPv6 socket stands in the table of IPv6 alone, and is found there',
      'the same over IPv6',
    ],
  },
  'the stub looks at one end of a connection only': {
    fault: identity({ ignoresPeer: true }),
    why: 'two connections may have it',
    kills: [
      'of two connections that share an address and a port, the one that was redirected is told by where it went',
    ],
  },
  'the stub takes the first of several connections': {
    fault: identity({ takesFirstRow: true }),
    why: 'it may be the other one',
    kills: ['without original_dst Envoy cannot say where it went, and it is unknown rather than either'],
  },
  'the stub believes the row of a connection that has gone': {
    fault: identity({ believesGoneRows: true }),
    why: 'such a row says uid 0, whoever it was',
    kills: ['a downstream that has gone is unknown, and not root, though its row says uid 0'],
  },
  'the stub takes who listens for who calls': {
    fault: identity({ countsListeners: true }),
    why: 'Envoy has a row for its port, too',
    kills: ['a port that nobody calls from is unknown'],
  },
  'the stub looks a connection up once': {
    fault: identity({ remembersConnection: true }),
    why: 'the second request of a connection gets the answer of the first',
    kills: ['each request of a kept connection is looked up'],
  },
  'the stub takes the name of a deleted file as the kernel writes it': {
    fault: identity({ keepsDeletedMark: true }),
    why: 'the kernel marks it as deleted',
    kills: ['a file that has been deleted since is still known by its name'],
  },
  'the stub lacks SYS_PTRACE': {
    fault: identityLacks('SYS_PTRACE'),
    why: 'it sees the programs of its own user alone',
    kills: [
      'two programs of three users are told apart on the same Envoy',
      'each request of a kept connection is looked up',
      'ten connections at once are each told as what they are',
      'a downstream of IPv6 is found by its address in the table of IPv6',
      'an IPv4 connection of an IPv6 socket stands in the table of IPv6 alone, and is found there',
      'a downstream that REDIRECT brought to Envoy is found all the same, under the address that it dialled from',
      'a downstream that says who it is is not believed',
      'a downstream that has gone is unknown, and not root, though its row says uid 0',
      'without a capability the user of a connection is known, and its program is not',
    ],
  },
};
