import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionManager, filter, listener, networkFilter, route, virtualHost } from '../../helpers/envoy/select.ts';
import { config, type Fault, type Faults } from '../../helpers/scenario/faults.ts';
import { accepts } from '../shared/faults.ts';

const MATCHER = 'match.headers[x-role]';
const UNESCAPING = ['rejected', 'redirected', 'unescaped'];

/** Removes a field of the header matcher of each of these routes. */
const withoutField = (field: string, routes: string[]): Fault[] =>
  routes.map((name) => config({ at: route(name, virtualHost('headers')), delete: [`${MATCHER}.${field}`] }));

/** Changes a field of the connection manager of each of these listeners. */
const managers = (names: string[], change: { set?: Record<string, unknown>; add?: Record<string, unknown> }): Fault[] =>
  names.map((name) => config({ at: connectionManager(name), ...change }));

export const faults: Faults = {
  'virtual host of header matchers has another domain': {
    fault: config({ at: virtualHost('headers'), set: { 'domains[headers]': 'other' } }),
    why: 'the requests match routes of another virtual host',
  },
  'invert_match removed': {
    fault: withoutField('invert_match', [
      ...['not-exact', 'not-regex', 'not-prefix', 'not-contains', 'not-range', 'not-present', 'not-absent'],
      'missing-is-not-admin',
    ]),
    why: 'the routes accept what they should reject',
  },
  'ignore_case removed': {
    fault: withoutField('string_match.ignore_case', ['folded', 'folded-prefix', 'folded-suffix', 'folded-contains']),
    why: 'the routes accept one case only',
  },
  'treat_missing_header_as_empty removed': {
    fault: withoutField('treat_missing_header_as_empty', ['missing-is-empty', 'missing-is-not-admin']),
    why: 'the routes accept no missing header',
  },
  'matching of lines dated to a later version': {
    misdated: CHANGES.headersMatchedPerLine,
    why: 'the claims expect matches of the joined value',
  },
  'virtual host of regular expressions has another domain': {
    fault: config({ at: virtualHost('bytes'), set: { 'domains[bytes]': 'other' } }),
    why: 'the requests match routes of another virtual host',
  },
  'matching of bytes dated to a later version': {
    misdated: CHANGES.regexMatchesBytes,
    why: 'the claims expect matches of characters',
  },
  'virtual host of query parameters has another domain': {
    fault: config({ at: virtualHost('queries'), set: { 'domains[queries]': 'other' } }),
    why: 'the requests match routes of another virtual host',
  },
  'allow_custom_methods set': {
    fault: config({ at: connectionManager('plain'), add: { http_protocol_options: { allow_custom_methods: true } } }),
    why: 'Envoy forwards requests with any method',
  },
  'codec_type of the plain listener is HTTP2': {
    fault: config({ at: connectionManager('plain'), add: { codec_type: 'HTTP2', delayed_close_timeout: '0.01s' } }),
    why: 'Envoy closes connections with HTTP/1.1',
  },
  'QUERY over HTTP/1.1 dated to a later version': {
    misdated: CHANGES.queryMethod,
    why: 'the claims expect 400 (http1.codec_error)',
  },
  'QUERY without content-type dated to a later version': {
    misdated: CHANGES.queryNeedsContentType,
    why: 'the claim expects that it is forwarded',
  },
  'ext_authz filter disabled': {
    fault: config({
      at: filter('envoy.filters.http.ext_authz', connectionManager('plain')),
      add: { disabled: true },
    }),
    why: 'no request is checked',
  },
  'path_prefix set on ext_authz': {
    fault: config({
      at: filter('envoy.filters.http.ext_authz', connectionManager('plain')),
      add: { 'typed_config.http_service.path_prefix': '/check' },
    }),
    why: 'checks have another path than the upstream receives',
  },
  'prefix_rewrite set on routes': {
    fault: ['paths', 'ignoring'].flatMap((host) =>
      ['segment', 'segments', 'start', 'others'].map((name) =>
        config({ at: route(name, virtualHost(host)), add: { 'route.prefix_rewrite': '/rewritten' } }),
      ),
    ),
    why: 'the upstream receives another path than the check has',
  },
  'route /admin forwards': {
    fault: ['paths', 'ignoring'].map((host) =>
      config({
        at: route('admin', virtualHost(host)),
        delete: ['direct_response'],
        add: { route: { cluster: 'upstream' } },
      }),
    ),
    why: 'requests to /admin reach the upstream',
  },
  'normalize_path is false': {
    fault: config({ at: connectionManager('normalized'), set: { normalize_path: false } }),
    why: 'paths stay as written',
  },
  'merge_slashes is false': {
    fault: config({ at: connectionManager('merged'), set: { merge_slashes: false } }),
    why: 'slashes stay as written',
  },
  'path_with_escaped_slashes_action is KEEP_UNCHANGED': {
    fault: managers(UNESCAPING, { set: { path_with_escaped_slashes_action: 'KEEP_UNCHANGED' } }),
    why: 'escaped slashes stay as written',
  },
  'path_with_escaped_slashes_action is REJECT_REQUEST instead of KEEP_UNCHANGED': {
    fault: managers(['kept'], { set: { path_with_escaped_slashes_action: 'REJECT_REQUEST' } }),
    why: 'escaped slashes get 400',
  },
  'parameters of dot segments dated to a later version': {
    misdated: CHANGES.dotSegmentParameters,
    why: 'the claims expect the path as written',
  },
  'ignore_path_parameters_in_path_matching is false': {
    fault: config({
      at: networkFilter('envoy.filters.network.http_connection_manager', listener('ignoring')),
      set: { 'typed_config.route_config.ignore_path_parameters_in_path_matching': false },
    }),
    why: 'parameters are part of the path in matching',
  },
  'parameters of segments dated to a later version': {
    misdated: CHANGES.pathParametersPerSegment,
    why: 'the claims expect the route of the path up to the first semicolon',
  },
  'matchers of paths differ': {
    fault: [
      ...[
        ['exact', 'path'],
        ['folders', 'path_separated_prefix'],
      ].map(([name = '', kind = '']) =>
        config({
          at: route(name, virtualHost('paths')),
          delete: [`match.${kind}`],
          add: { 'match.prefix': `/${name}` },
        }),
      ),
      ...['folded', 'folded-prefix'].map((name) =>
        config({ at: route(name, virtualHost('paths')), set: { 'match.case_sensitive': true } }),
      ),
      config({ at: route('segments', virtualHost('paths')), set: { 'match.prefix': '/a' } }),
      config({ at: route('regex', virtualHost('paths')), set: { 'match.safe_regex.regex': '/items/.*' } }),
      config({
        at: route('template', virtualHost('paths')),
        set: { 'match.path_match_policy.typed_config.path_template': '/users/{user}/posts/{post=*}' },
      }),
    ],
    why: 'the routes accept more or fewer paths',
  },
  'runtime fractions swapped': {
    fault: [
      config({
        at: route('never', virtualHost('queries')),
        set: { 'match.runtime_fraction.default_value.numerator': 100 },
      }),
      config({
        at: route('always', virtualHost('queries')),
        set: { 'match.runtime_fraction.default_value.numerator': 0 },
      }),
    ],
    why: 'the routes match the other requests',
  },
};

export const accepted: Record<string, string> = {
  'HTTP connection manager kept: path_with_escaped_slashes_action is not there':
    'KEEP_UNCHANGED is the default; the config names it for readers',
  ...accepts('the route matches no request, or one in a hundred', [
    'route never: match.path is "/neverx"',
    'route never: match.runtime_fraction.default_value.numerator is 1',
    'route never: direct_response.status is 201',
  ]),
};
