import { connectionManager, route, virtualHost } from '../../helpers/envoy/select.ts';
import { config, type Faults } from '../../helpers/scenario/faults.ts';
import { accepts, mapsLocalReplies } from '../shared/faults.ts';

const ACTIONS = route('/actions');
const action = (header: string) => `response_headers_to_add[${header}].append_action`;

export const faults: Faults = {
  'headers of the route configuration added after the most specific level': {
    fault: config({
      at: connectionManager('ingress'),
      add: { 'route_config.most_specific_header_mutations_wins': true },
    }),
    why: 'the levels add their headers in the reverse order',
  },
  'headers of the route configuration not added': {
    fault: config({ at: connectionManager('ingress'), delete: ['route_config.response_headers_to_add'] }),
    why: 'one line of each response is absent',
  },
  'headers of the virtual host neither added nor removed': {
    fault: config({
      at: virtualHost('all', connectionManager('ingress')),
      delete: ['response_headers_to_add', 'response_headers_to_remove'],
    }),
    why: 'a line is absent, and a header is there',
  },
  'routes remove nothing': {
    fault: [route('/removed'), route('/added-and-removed')].map((at) =>
      config({ at, delete: ['response_headers_to_remove'] }),
    ),
    why: 'the headers of the upstream arrive',
  },
  'each action of a route replaced by another': {
    fault: config({
      at: ACTIONS,
      set: {
        [action('x-appended')]: 'OVERWRITE_IF_EXISTS_OR_ADD',
        [action('x-replaced')]: 'APPEND_IF_EXISTS_OR_ADD',
        [action('x-kept')]: 'OVERWRITE_IF_EXISTS',
        [action('set-cookie')]: 'OVERWRITE_IF_EXISTS_OR_ADD',
        [action('cache-control')]: 'OVERWRITE_IF_EXISTS_OR_ADD',
        [action('via')]: 'ADD_IF_ABSENT',
        'response_headers_to_add[x-empty-kept].keep_empty_value': false,
        'response_headers_to_add[x-operators].header.value': '%REQ(:path)%',
        'response_headers_to_add[x-copied].header.value': '%RESP(x-none)%',
      },
      add: { 'response_headers_to_add[x-copied].keep_empty_value': true },
    }),
    why: 'each header has other lines',
  },
  'the route without hop-by-hop headers': {
    fault: config({ at: route('/hop-by-hop'), delete: ['response_headers_to_add'] }),
    why: 'te and trailer are absent',
  },
  'no local_reply_config': {
    fault: config({ at: connectionManager('mapped'), delete: ['local_reply_config'] }),
    why: 'local replies have the bodies of Envoy',
  },
  'local_reply_config in front of other listeners': {
    fault: mapsLocalReplies(connectionManager('ingress'), 'GE', 200, {
      status_code: 418,
      headers_to_add: [{ header: { key: 'location', value: '/mapped' } }],
    }),
    why: 'each reply of Envoy has status 418',
  },
  'headers of the connection manager at their defaults': {
    fault: config({
      at: connectionManager('plain'),
      delete: ['server_name', 'always_set_request_id_in_response'],
    }),
    why: 'the server is envoy, and no id is in the response',
  },
  'no count of attempts': {
    fault: config({
      at: virtualHost('all', connectionManager('plain')),
      delete: ['include_attempt_count_in_response'],
    }),
    why: 'the header is absent',
  },
  'the headers of a connection passed on by another proxy': {
    fault: config({
      at: route('/', virtualHost('all', connectionManager('ingress'))),
      add: { response_headers_to_remove: ['trailer', 'te'] },
    }),
    why: 'the headers that stay are removed too',
  },
  '404 of the upstream replaced by a mapper': {
    fault: config({ at: route('/upstream'), delete: ['route'], add: { direct_response: { status: 404 } } }),
    why: 'the reply is local',
  },
};

export const accepted: Record<string, string> = {
  ...accepts('Envoy removes the header after the route has added it, whatever its value', [
    'route /hop-by-hop: response_headers_to_add[connection].header.value is "x-hopx"',
    'route /hop-by-hop: response_headers_to_add[proxy-connection].header.value is "keep-alivex"',
    'route /hop-by-hop: response_headers_to_add[upgrade].header.value is "otherx"',
  ]),
  'HTTP connection manager mapped: local_reply_config.mappers[#2].filter.status_code_filter.comparison.op is not there':
    'EQ is the default; the config names it for readers',
  ...accepts('Envoy sets the header after the route has removed it', [
    'route /removed: response_headers_to_remove[server] is not there',
    'route /removed: response_headers_to_remove[date] is not there',
  ]),
};
