import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { cluster, route } from '../../helpers/envoy/select.ts';
import { config, type Faults } from '../../helpers/scenario/faults.ts';
import { authzFilter, grpcFaults, perRoute, raisedHeaderLimits } from '../shared/ext-authz/faults.ts';
import { accepts } from '../shared/faults.ts';

export const faults: Faults = {
  ...grpcFaults,
  'connect_timeout of the authorization cluster removed': {
    fault: config({ at: cluster('authz'), delete: ['connect_timeout'] }),
    why: 'Envoy waits for the default of 5 s',
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
  'timeouts of 5s set where none is': {
    fault: [
      authzFilter({ add: { 'typed_config.grpc_service.timeout': '5s' } }, '.without_timeout'),
      config({ at: route('/own-service'), set: perRoute({ '': { check_settings: {} } }) }),
    ],
    why: 'checks carry another grpc-timeout, and Envoy waits longer than a claim',
  },
  'max_headers_count and max_request_headers_kb raised': raisedHeaderLimits,
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
  'wrong version recorded for the limit of a route': {
    misdated: CHANGES.routeLimitFirst,
    why: 'the claim expects the limit of the virtual host',
  },
  'wrong version recorded for the count of a buffered body': {
    misdated: CHANGES.bufferedBodyCountedOnce,
    why: 'the claim expects that half the limit decides',
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
};

export const accepted = accepts('max_request_bytes of the check decides, whether this limit is above or below it', [
  'route /limit-above: request_body_buffer_limit is 65',
  'route /limit-below: request_body_buffer_limit is 33',
]);
