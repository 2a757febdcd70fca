import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { AT, addedRule, config, type Faults, upstream } from '../../helpers/scenario/faults.ts';

/** Faults that the claims of this chapter detect. */
export const faults: Faults = {
  'another upstream answers': {
    fault: upstream('upstream', { name: 'stranger' }),
    why: 'it names itself, in its own header and as its server',
  },
  'the upstream answers everything with 200': {
    fault: upstream('upstream', { status: 200 }),
    why: 'only / is 200',
  },
  'Envoy keeps the server header of the upstream': {
    fault: config({ add: { [`${AT.http}.server_header_transformation`]: 'PASS_THROUGH' } }),
    why: 'Envoy names itself by default only',
  },
  'Envoy does not say how long the upstream took': {
    fault: config({ add: { [`${AT.http}.http_filters.0.typed_config.suppress_envoy_headers`]: true } }),
    why: 'the router adds no header of its own any more',
  },
  'the route is of / alone': {
    fault: config({ delete: [`${AT.route}.match.prefix`], add: { [`${AT.route}.match.path`]: '/' } }),
    why: 'Envoy itself answers 404 to every other path',
  },
  'the route leads to a port on which nothing listens': {
    fault: config({
      set: {
        [`${AT.cluster}.load_assignment.endpoints.0.lb_endpoints.0.endpoint.address.socket_address.port_value`]: 5001,
      },
    }),
    why: 'the upstream is never reached',
  },
  'Envoy tries again': {
    fault: config({ add: { [`${AT.route}.route.retry_policy`]: { retry_on: 'connect-failure', num_retries: 1 } } }),
    why: 'a connection that fails is one of two',
  },
  'Envoy logs a request when it begins, too': {
    fault: config({ add: { [`${AT.http}.access_log_options`]: { flush_access_log_on_new_request: true } } }),
    why: 'each request has two lines',
  },
  'Envoy listens on loopback alone': {
    fault: config({ set: { [`${AT.listener}.address.socket_address.address`]: '127.0.0.1' } }),
    why: 'the other addresses of the host refuse',
  },
  'Envoy waits for a connection as long as it does by itself': {
    fault: config({ delete: [`${AT.cluster}.connect_timeout`] }),
    why: 'that is 5 s',
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
  },
  'the host rewrites the source of what Envoy sends': {
    fault: addedRule('nat', '-A POSTROUTING -p tcp --dport 5000 -j MASQUERADE --to-ports 20000-29999'),
    why: 'the upstream sees a port that is not Envoy’s',
  },
  'a firewall swallows what refuses a connection': {
    fault: addedRule('filter', '-A OUTPUT -p tcp --sport 4999 --tcp-flags RST RST -j DROP'),
    why: 'silence is not a refusal',
  },
  'a firewall swallows what refuses Envoy': {
    fault: addedRule('filter', '-A INPUT -p tcp --sport 5000 --tcp-flags RST RST -j DROP'),
    why: 'Envoy waits until its connect timeout, and says so',
  },
  'Envoy is known to write another body': {
    misdated: CHANGES.hiddenFailureReason,
    why: 'its versions differ in whether the body tells the reason',
  },
};
