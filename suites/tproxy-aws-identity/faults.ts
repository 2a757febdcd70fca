import {
  AT,
  addedRule,
  config,
  type Faults,
  identity,
  metadata,
  sysctl,
  withoutRule,
} from '../../helpers/scenario/faults.ts';
import { RULE } from './scenario.ts';

/** Faults that the claims of this chapter detect. */
export const faults: Faults = {
  'no rule captures': {
    fault: withoutRule(RULE.capture),
    why: 'the router forwards everything, and nobody is asked',
    kills: {
      allBut: [
        'a downstream of the other host that has gone is unknown',
        'version 1 has no such limit: two hops away a plain GET is answered',
        'without the limit the downstream gets a token, too',
        'without the rules nobody is asked, and the upstream is told nothing',
      ],
    },
  },
  'calls to the metadata are captured, too': {
    fault: withoutRule(RULE.metadata),
    why: 'Envoy makes them in the place of the downstream, one hop nearer, and names it in x-forwarded-for',
    kills: [
      'the router, one hop from the metadata, gets a token; the downstream, two hops away, waits in vain',
      'version 1 has no such limit: two hops away a plain GET is answered',
      'without the limit the downstream gets a token, too',
    ],
  },
  'no original_dst listener filter': {
    fault: config({ delete: [`${AT.listener}.listener_filters`] }),
    why: 'Envoy does not know where to connect to: 503 UH',
    kills: [
      "the upstream is told programs and users of the downstream's host, which is not the router",
      'the upstream is told the host name, the id and the zone of the instance',
      'each request of a kept connection is told, while the rule counts the connection once',
      'what a downstream says of itself does not get past the router',
      'a process whose pid namespace is not shared is unknown, though its user is not',
      'the check itself is not intercepted, nor is the call for metadata',
      'the router, one hop from the metadata, gets a token; the downstream, two hops away, waits in vain',
      'were calls to the metadata captured, Envoy would be one hop nearer, but its x-forwarded-for is refused: 403',
      'without use_remote_address there is no such header, and a captured call gets a token past the hop limit',
    ],
  },
  'Envoy asks about no request': {
    fault: config({
      add: {
        [`${AT.http}.http_filters.0.typed_config.filter_enabled`]: {
          default_value: { numerator: 0, denominator: 'HUNDRED' },
        },
      },
    }),
    why: 'every request passes, and nothing is told of it',
    kills: {
      allBut: [
        'a downstream of the other host that has gone is unknown',
        'version 1 has no such limit: two hops away a plain GET is answered',
        'without the limit the downstream gets a token, too',
        'were calls to the metadata captured, Envoy would be one hop nearer, but its x-forwarded-for is refused: 403',
        'without use_remote_address there is no such header, and a captured call gets a token past the hop limit',
        'without the rules nobody is asked, and the upstream is told nothing',
      ],
    },
  },
  'whom nobody could look up gets through': {
    fault: config({ set: { [`${AT.http}.http_filters.0.typed_config.failure_mode_allow`]: true } }),
    why: 'a failure of the check lets the request pass',
    kills: ['while the metadata are unreachable, nothing leaves the router'],
  },
  'the stub believes the downstream': {
    fault: [
      config({ delete: [`${AT.http}.early_header_mutation_extensions`] }),
      identity({ believesDownstream: true }),
    ],
    why: 'what it says of itself gets past Envoy and is taken for the truth',
    kills: ['what a downstream says of itself does not get past the router'],
  },
  'the stub looks in its own network namespace only': {
    fault: identity({ looksHereOnly: true }),
    why: 'a connection of another host stands in the tables of that host',
    kills: [
      "the upstream is told programs and users of the downstream's host, which is not the router",
      'each request of a kept connection is told, while the rule counts the connection once',
      'what a downstream says of itself does not get past the router',
      'a process whose pid namespace is not shared is unknown, though its user is not',
      'a downstream of the other host that has gone is unknown',
      'while the metadata are unreachable, nothing leaves the router',
    ],
  },
  'a token reaches any host': {
    fault: metadata({ tokensLiveOneHop: false }),
    why: 'the metadata service has no hop limit',
    kills: ['the router, one hop from the metadata, gets a token; the downstream, two hops away, waits in vain'],
  },
  'Envoy does not use the address of the downstream': {
    fault: config({ delete: [`${AT.http}.use_remote_address`] }),
    why: 'it writes no x-forwarded-for',
    kills: [
      'were calls to the metadata captured, Envoy would be one hop nearer, but its x-forwarded-for is refused: 403',
    ],
  },
  'the router does not forward': {
    fault: sysctl('net.ipv4.ip_forward', '0'),
    why: 'what Envoy does not carry goes nowhere',
    kills: [
      'the router, one hop from the metadata, gets a token; the downstream, two hops away, waits in vain',
      'version 1 has no such limit: two hops away a plain GET is answered',
      'without the limit the downstream gets a token, too',
      'without the rules nobody is asked, and the upstream is told nothing',
    ],
  },
  'the router rewrites the source of what leaves it for port 80': {
    fault: addedRule('nat', '-A POSTROUTING -p tcp --dport 80 -j MASQUERADE --to-ports 20000-29999'),
    why: 'connections are translated, and the metadata service sees a port that is not the downstream’s',
    kills: [
      'the check itself is not intercepted, nor is the call for metadata',
      'version 1 has no such limit: two hops away a plain GET is answered',
    ],
  },
};
