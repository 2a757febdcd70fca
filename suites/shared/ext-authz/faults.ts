import type { ConfigChange } from '../../../helpers/envoy/config-change.ts';
import { connectionManager, endpoint, filter } from '../../../helpers/envoy/select.ts';
import {
  authzFault,
  config,
  type DeclaredFault,
  type Fault,
  type Faults,
  upstream,
} from '../../../helpers/scenario/faults.ts';

const EXT_AUTHZ = 'envoy.filters.http.ext_authz';

/** Settings of a route or virtual host for each filter, by the suffix of the filter's name. */
export function perRoute(filters: Record<string, object>): Record<string, unknown> {
  const type = { '@type': 'type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute' };
  const named = Object.entries(filters).map(([name, settings]) => [EXT_AUTHZ + name, { ...type, ...settings }]);
  return { typed_per_filter_config: Object.fromEntries(named) };
}

/** Changes the ext_authz filter, or the variant with this suffix. */
export const authzFilter = (change: Omit<ConfigChange, 'at'>, name = ''): Fault =>
  config({ at: filter(EXT_AUTHZ + name), ...change });

/** The faults of each chapter with a gRPC authorization service. */
export const grpcFaults: Faults = {
  'ext_authz filter disabled': {
    fault: authzFilter({ add: { disabled: true } }),
    why: 'Envoy sends no check, except on routes whose settings enable the filter',
  },
  'authorization cluster points to a closed port': {
    fault: config({ at: endpoint('127.0.0.1:5010'), set: { 'address.socket_address.port_value': 5011 } }),
    why: 'every check fails',
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
  'authorization service sets append: true on every header': {
    fault: authzFault({ appends: true }),
    why: 'forged request headers survive, and headers of a denial are dropped',
  },
  'upstream keeps only the first line of a repeated header': {
    fault: upstream('upstream', { dropsRepeatedHeaders: true }),
    why: 'a header with two lines has one',
  },
};

export const omitsAppend: DeclaredFault = {
  fault: authzFault({ loses: ['append'] }),
  why: 'unset means false for request headers and true for response headers',
};

export const raisedHeaderLimits: DeclaredFault = {
  fault: config({
    at: connectionManager(),
    add: { common_http_protocol_options: { max_headers_count: 200 }, max_request_headers_kb: 96 },
  }),
  why: 'the headers that the authorization service adds stay within the limits',
};

/** Accepted mutations of a chapter about other fields: the timeouts of these variants of the filter. */
export function acceptedTimeouts(...names: string[]): Record<string, string> {
  const reason = 'checks are answered before the default of 200 ms; ext-authz-failures asserts the timeouts of checks';
  return Object.fromEntries(
    names.map((name) => [`HTTP filter ${EXT_AUTHZ}${name}: typed_config.grpc_service.timeout is not there`, reason]),
  );
}
