import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionManager, route, virtualHost } from '../../helpers/envoy/select.ts';
import { addedRule, config, type Faults } from '../../helpers/scenario/faults.ts';
import { acceptedTimeouts, authzFilter, grpcFaults, omitsAppend, perRoute } from '../shared/ext-authz/faults.ts';
import { keepsServerHeader } from '../shared/faults.ts';

export const faults: Faults = {
  ...grpcFaults,
  'authorization service omits append': omitsAppend,
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
  'prefix_rewrite removed from /with-context': {
    fault: config({ at: route('/with-context'), delete: ['route.prefix_rewrite'] }),
    why: 'the upstream receives the original path',
  },
  'pack_as_bytes and allow_partial_message removed': {
    fault: authzFilter({ set: { 'typed_config.with_request_body': { max_request_bytes: 16 } } }, '.packs_body'),
    why: 'the body is text, and a longer one gets 413',
  },
  'ext_authz no longer disabled on /unchecked': {
    fault: config({ at: route('/unchecked'), delete: ['typed_per_filter_config'] }),
    why: 'Envoy checks requests to this route',
  },
  'source address of connections to Envoy rewritten': {
    fault: addedRule('nat', '-A POSTROUTING -o lo -p tcp --dport 4999 -j MASQUERADE --to-ports 20000-29999'),
    why: 'Envoy sees another address and port than the client used',
  },
  'scheme_header_transformation sets https': {
    fault: config({ at: connectionManager(), add: { scheme_header_transformation: { scheme_to_overwrite: 'https' } } }),
    why: 'the CheckRequest carries scheme https',
  },
  'server_header_transformation is PASS_THROUGH': {
    fault: keepsServerHeader,
    why: 'the server header of a denial reaches the client',
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
  'wrong version recorded for a CONNECT with changes of the query': {
    misdated: CHANGES.pathlessRequest,
    why: 'the claim expects a crash',
  },
};

export const accepted = acceptedTimeouts('', '.packs_body', '.enabled_never', '.denies_at_disable');
