import type { ConfigChange } from '../../helpers/envoy/config-change.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { cluster, connectionManager, endpoint, filter, route, virtualHost } from '../../helpers/envoy/select.ts';
import { addedRule, authzFault, config, type Fault, type Faults, upstream } from '../../helpers/scenario/faults.ts';
import { keepsServerHeader } from '../shared/faults.ts';

const EXT_AUTHZ = 'envoy.filters.http.ext_authz';

/** Settings of a route or virtual host for each filter, by the suffix of the filter's name. */
function perRoute(filters: Record<string, object>): Record<string, unknown> {
  const type = { '@type': 'type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute' };
  const named = Object.entries(filters).map(([name, settings]) => [EXT_AUTHZ + name, { ...type, ...settings }]);
  return { typed_per_filter_config: Object.fromEntries(named) };
}

/** Changes the ext_authz filter, or the variant with this suffix. */
const authzFilter = (change: Omit<ConfigChange, 'at'>, name = ''): Fault =>
  config({ at: filter(EXT_AUTHZ + name), ...change });

export const faults: Faults = {
  'ext_authz filter disabled': {
    fault: authzFilter({ add: { disabled: true } }),
    why: 'Envoy sends no check, except on routes whose settings enable the filter',
  },
  'authorization cluster points to a closed port': {
    fault: config({ at: endpoint('127.0.0.1:5010'), set: { 'address.socket_address.port_value': 5011 } }),
    why: 'every check fails',
  },
  'connect_timeout of the authorization cluster removed': {
    fault: config({ at: cluster('authz'), delete: ['connect_timeout'] }),
    why: 'Envoy waits for the default of 5 s',
  },
  'authorization service never denies': {
    fault: authzFault({ refusesNothing: true }),
    why: 'denials and errors become allowed responses',
  },
  'authorization service never allows': {
    fault: authzFault({ allowsNothing: true }),
    why: 'allowed responses and errors become denials',
  },
  'authorization service omits headers of ok_response and denied_response': {
    fault: authzFault({ loses: ['ok_response.headers', 'denied_response.headers'] }),
    why: 'forwarded requests and denied responses lack the headers',
  },
  'authorization service omits append': {
    fault: authzFault({ loses: ['append'] }),
    why: 'unset means false for request headers and true for response headers',
  },
  'authorization service sets append: true on every header': {
    fault: authzFault({ appends: true }),
    why: 'forged request headers survive, and headers of a denial are dropped',
  },
  'authorization service omits append_action': {
    fault: authzFault({ loses: ['append_action'] }),
    why: 'response headers get the default action; request headers do not depend on it',
  },
  'authorization service omits response_headers_to_add': {
    fault: authzFault({ loses: ['response_headers_to_add'] }),
    why: "the response has only the upstream's headers",
  },
  'authorization service omits headers_to_remove': {
    fault: authzFault({ loses: ['headers_to_remove'] }),
    why: 'the request keeps the headers',
  },
  'failure_mode_allow is true instead of false': {
    fault: ['', '.fails_as_503'].map((name) => authzFilter({ set: { 'typed_config.failure_mode_allow': true } }, name)),
    why: 'requests are forwarded when the check fails',
  },
  'failure_mode_allow is false instead of true': {
    fault: ['.fails_open', '.fails_open_with_header'].map((name) =>
      authzFilter({ set: { 'typed_config.failure_mode_allow': false } }, name),
    ),
    why: 'requests get 403 when the check fails',
  },
  'failure_mode_allow_header_add set on the wrong filter': {
    fault: [
      authzFilter({ delete: ['typed_config.failure_mode_allow_header_add'] }, '.fails_open_with_header'),
      authzFilter({ add: { 'typed_config.failure_mode_allow_header_add': true } }, '.fails_open'),
    ],
    why: 'the upstream receives the header on the wrong route',
  },
  'status_on_error removed': {
    fault: authzFilter({ delete: ['typed_config.status_on_error'] }, '.fails_as_503'),
    why: 'a failed check returns the default 403',
  },
  'short grpc_service timeouts removed from the routes': {
    fault: [
      config({ at: route('/short-timeout'), set: perRoute({ '': { check_settings: {} } }) }),
      config({
        at: route('/fails-open/short-timeout'),
        set: perRoute({ '': { disabled: true }, '.fails_open': { check_settings: {} } }),
      }),
    ],
    why: 'the 5 s of the filter apply, longer than a claim waits',
  },
  'grpc_service timeout is 10s instead of 5s': {
    fault: authzFilter({ set: { 'typed_config.grpc_service.timeout': '10s' } }),
    why: 'checks carry another grpc-timeout',
  },
  'validate_mutations removed': {
    fault: authzFilter({ delete: ['typed_config.validate_mutations'] }, '.validates'),
    why: 'an invalid header reaches the client, or the codec rejects it',
  },
  'validate_mutations set on the default filter': {
    fault: authzFilter({ add: { 'typed_config.validate_mutations': true } }),
    why: 'an invalid header returns 500 before Envoy writes it',
  },
  'use_remote_address is false': {
    fault: config({ at: connectionManager(), set: { use_remote_address: false } }),
    why: "Envoy trusts the client's x-forwarded-for and appends nothing",
  },
  'xff_num_trusted_hops is 1': {
    fault: config({ at: connectionManager(), add: { xff_num_trusted_hops: 1 } }),
    why: 'Envoy takes the client address from x-forwarded-for',
  },
  'encode_raw_headers set': {
    fault: authzFilter({ add: { 'typed_config.encode_raw_headers': true } }),
    why: 'the headers are in header_map, and the map that claims read is empty',
  },
  'context_extensions set on the virtual host': {
    fault: config({
      at: virtualHost('all'),
      add: perRoute({ '': { check_settings: { context_extensions: { zone: 'all' } } } }),
    }),
    why: 'every route inherits them',
  },
  'with_request_body removed from its route': {
    fault: config({ at: route('/with-body'), delete: ['typed_per_filter_config'] }),
    why: 'Envoy neither buffers the body nor adds it to the check',
  },
  'with_request_body set on the filter': {
    fault: authzFilter({ add: { 'typed_config.with_request_body': { max_request_bytes: 8192 } } }),
    why: 'every check carries the body',
  },
  'prefix_rewrite removed from two routes': {
    fault: ['/with-context', '/with-body'].map((path) => config({ at: route(path), delete: ['route.prefix_rewrite'] })),
    why: 'the upstream receives the original path',
  },
  'pack_as_bytes and allow_partial_message removed': {
    fault: authzFilter({ set: { 'typed_config.with_request_body': { max_request_bytes: 16 } } }, '.packs_body'),
    why: 'the body is text, and a longer one gets 413',
  },
  'authorization service omits query_parameters_to_set and query_parameters_to_remove': {
    fault: authzFault({ loses: ['query_parameters_to_set', 'query_parameters_to_remove'] }),
    why: "the upstream receives the client's query",
  },
  'authorization service omits dynamic_metadata': {
    fault: authzFault({ loses: ['dynamic_metadata'] }),
    why: 'the request gets no x-plan',
  },
  'ext_authz no longer disabled on /unchecked': {
    fault: config({ at: route('/unchecked'), delete: ['typed_per_filter_config'] }),
    why: 'Envoy checks requests to this route',
  },
  'max_headers_count and max_request_headers_kb raised': {
    fault: config({
      at: connectionManager(),
      add: { common_http_protocol_options: { max_headers_count: 200 }, max_request_headers_kb: 96 },
    }),
    why: 'the headers that the authorization service adds stay within the limits',
  },
  'host_rewrite_literal set on the default route': {
    fault: config({ at: route('/'), add: { 'route.host_rewrite_literal': 'another.host' } }),
    why: 'the route overwrites the host of ok_response.headers',
  },
  'source address of connections to Envoy rewritten': {
    fault: addedRule('nat', '-A POSTROUTING -o lo -p tcp --dport 4999 -j MASQUERADE --to-ports 20000-29999'),
    why: 'Envoy sees another address and port than the client used',
  },
  'upstream keeps only the first line of a repeated header': {
    fault: upstream('upstream', { dropsRepeatedHeaders: true }),
    why: 'a header with two lines has one',
  },
  'scheme_header_transformation sets https': {
    fault: config({ at: connectionManager(), add: { scheme_header_transformation: { scheme_to_overwrite: 'https' } } }),
    why: 'the CheckRequest carries scheme https',
  },
  'server_header_transformation is PASS_THROUGH': {
    fault: keepsServerHeader,
    why: 'the server header of a denial reaches the client',
  },
  'timeouts of 5s set where none is': {
    fault: [
      authzFilter({ add: { 'typed_config.grpc_service.timeout': '5s' } }, '.without_timeout'),
      config({ at: route('/own-service'), set: perRoute({ '': { check_settings: {} } }) }),
    ],
    why: 'checks carry another grpc-timeout, and Envoy waits longer than a claim',
  },
  'filter_enabled removed': {
    fault: ['.enabled_never', '.denies_at_disable'].map((name) =>
      authzFilter({ delete: ['typed_config.filter_enabled'] }, name),
    ),
    why: 'Envoy checks every request',
  },
  'tunnel for a CONNECT without x-tunnel': {
    fault: config({ at: route('tunnel'), delete: ['match.headers'] }),
    why: 'the CONNECT has a route',
  },
  'max_request_bytes raised on two routes': {
    fault: ['/limit-below', '/limit-above'].map((path) =>
      config({
        at: route(path),
        set: perRoute({ '': { check_settings: { with_request_body: { max_request_bytes: 1000 } } } }),
      }),
    ),
    why: 'Envoy checks requests with longer bodies',
  },
  'per_request_buffer_limit_bytes of a route removed': {
    fault: config({ at: route('/route-limit'), delete: ['per_request_buffer_limit_bytes'] }),
    why: 'the limit of the virtual host applies',
  },
  'wrong version recorded for a CONNECT with changes of the query': {
    misdated: CHANGES.pathlessRequest,
    why: 'the claim expects a crash',
  },
  'wrong version recorded for the limit of a route': {
    misdated: CHANGES.routeLimitFirst,
    why: 'the claim expects the limit of the virtual host',
  },
  'wrong version recorded for the crash after a disconnect': {
    misdated: CHANGES.disconnectDuringCheck,
    why: 'the claim expects a crash',
  },
  'wrong version recorded for error_response': {
    misdated: CHANGES.errorResponse,
    why: 'the claim expects a denial where Envoy uses error_response, or the reverse',
  },
  'wrong version recorded for timeout 0s without grpc-timeout': {
    misdated: CHANGES.zeroTimeoutWithoutDeadline,
    why: 'the claim expects the other grpc-timeout',
  },
  'wrong version recorded for request_header_limits_reached': {
    misdated: CHANGES.requestHeaderLimitsReached,
    why: 'the claim expects the other value of the counter',
  },
};
