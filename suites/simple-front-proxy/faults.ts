import { cluster, connectionManager, endpoint, filter, listener, route } from '../../helpers/envoy/select.ts';
import { addedRule, config, type Faults, upstream } from '../../helpers/scenario/faults.ts';
import * as shared from '../shared/faults.ts';

export const faults: Faults = {
  'another upstream answers': shared.strangerAnswers('it names itself, in its own header and as its server'),
  'the upstream answers everything with 200': {
    fault: upstream('upstream', { status: 200 }),
    why: 'only / is 200',
  },
  'Envoy keeps the server header of the upstream': shared.ownServerHeader,
  'Envoy does not say how long the upstream took': {
    fault: config({ at: filter('envoy.filters.http.router'), add: { 'typed_config.suppress_envoy_headers': true } }),
    why: 'the router adds no header of its own any more',
  },
  'the route is of / alone': {
    fault: config({ at: route('/'), delete: ['match.prefix'], add: { 'match.path': '/' } }),
    why: 'Envoy itself answers 404 to every other path',
  },
  'the route leads to a port on which nothing listens': {
    fault: config({ at: endpoint('upstream:5000'), set: { 'address.socket_address.port_value': 5001 } }),
    why: 'the upstream is never reached',
  },
  'Envoy tries again': {
    fault: config({ at: route('/'), add: { 'route.retry_policy': { retry_on: 'connect-failure', num_retries: 1 } } }),
    why: 'a connection that fails is one of two',
  },
  'Envoy logs a request when it begins, too': {
    fault: config({ at: connectionManager(), add: { access_log_options: { flush_access_log_on_new_request: true } } }),
    why: 'each request has two lines',
  },
  'Envoy listens on loopback alone': {
    fault: config({ at: listener('ingress'), set: { 'address.socket_address.address': '127.0.0.1' } }),
    why: 'the other addresses of the host refuse',
  },
  'Envoy waits for a connection as long as it does by itself': {
    fault: config({ at: cluster('upstream'), delete: ['connect_timeout'] }),
    why: 'that is 5 s',
  },
  'Envoy writes 503 in words of its own': {
    fault: shared.writesItsOwnBody,
    why: 'neither the body nor its type is the default',
  },
  'the address of the upstream is written into the config': shared.addressInConfig,
  'the host rewrites the source of what Envoy sends': shared.translatedSource,
  'a firewall swallows what refuses a connection': {
    fault: addedRule('filter', '-A OUTPUT -p tcp --sport 4999 --tcp-flags RST RST -j DROP'),
    why: 'silence is not a refusal',
  },
  'a firewall swallows what refuses Envoy': {
    fault: addedRule('filter', '-A INPUT -p tcp --sport 5000 --tcp-flags RST RST -j DROP'),
    why: 'Envoy waits until its connect timeout, and says so',
  },
  'Envoy is known to write another body': shared.anotherBody,
};
