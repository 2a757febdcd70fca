import { cluster, connectionManager, endpoint, filter, listener, route } from '../../helpers/envoy/select.ts';
import { addedRule, config, type Faults, upstream } from '../../helpers/scenario/faults.ts';
import * as shared from '../shared/faults.ts';

export const faults: Faults = {
  'upstream responds under another name': shared.renamed('the body and the server header contain its name'),
  'upstream returns 200 for every path': {
    fault: upstream('upstream', { status: 200 }),
    why: 'unknown paths and /healthz get 200 too',
  },
  'server_header_transformation set to PASS_THROUGH': shared.ownServerHeader,
  'suppress_envoy_headers enabled': {
    fault: config({ at: filter('envoy.filters.http.router'), add: { 'typed_config.suppress_envoy_headers': true } }),
    why: 'the router no longer adds x-envoy-upstream-service-time',
  },
  'x-request-id removed from requests by the route': {
    fault: config({ at: route('/'), add: { request_headers_to_remove: ['x-request-id'] } }),
    why: 'the upstream receives no id, and makes its own',
  },
  'route matches the exact path / instead of the prefix': {
    fault: config({ at: route('/'), delete: ['match.prefix'], add: { 'match.path': '/' } }),
    why: 'Envoy returns 404 for every other path',
  },
  'cluster endpoint changed to closed port 5001': {
    fault: config({ at: endpoint('upstream:5000'), set: { 'address.socket_address.port_value': 5001 } }),
    why: 'no request reaches the upstream',
  },
  'retry_policy for connect-failure added': {
    fault: config({ at: route('/'), add: { 'route.retry_policy': { retry_on: 'connect-failure', num_retries: 1 } } }),
    why: 'a failed request makes two connection attempts',
  },
  'flush_access_log_on_new_request enabled': {
    fault: config({ at: connectionManager(), add: { access_log_options: { flush_access_log_on_new_request: true } } }),
    why: 'each request has two access log entries',
  },
  'listener bound to 127.0.0.1': {
    fault: config({ at: listener('ingress'), set: { 'address.socket_address.address': '127.0.0.1' } }),
    why: "the host's other addresses refuse connections",
  },
  'connect_timeout removed': {
    fault: config({ at: cluster('upstream'), delete: ['connect_timeout'] }),
    why: 'Envoy waits for its default of 5 s',
  },
  'local_reply_config replaces the body of local replies': {
    fault: shared.localReplyBody,
    why: 'neither body nor content-type is the default',
  },
  'DNS cluster changed to a static address': shared.staticAddress,
  'MASQUERADE rule for port 5000 added': shared.translatedSource,
  'RST packets from the listener port dropped': {
    fault: addedRule('filter', '-A OUTPUT -p tcp --sport 4999 --tcp-flags RST RST -j DROP'),
    why: 'a refused connection times out instead',
  },
  'RST packets from upstream port 5000 dropped': {
    fault: addedRule('filter', '-A INPUT -p tcp --sport 5000 --tcp-flags RST RST -j DROP'),
    why: 'Envoy waits until connect_timeout and reports the timeout',
  },
  'known change of the 503 body misdated': shared.misdatedBody,
};
