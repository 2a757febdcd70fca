import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionManager, filter, route, type Selector, virtualHost } from '../../helpers/envoy/select.ts';
import { addedRule, config, type Fault, type Faults, upstream } from '../../helpers/scenario/faults.ts';
import { changesHeader } from '../shared/faults.ts';

const ROUTE = route('/', virtualHost('all'));
const OPERATORS = route('/operators');
const keepEmptyValue = (header: string) => `request_headers_to_add[${header}].keep_empty_value`;

/** Makes a level that adds no header to a request or response add one. */
function addHeader(at: Selector, message: 'request' | 'response', value: string): Fault {
  return config({ at, add: { [`${message}_headers_to_add`]: [{ header: { key: 'x-appended', value } }] } });
}

export const faults: Faults = {
  'the route configuration overwrites instead of appending': {
    fault: changesHeader(
      connectionManager(),
      '[x-appended].append_action',
      'OVERWRITE_IF_EXISTS_OR_ADD',
      'route_config.',
    ),
    why: 'one line is left',
  },
  'the route overwrites instead of appending': {
    fault: changesHeader(ROUTE, '[x-appended].append_action', 'OVERWRITE_IF_EXISTS_OR_ADD'),
    why: 'what was there before it is gone',
  },
  'the route configuration appends instead of overwriting': {
    fault: changesHeader(
      connectionManager(),
      '[x-overwritten].append_action',
      'APPEND_IF_EXISTS_OR_ADD',
      'route_config.',
    ),
    why: 'there is a second line',
  },
  'the route configuration overwrites what it should add if absent': {
    fault: changesHeader(
      connectionManager(),
      '[x-added-if-absent].append_action',
      'OVERWRITE_IF_EXISTS_OR_ADD',
      'route_config.',
    ),
    why: 'the least specific level wins',
  },
  'the route adds what it should overwrite if it is there': {
    fault: changesHeader(ROUTE, '[x-overwritten-if-there].append_action', 'OVERWRITE_IF_EXISTS_OR_ADD'),
    why: 'the others find it then',
  },
  'the most specific level comes last': {
    fault: config({ at: connectionManager(), add: { 'route_config.most_specific_header_mutations_wins': true } }),
    why: 'who comes last wins',
  },
  'the virtual host of the other host adds a header': {
    fault: addHeader(virtualHost('another'), 'request', 'another'),
    why: 'it is a level of its own',
  },
  'the route of the health page adds a header': {
    fault: addHeader(route('/healthz'), 'request', 'health'),
    why: 'it is a level of its own',
  },
  'the virtual host adds to the reply, too': {
    fault: addHeader(virtualHost('all'), 'response', 'virtual host'),
    why: 'the downstream sees it',
  },
  'the upstream loses all but the first line of a header': {
    fault: upstream('upstream', { losesLines: true }),
    why: 'what each level appends is a line',
  },
  'the host rewrites the source of who calls Envoy': {
    fault: addedRule('nat', '-A POSTROUTING -o lo -p tcp --dport 4999 -j MASQUERADE --to-ports 20000-29999'),
    why: 'Envoy sees another port than the downstream has',
  },
  'the time has no format': {
    fault: changesHeader(OPERATORS, '[x-request-start-time].header.value', '%START_TIME%'),
    why: 'the default is another one',
  },
  'an operator reads another header': {
    fault: changesHeader(OPERATORS, '[x-request-asked].header.value', '%REQ(x-other)%'),
    why: 'the downstream did not send that',
  },
  'nothing empty is kept': {
    fault: config({
      at: OPERATORS,
      delete: ['x-request-upstream-remote-kept', 'x-emptied-kept'].map(keepEmptyValue),
    }),
    why: 'an empty operator leaves the header out, or as it was',
  },
  'all that is empty is kept': {
    fault: config({
      at: OPERATORS,
      add: { [keepEmptyValue('x-request-upstream-remote')]: true, [keepEmptyValue('x-emptied')]: true },
    }),
    why: 'an empty operator is a header without a value',
  },
  'no text is around the operator': {
    fault: changesHeader(OPERATORS, '[x-request-upstream-remote-in-text].header.value', '%UPSTREAM_REMOTE_ADDRESS%'),
    why: 'an empty operator leaves the header out',
  },
  'the router tells no timeout': {
    fault: config({ at: filter('envoy.filters.http.router'), add: { 'typed_config.suppress_envoy_headers': true } }),
    why: 'the router adds no header of its own any more',
  },
  'Envoy is known to add after the router since another version': {
    misdated: CHANGES.addsAfterTheRouter,
    why: 'before, a route finds nothing that the router sets',
  },
};

export const accepted: Record<string, string> = {
  'route /operators: request_headers_to_add[x-request-upstream-remote].header.key is "x-request-upstream-remotex"':
    'its operator is empty, so that it is left out',
  'route /operators: request_headers_to_add[x-emptied].header.key is "x-emptiedx"':
    'its operator is empty, so that it is left out',
  'route /operators: request_headers_to_add[x-emptied].append_action is not there':
    'its operator is empty, so that it is left out',
};
