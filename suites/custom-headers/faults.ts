import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionManager, filter, route, type Selector, virtualHost } from '../../helpers/envoy/select.ts';
import { addedRule, config, type Fault, type Faults, upstream } from '../../helpers/scenario/faults.ts';
import { changesHeader } from '../shared/faults.ts';

const ROUTE = route('/', virtualHost('all'));
const OPERATORS = route('/operators');
const keepEmptyValue = (header: string) => `request_headers_to_add[${header}].keep_empty_value`;

/** Adds a header to requests or responses on a level that adds none. */
function addHeader(at: Selector, message: 'request' | 'response', value: string): Fault {
  return config({ at, add: { [`${message}_headers_to_add`]: [{ header: { key: 'x-appended', value } }] } });
}

export const faults: Faults = {
  'route configuration overwrites x-appended': {
    fault: changesHeader(
      connectionManager(),
      '[x-appended].append_action',
      'OVERWRITE_IF_EXISTS_OR_ADD',
      'route_config.',
    ),
    why: 'only the line of the route configuration is left',
  },
  'route overwrites x-appended': {
    fault: changesHeader(ROUTE, '[x-appended].append_action', 'OVERWRITE_IF_EXISTS_OR_ADD'),
    why: 'the line that the client sent is lost',
  },
  'route configuration appends to x-overwritten': {
    fault: changesHeader(
      connectionManager(),
      '[x-overwritten].append_action',
      'APPEND_IF_EXISTS_OR_ADD',
      'route_config.',
    ),
    why: 'the header has a second line',
  },
  'route configuration overwrites x-added-if-absent': {
    fault: changesHeader(
      connectionManager(),
      '[x-added-if-absent].append_action',
      'OVERWRITE_IF_EXISTS_OR_ADD',
      'route_config.',
    ),
    why: 'its value replaces that of the route',
  },
  'route adds x-overwritten-if-there where it is absent': {
    fault: changesHeader(ROUTE, '[x-overwritten-if-there].append_action', 'OVERWRITE_IF_EXISTS_OR_ADD'),
    why: 'the other levels then find the header and overwrite it',
  },
  'most_specific_header_mutations_wins set': {
    fault: config({ at: connectionManager(), add: { 'route_config.most_specific_header_mutations_wins': true } }),
    why: 'the order of the levels is reversed',
  },
  'virtual host another.host adds a header': {
    fault: addHeader(virtualHost('another'), 'request', 'another'),
    why: 'requests to this host have one more line',
  },
  'route /healthz adds a header': {
    fault: addHeader(route('/healthz'), 'request', 'health'),
    why: 'requests to this route have one more line',
  },
  'virtual host adds its header to responses, too': {
    fault: addHeader(virtualHost('all'), 'response', 'virtual host'),
    why: 'the client receives the header',
  },
  'upstream keeps only the first line of a repeated header': {
    fault: upstream('upstream', { dropsRepeatedHeaders: true }),
    why: 'the lines of all levels but the first are lost',
  },
  'source address of connections to Envoy rewritten': {
    fault: addedRule('nat', '-A POSTROUTING -o lo -p tcp --dport 4999 -j MASQUERADE --to-ports 20000-29999'),
    why: 'Envoy sees another port than the client used',
  },
  'format of %START_TIME% removed': {
    fault: changesHeader(OPERATORS, '[x-request-start-time].header.value', '%START_TIME%'),
    why: 'Envoy writes the time in its default format',
  },
  '%REQ% reads another header': {
    fault: changesHeader(OPERATORS, '[x-request-asked].header.value', '%REQ(x-other)%'),
    why: 'the client does not send the other header',
  },
  'keep_empty_value removed': {
    fault: config({
      at: OPERATORS,
      delete: ['x-request-upstream-remote-kept', 'x-emptied-kept'].map(keepEmptyValue),
    }),
    why: 'a header with an empty operator is left out or unchanged',
  },
  'keep_empty_value set on headers without it': {
    fault: config({
      at: OPERATORS,
      add: { [keepEmptyValue('x-request-upstream-remote')]: true, [keepEmptyValue('x-emptied')]: true },
    }),
    why: 'a header with an empty operator is sent without a value',
  },
  'text around %UPSTREAM_REMOTE_ADDRESS% removed': {
    fault: changesHeader(OPERATORS, '[x-request-upstream-remote-in-text].header.value', '%UPSTREAM_REMOTE_ADDRESS%'),
    why: 'the operator is empty, so the header is left out',
  },
  'suppress_envoy_headers set on the router': {
    fault: config({ at: filter('envoy.filters.http.router'), add: { 'typed_config.suppress_envoy_headers': true } }),
    why: 'the router adds no x-envoy-expected-rq-timeout-ms',
  },
  "wrong version recorded for route headers added after the router's": {
    misdated: CHANGES.routerHeadersBeforeRouteHeaders,
    why: 'the claim expects no value where Envoy adds one, or one where it adds none',
  },
};

export const accepted: Record<string, string> = {
  'route /operators: request_headers_to_add[x-request-upstream-remote].header.key is "x-request-upstream-remotex"':
    'its operator is empty, so the header is left out either way',
  'route /operators: request_headers_to_add[x-emptied].header.key is "x-emptiedx"':
    'its operator is empty, so the header is left out either way',
  'route /operators: request_headers_to_add[x-emptied].append_action is not there':
    'its operator is empty, so the header is left out either way',
};
