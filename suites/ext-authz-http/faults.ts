import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { cluster, route } from '../../helpers/envoy/select.ts';
import { config, type Faults, httpAuthz } from '../../helpers/scenario/faults.ts';
import { authzFilter } from '../shared/ext-authz/faults.ts';
import { accepts } from '../shared/faults.ts';

const ENDPOINT = 'load_assignment.endpoints.lb_endpoints.endpoint';

export const faults: Faults = {
  'authorization cluster points to a closed port': {
    fault: config({ at: cluster('authz'), set: { [`${ENDPOINT}.address.socket_address.port_value`]: 5021 } }),
    why: 'every check fails',
  },
  'ext_authz filter disabled': {
    fault: authzFilter({ add: { disabled: true } }),
    why: 'Envoy forwards requests to routes without a variant unchecked',
  },
  'HTTP authorization service always answers 200': {
    fault: httpAuthz({ always: { status: 200 } }),
    why: 'no check is denied, and none fails',
  },
  'HTTP authorization service always answers 401': {
    fault: httpAuthz({ always: { status: 401 } }),
    why: 'every request is denied',
  },
  'HTTP authorization service repeats its first answer': {
    fault: httpAuthz({ repeatsFirst: true }),
    why: 'a repeated check gets the same answer',
  },
  'allowed_headers and headers_to_add removed': {
    fault: authzFilter(
      { delete: ['typed_config.allowed_headers', 'typed_config.http_service.authorization_request'] },
      '.lists_headers',
    ),
    why: 'the check has none of these headers',
  },
  'allowed_headers set on the default filter': {
    fault: authzFilter({
      add: { 'typed_config.allowed_headers': { patterns: [{ exact: 'cookie' }, { exact: 'x-client' }] } },
    }),
    why: 'the check has more headers than Envoy sends by default',
  },
  'path_prefix removed': {
    fault: ['.prefixes_path', '.older_fields'].map((name) =>
      authzFilter({ delete: ['typed_config.http_service.path_prefix'] }, name),
    ),
    why: 'the check has the path of the request',
  },
  'authorization_request removed': {
    fault: authzFilter({ delete: ['typed_config.http_service.authorization_request'] }, '.older_fields'),
    why: 'the check has none of these headers',
  },
  'authorization_response removed': {
    fault: ['.lists_headers', '.lists_cookies', '.lists_many'].map((name) =>
      authzFilter({ delete: ['typed_config.http_service.authorization_response'] }, name),
    ),
    why: 'headers of a 200 are dropped, and a denial keeps all of its own',
  },
  'authorization_response set on the default filter': {
    fault: authzFilter({
      add: {
        'typed_config.http_service.authorization_response': {
          allowed_upstream_headers: { patterns: [{ prefix: 'x-' }] },
          allowed_client_headers: { patterns: [{ exact: 'x-deny' }] },
          allowed_client_headers_on_success: { patterns: [{ prefix: 'x-' }] },
        },
      },
    }),
    why: 'headers of a 200 reach the upstream and the client, and a denial loses its cookies',
  },
  'allowed_client_headers_on_success set on /cookies-listed': {
    fault: authzFilter(
      {
        add: {
          'typed_config.http_service.authorization_response.allowed_client_headers_on_success': {
            patterns: [{ exact: 'set-cookie' }],
          },
        },
      },
      '.lists_cookies',
    ),
    why: 'the client receives the cookies of a 200',
  },
  'with_request_body removed': {
    fault: ['.with_body', '.whole_body'].map((name) =>
      authzFilter({ delete: ['typed_config.with_request_body'] }, name),
    ),
    why: 'the check has no body',
  },
  'with_request_body set on the default filter': {
    fault: authzFilter({ add: { 'typed_config.with_request_body': { max_request_bytes: 8192 } } }),
    why: 'the check has the body',
  },
  'status_on_error removed': {
    fault: ['.on_error_503', '.full_on_error_503'].map((name) =>
      authzFilter({ delete: ['typed_config.status_on_error'] }, name),
    ),
    why: 'a failed check returns 403',
  },
  'failure_mode_allow is false instead of true': {
    fault: authzFilter({ set: { 'typed_config.failure_mode_allow': false } }, '.fails_open'),
    why: 'a failed check returns 403',
  },
  'circuit breaker removed': {
    fault: config({ at: cluster('authz_full'), delete: ['circuit_breakers'] }),
    why: 'the checks of these routes are answered',
  },
  'timeout is 10 ms instead of none': {
    fault: authzFilter({ set: { 'typed_config.http_service.server_uri.timeout': '0.010s' } }, '.waits'),
    why: 'the check fails, and names its timeout',
  },
  'failure_mode_allow set on the default filter': {
    fault: authzFilter({ add: { 'typed_config.failure_mode_allow': true } }),
    why: 'a request whose check fails is forwarded',
  },
  'retry_policy removed': {
    fault: ['.retries_5xx', '.retries_resets', '.retries_late'].map((name) =>
      authzFilter({ delete: ['typed_config.http_service.retry_policy'] }, name),
    ),
    why: 'no check is repeated',
  },
  'retry_on set where none is': {
    fault: authzFilter({ add: { 'typed_config.http_service.retry_policy.retry_on': '5xx' } }, '.retries_unnamed'),
    why: 'a check is repeated after a 503',
  },
  'retry_on is 5xx instead of reset,connect-failure': {
    fault: authzFilter({ set: { 'typed_config.http_service.retry_policy.retry_on': '5xx' } }, '.retries_resets'),
    why: 'a check is repeated after a 503',
  },
  'num_retries is 1 instead of 2': {
    fault: authzFilter({ set: { 'typed_config.http_service.retry_policy.num_retries': 1 } }, '.retries_5xx'),
    why: 'the third check is missing',
  },
  'retry_policy set on the default filter': {
    fault: authzFilter({
      add: {
        'typed_config.http_service.retry_policy': {
          ...{ retry_on: '5xx', num_retries: 1 },
          retry_back_off: { base_interval: '0.001s', max_interval: '0.5s' },
        },
      },
    }),
    why: 'a failed check is repeated',
  },
  'prefix_rewrite set on the default and prefixed routes': {
    fault: ['/', '/prefixed'].map((path) => config({ at: route(path), add: { 'route.prefix_rewrite': '/x' } })),
    why: 'the upstream receives another path',
  },
  'wrong version recorded for the crash after a disconnect': {
    misdated: CHANGES.disconnectDuringCheck,
    why: 'the claim expects a crash',
  },
  'wrong version recorded for the headers of a denial': {
    misdated: CHANGES.httpDenialHeaders,
    why: 'the claim expects the headers that only 1.37.0 drops, or the reverse',
  },
  'wrong version recorded for status_on_error': {
    misdated: CHANGES.httpStatusOnError,
    why: 'the claim expects the status that only 1.37.0 returns, or the reverse',
  },
  'wrong version recorded for retry_on': {
    misdated: CHANGES.httpRetryOn,
    why: 'the claim expects the number of checks of other versions',
  },
};

export const accepted: Record<string, string> = {
  ...accepts(
    'since 1.37.0, a check without retry_on is not repeated, so that only older versions show the settings of retries_unnamed',
    [
      'HTTP filter envoy.filters.http.ext_authz.retries_unnamed: typed_config.http_service.retry_policy.num_retries is 3',
      'route /retries-unnamed: match.prefix is "/retries-unnamedx"',
      'route /retries-unnamed: route.prefix_rewrite is "/x"',
      'route /retries-unnamed: typed_per_filter_config[envoy.filters.http.ext_authz].disabled is false',
    ],
  ),
  ...accepts(
    'max_interval is also the time limit of each try; the config raises it so that a slow lab does not reach it',
    ['retries_5xx', 'retries_resets', 'retries_unnamed'].map(
      (name) =>
        `HTTP filter envoy.filters.http.ext_authz.${name}: typed_config.http_service.retry_policy.retry_back_off.max_interval is not there`,
    ),
  ),
  'endpoint 127.0.0.1:5020 in cluster authz_full: address.socket_address.port_value is 5021':
    'the circuit breaker refuses each request before Envoy connects',
};
