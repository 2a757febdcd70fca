import type { ConfigChange } from '../../helpers/envoy/config-change.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { cluster, connectionManager, endpoint, filter, route, virtualHost } from '../../helpers/envoy/select.ts';
import { addedRule, authzFault, config, type Fault, type Faults, upstream } from '../../helpers/scenario/faults.ts';
import { keepsServerHeader } from '../shared/faults.ts';

const EXT_AUTHZ = 'envoy.filters.http.ext_authz';

/** Settings of a route or virtual host for each filter, by the end of the filter's name. */
function perRoute(filters: Record<string, object>): Record<string, unknown> {
  const type = { '@type': 'type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute' };
  const named = Object.entries(filters).map(([name, settings]) => [EXT_AUTHZ + name, { ...type, ...settings }]);
  return { typed_per_filter_config: Object.fromEntries(named) };
}

/** Changes the filter, or the one whose name ends so. */
const authzFilter = (change: Omit<ConfigChange, 'at'>, name = ''): Fault =>
  config({ at: filter(EXT_AUTHZ + name), ...change });

export const faults: Faults = {
  'the filter is off': {
    fault: authzFilter({ add: { disabled: true } }),
    why: 'nobody is asked, unless a route of its own turns the filter on',
  },
  'Envoy asks at a port on which nobody listens': {
    fault: config({ at: endpoint('127.0.0.1:5010'), set: { 'address.socket_address.port_value': 5011 } }),
    why: 'every check fails',
  },
  'Envoy waits for the stub as long as it does by itself': {
    fault: config({ at: cluster('authz'), delete: ['connect_timeout'] }),
    why: 'that is 5 s',
  },
  'the stub refuses nothing': {
    fault: authzFault({ refusesNothing: true }),
    why: 'what it should refuse or not answer is allowed',
  },
  'the stub allows nothing': {
    fault: authzFault({ allowsNothing: true }),
    why: 'what it should allow, or answer in another way, is denied',
  },
  'the stub adds no headers to a request or a denial': {
    fault: authzFault({ loses: ['ok_response.headers', 'denied_response.headers'] }),
    why: 'they are what claims look at',
  },
  'the stub forgets append': {
    fault: authzFault({ loses: ['append'] }),
    why: 'unset is false to a request, but true to a reply',
  },
  'the stub appends every header': {
    fault: authzFault({ appends: true }),
    why: 'what a downstream forges survives, and what a denial adds is left out',
  },
  'the stub forgets append_action': {
    fault: authzFault({ loses: ['append_action'] }),
    why: 'a reply knows it, a request does not',
  },
  'the stub adds no headers to replies': {
    fault: authzFault({ loses: ['response_headers_to_add'] }),
    why: 'the reply stays as the upstream gave it',
  },
  'the stub removes no headers': {
    fault: authzFault({ loses: ['headers_to_remove'] }),
    why: 'they stay',
  },
  'failure_mode_allow is true where it should be false': {
    fault: ['', '.fails_as_503'].map((name) => authzFilter({ set: { 'typed_config.failure_mode_allow': true } }, name)),
    why: 'a failure lets a request pass',
  },
  'failure_mode_allow is false where it should be true': {
    fault: ['.fails_open', '.fails_open_and_says_so'].map((name) =>
      authzFilter({ set: { 'typed_config.failure_mode_allow': false } }, name),
    ),
    why: 'a failure refuses a request',
  },
  'failure_mode_allow_header_add is said of the wrong filter': {
    fault: [
      authzFilter({ delete: ['typed_config.failure_mode_allow_header_add'] }, '.fails_open_and_says_so'),
      authzFilter({ add: { 'typed_config.failure_mode_allow_header_add': true } }, '.fails_open'),
    ],
    why: 'the upstream is told where it should not be, and not where it should',
  },
  'status_on_error is missing': {
    fault: authzFilter({ delete: ['typed_config.status_on_error'] }, '.fails_as_503'),
    why: '403 is the default',
  },
  'no route is impatient': {
    fault: [
      config({ at: route('/impatient'), set: perRoute({ '': { check_settings: {} } }) }),
      config({
        at: route('/fails-open/impatient'),
        set: perRoute({ '': { disabled: true }, '.fails_open': { check_settings: {} } }),
      }),
    ],
    why: 'five seconds are longer than anybody waits here',
  },
  'a check has ten seconds': {
    fault: authzFilter({ set: { 'typed_config.grpc_service.timeout': '10s' } }),
    why: 'the stub is told',
  },
  'nothing is validated': {
    fault: authzFilter({ delete: ['typed_config.validate_mutations'] }, '.validates'),
    why: 'the header is written as it is, or found by the codec',
  },
  'everything is validated': {
    fault: authzFilter({ add: { 'typed_config.validate_mutations': true } }),
    why: 'an invalid header is 500 before anybody writes it',
  },
  'use_remote_address is off': {
    fault: config({ at: connectionManager(), set: { use_remote_address: false } }),
    why: 'the downstream is believed, and nothing is added',
  },
  'Envoy trusts a proxy before it': {
    fault: config({ at: connectionManager(), add: { xff_num_trusted_hops: 1 } }),
    why: 'the address is the one that this proxy tells',
  },
  'the check has the headers in header_map': {
    fault: authzFilter({ add: { 'typed_config.encode_raw_headers': true } }),
    why: 'the map that claims read is empty then',
  },
  'the virtual host has context extensions': {
    fault: config({
      at: virtualHost('all'),
      add: perRoute({ '': { check_settings: { context_extensions: { zone: 'all' } } } }),
    }),
    why: 'each of its routes inherits them',
  },
  'the route with the body says nothing of it': {
    fault: config({ at: route('/with-body'), delete: ['typed_per_filter_config'] }),
    why: 'nothing is buffered',
  },
  'every route has the body in its check': {
    fault: authzFilter({ add: { 'typed_config.with_request_body': { max_request_bytes: 8192 } } }),
    why: 'the filter says so',
  },
  'no route rewrites a path': {
    fault: ['/with-context', '/with-body'].map((path) => config({ at: route(path), delete: ['route.prefix_rewrite'] })),
    why: 'the upstream gets what was asked for',
  },
  'the route that is not to be checked is': {
    fault: config({ at: route('/unchecked'), delete: ['typed_per_filter_config'] }),
    why: 'it is a route as any other',
  },
  'a request may have more headers and larger ones': {
    fault: config({
      at: connectionManager(),
      add: { common_http_protocol_options: { max_headers_count: 200 }, max_request_headers_kb: 96 },
    }),
    why: 'what the stub adds is not too much',
  },
  'the route names another host': {
    fault: config({ at: route('/'), add: { 'route.host_rewrite_literal': 'another.host' } }),
    why: 'the route decides last',
  },
  'the host rewrites the source of who calls Envoy': {
    fault: addedRule('nat', '-A POSTROUTING -o lo -p tcp --dport 4999 -j MASQUERADE --to-ports 20000-29999'),
    why: 'Envoy sees another address and port than the downstream has',
  },
  'the upstream loses all but the first line of a header': {
    fault: upstream('upstream', { losesLines: true }),
    why: 'what stands twice stands once',
  },
  'Envoy takes what it is asked over HTTP as https': {
    fault: config({ at: connectionManager(), add: { scheme_header_transformation: { scheme_to_overwrite: 'https' } } }),
    why: 'the scheme is in the check',
  },
  'Envoy keeps the server header that it finds': {
    fault: keepsServerHeader,
    why: 'a denial may bring one',
  },
  'Envoy is known to read error_response since another version': {
    misdated: CHANGES.errorResponse,
    why: 'before, it is a denial',
  },
  'Envoy is known to tell no limit since another version': {
    misdated: CHANGES.noDeadlineForZero,
    why: 'before, it tells that no time is left',
  },
  'Envoy is known to count header limits since another version': {
    misdated: CHANGES.countedHeaderLimits,
    why: 'before, nothing counts',
  },
};
