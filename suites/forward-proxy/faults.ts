import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import {
  AT,
  addedRule,
  changedRule,
  config,
  type Faults,
  resolves,
  upstream,
  withoutRule,
} from '../../helpers/scenario/faults.ts';
import { MOST_CALLS, RULE } from './scenario.ts';

/** Faults that the claims of this chapter detect. */
export const faults: Faults = {
  'no rule captures HTTP': {
    fault: withoutRule(RULE.http),
    why: 'the downstream meets who it dialled itself',
    kills: {
      allBut: [
        'a process that runs as the user of Envoy goes straight past it',
        'without the rules the downstream meets the upstream itself',
        'a connection to another port is left alone',
        'IPv6 is left alone: these are rules of iptables, and it has ip6tables for its own',
        "on port 443 the downstream meets the upstream's own certificate: Envoy passes TLS on unopened",
        'a curl that trusts the authority of the upstream is served on port 443 by name',
        'in TLS Envoy neither adds nor replaces a header',
        'a process that runs as the user of Envoy goes straight past it on port 443 too',
        'TLS goes to the address that was dialled, whatever name is asked for in it',
        'who does not trust the authority of the upstream ends the connection: Envoy vouches for nobody',
        'without the rule for TLS the downstream meets the upstream itself on port 443',
        'where the rule for TLS leads to a port on which nothing listens, as in the book, port 443 refuses',
        'while Envoy is stopped, another port is as open as before',
      ],
    },
  },
  'no rule captures TLS': {
    fault: withoutRule(RULE.tls),
    why: 'the downstream meets the upstream itself, with the same certificate but without Envoy',
    kills: [
      "on port 443 the downstream meets the upstream's own certificate: Envoy passes TLS on unopened",
      'a curl that trusts the authority of the upstream is served on port 443 by name',
      'in TLS Envoy neither adds nor replaces a header',
      'TLS goes to the address that was dialled, whatever name is asked for in it',
      'who does not trust the authority of the upstream ends the connection: Envoy vouches for nobody',
      'where the rule for TLS leads to a port on which nothing listens, as in the book, port 443 refuses',
      'while Envoy is stopped, programs are confined: ports 80 and 443 refuse',
    ],
  },
  "the rule for HTTP captures Envoy's own connections too": {
    fault: [
      changedRule(RULE.http, `-m owner ! --uid-owner ${ENVOY_UID} `, ''),
      changedRule(RULE.guard, `--connlimit-above ${MOST_CALLS}`, '--connlimit-above 0'),
    ],
    why: 'Envoy calls itself for whatever is on port 80; the guard refuses it at once, so that no connections are left over',
    kills: [
      'a request to port 80 is answered 200 through Envoy',
      "the upstream's own server header is replaced by Envoy's",
      "the upstream sees Envoy's connection, not the downstream's",
      'the rule counts one packet a connection, and each request of it goes where its own Host header says',
      'a curl of another user is captured like any other program',
      'a process that runs as the user of Envoy goes straight past it',
      "without the exemption of its user Envoy calls itself, and only the lab's guard ends it: 503",
      'a Host header that names Envoy makes it call itself in spite of the exemption, until the guard: 503',
    ],
  },
  "the rule for TLS captures Envoy's own connections too": {
    fault: [
      changedRule(RULE.tls, `-m owner ! --uid-owner ${ENVOY_UID} `, ''),
      addedRule(
        'filter',
        `-A OUTPUT -p tcp --dport ${PORTS.tlsListener} -m owner --uid-owner ${ENVOY_UID} -j REJECT --reject-with tcp-reset`,
      ),
    ],
    why: 'Envoy calls itself, which a further guard refuses',
    kills: [
      "on port 443 the downstream meets the upstream's own certificate: Envoy passes TLS on unopened",
      'a curl that trusts the authority of the upstream is served on port 443 by name',
      'in TLS Envoy neither adds nor replaces a header',
      'a process that runs as the user of Envoy goes straight past it on port 443 too',
      'TLS goes to the address that was dialled, whatever name is asked for in it',
      'who does not trust the authority of the upstream ends the connection: Envoy vouches for nobody',
    ],
  },
  'a further rule captures port 5000': {
    fault: addedRule(
      'nat',
      `-A OUTPUT -p tcp --dport ${PORTS.upstream} -m owner ! --uid-owner ${ENVOY_UID} -j REDIRECT --to-ports ${PORTS.listener}`,
    ),
    why: 'nobody asked for that one',
    kills: ['a connection to another port is left alone', 'while Envoy is stopped, another port is as open as before'],
  },
  'IPv6 is captured, too': {
    fault: addedRule(
      'nat',
      `-A OUTPUT -p tcp --dport ${PORTS.http} -m owner ! --uid-owner ${ENVOY_UID} -j REDIRECT --to-ports ${PORTS.listener}`,
      { family: 'ipv6' },
    ),
    why: 'Envoy listens on IPv4 alone',
    kills: ['IPv6 is left alone: these are rules of iptables, and it has ip6tables for its own'],
  },
  'the guard lets fewer through': {
    fault: changedRule(RULE.guard, `--connlimit-above ${MOST_CALLS}`, `--connlimit-above ${MOST_CALLS / 2}`),
    why: 'Envoy calls itself less often',
    kills: [
      "without the exemption of its user Envoy calls itself, and only the lab's guard ends it: 503",
      'a Host header that names Envoy makes it call itself in spite of the exemption, until the guard: 503',
    ],
  },
  'HTTP goes to the address that was dialled': {
    fault: config({
      set: { [`${AT.route}.route.cluster`]: 'original_destination' },
      add: {
        [`${AT.listener}.listener_filters`]: [
          {
            name: 'envoy.filters.listener.original_dst',
            typed_config: {
              '@type': 'type.googleapis.com/envoy.extensions.filters.listener.original_dst.v3.OriginalDst',
            },
          },
        ],
      },
    }),
    why: 'the Host header picks nothing, and no name is asked for',
    kills: [
      'the rule counts one packet a connection, and each request of it goes where its own Host header says',
      'the Host header picks the host and the port, whatever was dialled',
      'a Host header without a port is for port 80',
      'an address in the Host header needs no resolver',
      'the address that was dialled is lost: Envoy has its own in its place',
      'a host that DNS does not have is 503 DF as soon as DNS has said so',
      'a host about which DNS is silent is 503 DF once Envoy has waited in vain',
      'an upstream that speaks no HTTP is 502 UPE',
      "a Host header reaches what only Envoy can reach: its own admin pages, on its host's loopback",
      'a Host header that names Envoy makes it call itself in spite of the exemption, until the guard: 503',
    ],
  },
  'no original_dst listener filter for TLS': {
    fault: config({ delete: ['static_resources.listeners.1.listener_filters'] }),
    why: 'nobody asks the kernel what was dialled, and Envoy has nowhere to connect to',
    kills: [
      "on port 443 the downstream meets the upstream's own certificate: Envoy passes TLS on unopened",
      'a curl that trusts the authority of the upstream is served on port 443 by name',
      'in TLS Envoy neither adds nor replaces a header',
      'TLS goes to the address that was dialled, whatever name is asked for in it',
      'who does not trust the authority of the upstream ends the connection: Envoy vouches for nobody',
    ],
  },
  'whatever was dialled, TLS goes to blue': {
    fault: config({
      set: {
        'static_resources.clusters.1.type': 'STATIC',
        'static_resources.clusters.1.lb_policy': 'ROUND_ROBIN',
      },
      add: {
        'static_resources.clusters.1.load_assignment': {
          cluster_name: 'original_destination',
          endpoints: [
            {
              lb_endpoints: [
                { endpoint: { address: { socket_address: { address: '198.51.100.10', port_value: 443 } } } },
              ],
            },
          ],
        },
      },
      delete: ['static_resources.clusters.1.cleanup_interval'],
    }),
    why: 'a static cluster knows one address',
    kills: ['TLS goes to the address that was dialled, whatever name is asked for in it'],
  },
  'blue and green answer as each other': {
    fault: [upstream('blue', { name: 'green' }), upstream('green', { name: 'blue' })],
    why: 'each names itself',
    kills: [
      'a request to port 80 is answered 200 through Envoy',
      "the upstream's own server header is replaced by Envoy's",
      'the rule counts one packet a connection, and each request of it goes where its own Host header says',
      'the Host header picks the host and the port, whatever was dialled',
      'an address in the Host header needs no resolver',
      'the address that was dialled is lost: Envoy has its own in its place',
      'a curl of another user is captured like any other program',
      'a process that runs as the user of Envoy goes straight past it',
      'without the rules the downstream meets the upstream itself',
      'a connection to another port is left alone',
      'IPv6 is left alone: these are rules of iptables, and it has ip6tables for its own',
      'in TLS Envoy neither adds nor replaces a header',
      'TLS goes to the address that was dialled, whatever name is asked for in it',
      'while Envoy is stopped, another port is as open as before',
    ],
  },
  'Envoy keeps the server header of the upstream': {
    fault: config({ add: { [`${AT.http}.server_header_transformation`]: 'PASS_THROUGH' } }),
    why: 'Envoy names itself by default only',
    kills: [
      'a request to port 80 is answered 200 through Envoy',
      "the upstream's own server header is replaced by Envoy's",
      'a curl of another user is captured like any other program',
      'a host that DNS does not have is 503 DF as soon as DNS has said so',
      'an upstream that speaks no HTTP is 502 UPE',
    ],
  },
  'Envoy writes 503 in words of its own': {
    fault: config({
      add: {
        [`${AT.http}.local_reply_config`]: {
          body_format: { text_format_source: { inline_string: 'sorry' }, content_type: 'text/html' },
        },
      },
    }),
    why: 'the body is not the default',
    kills: [
      'a host that DNS does not have is 503 DF as soon as DNS has said so',
      'a host about which DNS is silent is 503 DF once Envoy has waited in vain',
      'an upstream that speaks no HTTP is 502 UPE',
      "without the exemption of its user Envoy calls itself, and only the lab's guard ends it: 503",
    ],
  },
  'DNS knows a host that it should not': {
    fault: resolves('nowhere', 'green'),
    why: 'Envoy finds it, and is refused there',
    kills: ['a host that DNS does not have is 503 DF as soon as DNS has said so'],
  },
  'Envoy waits longer for DNS': {
    fault: config({
      set: { [`${AT.http}.http_filters.0.typed_config.dns_cache_config.dns_query_timeout`]: '20s' },
    }),
    why: 'it is the downstream that gives up',
    kills: ['a host about which DNS is silent is 503 DF once Envoy has waited in vain'],
  },
  'Envoy takes HTTP/1.0': {
    fault: config({ add: { [`${AT.http}.http_protocol_options`]: { accept_http_10: true } } }),
    why: 'it does not by default only',
    kills: ['HTTP/1.0 is 426: Envoy asks for HTTP/1.1'],
  },
  'the host rewrites the source of what Envoy sends': {
    fault: [PORTS.http, PORTS.https].map((port) =>
      addedRule('nat', `-A POSTROUTING -p tcp --dport ${port} -j MASQUERADE --to-ports 20000-29999`),
    ),
    why: 'a further rule counts, and the upstream sees a port that is not Envoy’s',
    kills: [
      'a request to port 80 is answered 200 through Envoy',
      "the upstream sees Envoy's connection, not the downstream's",
      'a curl of another user is captured like any other program',
      'a process that runs as the user of Envoy goes straight past it',
      "on port 443 the downstream meets the upstream's own certificate: Envoy passes TLS on unopened",
      'a curl that trusts the authority of the upstream is served on port 443 by name',
      'a process that runs as the user of Envoy goes straight past it on port 443 too',
      'without the rule for TLS the downstream meets the upstream itself on port 443',
    ],
  },
  'a firewall swallows what refuses a connection': {
    fault: addedRule('filter', '-A OUTPUT -p tcp --tcp-flags RST RST -m conntrack --ctorigdstport 80 -j DROP'),
    why: 'silence is not a refusal',
    kills: [
      'while Envoy is stopped, programs are confined: ports 80 and 443 refuse',
      "without the exemption of its user Envoy calls itself, and only the lab's guard ends it: 503",
    ],
  },
  'Envoy is known to write another body': {
    misdated: CHANGES.hiddenFailureReason,
    why: 'its versions differ in whether the body tells the reason',
    kills: ["without the exemption of its user Envoy calls itself, and only the lab's guard ends it: 503"],
  },
};
