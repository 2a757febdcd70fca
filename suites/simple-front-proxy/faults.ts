import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { AT, addedRule, config, type Faults, upstream } from '../../helpers/scenario/faults.ts';

/** Faults that the claims of this chapter detect. */
export const faults: Faults = {
  'another upstream answers': {
    fault: upstream('upstream', { name: 'stranger' }),
    why: 'it names itself, in its own header and as its server',
    kills: [
      'a request is answered by the upstream, and Envoy says how long that took',
      "the upstream's own server header is replaced by Envoy's",
      'a path that the upstream does not have is 404 by the upstream, not by Envoy',
      'the health page of the upstream is 204 through Envoy',
    ],
  },
  'the upstream answers everything with 200': {
    fault: upstream('upstream', { status: 200 }),
    why: 'only / is 200',
    kills: [
      'a request is one line in the log: who asked whom for what, who answered what, and how',
      'a path that the upstream does not have is 404 by the upstream, not by Envoy',
      'the health page of the upstream is 204 through Envoy',
    ],
  },
  'Envoy keeps the server header of the upstream': {
    fault: config({ add: { [`${AT.http}.server_header_transformation`]: 'PASS_THROUGH' } }),
    why: 'Envoy names itself by default only',
    kills: [
      "the upstream's own server header is replaced by Envoy's",
      'while the upstream is down, Envoy answers 503 UF in plain text',
    ],
  },
  'Envoy does not say how long the upstream took': {
    fault: config({ add: { [`${AT.http}.http_filters.0.typed_config.suppress_envoy_headers`]: true } }),
    why: 'the router adds no header of its own any more',
    kills: [
      'a request is answered by the upstream, and Envoy says how long that took',
      'down, up and down again is followed at once by the same Envoy',
    ],
  },
  'the route is of / alone': {
    fault: config({ delete: [`${AT.route}.match.prefix`], add: { [`${AT.route}.match.path`]: '/' } }),
    why: 'Envoy itself answers 404 to every other path',
    kills: [
      'a request is one line in the log: who asked whom for what, who answered what, and how',
      'a path that the upstream does not have is 404 by the upstream, not by Envoy',
      'the health page of the upstream is 204 through Envoy',
    ],
  },
  'the route leads to a port on which nothing listens': {
    fault: config({
      set: {
        [`${AT.cluster}.load_assignment.endpoints.0.lb_endpoints.0.endpoint.address.socket_address.port_value`]: 5001,
      },
    }),
    why: 'the upstream is never reached',
    kills: [
      'a request is one line in the log: who asked whom for what, who answered what, and how',
      'Envoy listens on every address of its host',
      'an upstream that nothing is heard of is given up after the connect timeout: 503 UF',
      'a request is answered by the upstream, and Envoy says how long that took',
      "the upstream sees Envoy's connection, not the downstream's",
      'a path that the upstream does not have is 404 by the upstream, not by Envoy',
      'the health page of the upstream is 204 through Envoy',
      'while the upstream is down, Envoy answers 503 UF in plain text',
      'down, up and down again is followed at once by the same Envoy',
    ],
  },
  'Envoy tries again': {
    fault: config({ add: { [`${AT.route}.route.retry_policy`]: { retry_on: 'connect-failure', num_retries: 1 } } }),
    why: 'a connection that fails is one of two',
    kills: [
      'an upstream that nothing is heard of is given up after the connect timeout: 503 UF',
      'while the upstream is down, Envoy answers 503 UF in plain text',
      'the body of that 503 is what this version of Envoy writes',
      'down, up and down again is followed at once by the same Envoy',
    ],
  },
  'Envoy logs a request when it begins, too': {
    fault: config({ add: { [`${AT.http}.access_log_options`]: { flush_access_log_on_new_request: true } } }),
    why: 'each request has two lines',
    kills: [
      'a request is answered by the upstream, and Envoy says how long that took',
      'a request is one line in the log: who asked whom for what, who answered what, and how',
      "the upstream sees Envoy's connection, not the downstream's",
      'a path that the upstream does not have is 404 by the upstream, not by Envoy',
      'while the upstream is down, Envoy answers 503 UF in plain text',
      'an upstream that nothing is heard of is given up after the connect timeout: 503 UF',
      'down, up and down again is followed at once by the same Envoy',
      'once DNS says that the name is gone, Envoy answers 503 UH',
    ],
  },
  'Envoy listens on loopback alone': {
    fault: config({ set: { [`${AT.listener}.address.socket_address.address`]: '127.0.0.1' } }),
    why: 'the other addresses of the host refuse',
    kills: ['Envoy listens on every address of its host'],
  },
  'Envoy waits for a connection as long as it does by itself': {
    fault: config({ delete: [`${AT.cluster}.connect_timeout`] }),
    why: 'that is 5 s',
    kills: ['an upstream that nothing is heard of is given up after the connect timeout: 503 UF'],
  },
  'Envoy writes 503 in words of its own': {
    fault: config({
      add: {
        [`${AT.http}.local_reply_config`]: {
          body_format: { text_format_source: { inline_string: 'sorry' }, content_type: 'text/html' },
        },
      },
    }),
    why: 'neither the body nor its type is the default',
    kills: [
      'while the upstream is down, Envoy answers 503 UF in plain text',
      'the body of that 503 is what this version of Envoy writes',
      'once DNS says that the name is gone, Envoy answers 503 UH',
    ],
  },
  'the address of the upstream is written into the config': {
    fault: config({
      delete: [`${AT.cluster}.cluster_type`],
      add: { [`${AT.cluster}.type`]: 'STATIC' },
      set: {
        [`${AT.cluster}.load_assignment.endpoints.0.lb_endpoints.0.endpoint.address.socket_address.address`]:
          '198.51.100.10',
      },
    }),
    why: 'nobody asks DNS',
    kills: ['once DNS says that the name is gone, Envoy answers 503 UH'],
  },
  'the host rewrites the source of what Envoy sends': {
    fault: addedRule('nat', '-A POSTROUTING -p tcp --dport 5000 -j MASQUERADE --to-ports 20000-29999'),
    why: 'the upstream sees a port that is not Envoy’s',
    kills: [
      'a request is one line in the log: who asked whom for what, who answered what, and how',
      "the upstream sees Envoy's connection, not the downstream's",
    ],
  },
  'a firewall swallows what refuses a connection': {
    fault: addedRule('filter', '-A OUTPUT -p tcp --sport 4999 --tcp-flags RST RST -j DROP'),
    why: 'silence is not a refusal',
    kills: ['while Envoy is stopped, its port refuses'],
  },
  'a firewall swallows what refuses Envoy': {
    fault: addedRule('filter', '-A INPUT -p tcp --sport 5000 --tcp-flags RST RST -j DROP'),
    why: 'Envoy waits until its connect timeout, and says so',
    kills: [
      'while the upstream is down, Envoy answers 503 UF in plain text',
      'the body of that 503 is what this version of Envoy writes',
    ],
  },
  'Envoy is known to write another body': {
    misdated: CHANGES.hiddenFailureReason,
    why: 'its versions differ in whether the body tells the reason',
    kills: ['the body of that 503 is what this version of Envoy writes'],
  },
};
