import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { cluster, connectionManager, listener, networkFilter, route } from '../../helpers/envoy/select.ts';
import { addedRule, config, type Faults } from '../../helpers/scenario/faults.ts';
import { accepts } from '../shared/faults.ts';

const DIRECT_RESPONSE = { status: 200, body: { inline_string: 'here' } };

export const faults: Faults = {
  'pass-through of upstream RSTs dated to a later version': {
    misdated: CHANGES.upstreamResetPassedOn,
    why: 'claims expect the end of the stream',
  },
  'pass-through of client RSTs dated to a later version': {
    misdated: CHANGES.downstreamResetPassedOn,
    why: 'the claim expects the end of the stream',
  },
  'close types of the access log dated to another version': {
    misdated: CHANGES.detectedCloseType,
    why: 'the claim expects that Envoy does not start, or that it does',
  },
  'bytes listener forwards to the HTTP upstream': {
    fault: config({
      at: networkFilter('envoy.filters.network.tcp_proxy', listener('bytes')),
      set: { 'typed_config.cluster': 'upstream' },
    }),
    why: 'no script of the byte upstream plays',
  },
  'firewall drops FIN packets of the bytes listener': {
    fault: addedRule('filter', '-A OUTPUT -p tcp --sport 4998 --tcp-flags FIN FIN -j DROP'),
    why: "the client does not see the end of the upstream's half",
  },
  'route / returns a direct_response instead of forwarding': {
    fault: config({ at: route('/'), delete: ['route'], add: { direct_response: DIRECT_RESPONSE } }),
    why: 'no request reaches the upstream',
  },
  'retry_policy removed from /retried/': {
    fault: config({ at: route('/retried/'), delete: ['route.retry_policy'] }),
    why: 'the request whose connection ends gets 503',
  },
  'timeout of /socket/ removed, upgrades not allowed': {
    fault: config({ at: route('/socket/'), delete: ['route.timeout', 'route.upgrade_configs'] }),
    why: 'Envoy answers upgrades with 403 itself',
  },
  'normalize_path set': {
    fault: config({ at: connectionManager(), add: { normalize_path: true } }),
    why: 'the upstream receives /b/?c',
  },
  'max_request_headers_kb is 30': {
    fault: config({ at: connectionManager(), add: { max_request_headers_kb: 30 } }),
    why: 'a header of 58 KiB gets 431',
  },
  'enable_trailers removed from the connection manager': {
    fault: config({ at: connectionManager(), delete: ['http_protocol_options'] }),
    why: "Envoy drops the upstream's trailers",
  },
  'sni of the TLS cluster is another name': {
    fault: config({ at: cluster('secure'), set: { 'transport_socket.typed_config.sni': 'other' } }),
    why: 'the upstream receives that name',
  },
  'PROXY protocol versions of the clusters swapped': {
    fault: [
      config({ at: cluster('proxy-v1'), set: { 'transport_socket.typed_config.config.version': 'V2' } }),
      config({ at: cluster('proxy-v2'), set: { 'transport_socket.typed_config.config.version': 'V1' } }),
    ],
    why: 'the upstream receives a header of the other version',
  },
  'proxy_protocol removed from the listener': {
    fault: config({ at: listener('proxied'), delete: ['listener_filters'] }),
    why: "the access log has the address of the client's socket, and the upstream receives the header",
  },
};

export const accepted: Record<string, string> = {
  ...accepts('claims send much more than both sizes', [
    'listener bytes: per_connection_buffer_limit_bytes is 32769',
    'cluster bytes: per_connection_buffer_limit_bytes is 32769',
  ]),
  'route /retried/: route.timeout is not there':
    'the default is 15 s; with 0s, requests to the upstream have no header with the time that is left',
  'cluster proxy-v1: transport_socket.typed_config.config.version is not there':
    'V1 is the default; the config names it for readers',
};
