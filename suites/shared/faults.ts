import type { Family } from '../../helpers/constants/addresses.ts';
import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { cluster, connectionManager, endpoint, type Selector } from '../../helpers/envoy/select.ts';
import { addedRule, config, type DeclaredFault, type Fault, upstream } from '../../helpers/scenario/faults.ts';

/** Entries of `accepted` with one reason. */
export function accepts(reason: string, mutations: string[]): Record<string, string> {
  return Object.fromEntries(mutations.map((mutation) => [mutation, reason]));
}

/** Translates the source address and port of connections from Envoy's host to a port. */
export function masquerades(port: number = PORTS.http, family: Family = 'ipv4'): Fault {
  const rule = `-A POSTROUTING -p tcp --dport ${port} -j MASQUERADE --to-ports 20000-29999`;
  return addedRule('nat', rule, { family });
}

/** Redirects connections to a port to Envoy's listener, except those of Envoy's user. */
export function captures(port: number, { family = 'ipv4' as Family, uid = ENVOY_UID } = {}): Fault {
  const rule = `-A OUTPUT -p tcp --dport ${port} -m owner ! --uid-owner ${uid} -j REDIRECT --to-ports ${PORTS.listener}`;
  return addedRule('nat', rule, { family });
}

/** Rejects Envoy's own connections to a port, so that it cannot loop. */
export function guards(port: number): Fault {
  const rule = `-A OUTPUT -p tcp --dport ${port} -m owner --uid-owner ${ENVOY_UID} -j REJECT --reject-with tcp-reset`;
  return addedRule('filter', rule);
}

export const keepsServerHeader = config({
  at: connectionManager(),
  add: { server_header_transformation: 'PASS_THROUGH' },
});

export const ownServerHeader: DeclaredFault = {
  fault: keepsServerHeader,
  why: "the response keeps the upstream's server header instead of server: envoy",
};

export const translatedSource: DeclaredFault = {
  fault: masquerades(PORTS.upstream),
  why: "the upstream sees another source port than Envoy's",
};

const sorry = { text_format_source: { inline_string: 'sorry' }, content_type: 'text/html' };

/** Every local reply of Envoy has another body. */
export const localReplyBody = config({
  at: connectionManager(),
  add: { local_reply_config: { body_format: sorry } },
});

/**
 * Adds a mapper of local replies, by their status.
 *
 * @param mapped the mapper's other fields: `status_code`, `headers_to_add`
 */
export function mapsLocalReplies(at: Selector, op: 'EQ' | 'GE', status: number, mapped: object): Fault {
  const comparison = { op, value: { default_value: status, runtime_key: 'none' } };
  const mapper = { filter: { status_code_filter: { comparison } }, ...mapped };
  return config({ at, add: { local_reply_config: { mappers: [mapper] } } });
}

export const swapsBlueAndGreen: DeclaredFault = {
  fault: [upstream('blue', { name: 'green' }), upstream('green', { name: 'blue' })],
  why: 'each response names the other upstream',
};

/** @param why where the upstream's name is visible */
export function renamed(why: string): DeclaredFault {
  return { fault: upstream('upstream', { name: 'renamed' }), why };
}

export function withoutRetries(...clusters: string[]): DeclaredFault {
  const none = { circuit_breakers: { thresholds: [{ max_retries: 0 }] } };
  return { fault: clusters.map((name) => config({ at: cluster(name), add: none })), why: 'no request is retried' };
}

export const misdatedBody: DeclaredFault = {
  misdated: CHANGES.hideTransportFailureReason,
  why: 'claims expect the 503 body of another Envoy version',
};

export const staticAddress: DeclaredFault = {
  fault: [
    config({ at: cluster('upstream'), delete: ['cluster_type'], add: { type: 'STATIC' } }),
    config({ at: endpoint('upstream:5000'), set: { 'address.socket_address.address': '198.51.100.10' } }),
  ],
  why: 'Envoy resolves no name',
};

/** Changes a field of an entry of `request_headers_to_add`: `[x-appended].append_action`. */
export function changesHeader(at: Selector, field: string, value: string, within = ''): Fault {
  return config({ at, set: { [`${within}request_headers_to_add${field}`]: value } });
}

/** A listener filter that needs no settings, by the last part of its name and its message. */
export function listenerFilter(filter: string, message: string): object {
  const type = `envoy.extensions.filters.listener.${filter}.v3.${message}`;
  return { name: `envoy.filters.listener.${filter}`, typed_config: { '@type': `type.googleapis.com/${type}` } };
}

/** Fields of a cluster with these HTTP options; the default protocol is HTTP/1.1. */
export function upstreamHttp(options: object, protocol = 'http_protocol_options'): Record<string, unknown> {
  const name = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
  const settings = { ...options, explicit_http_config: { [protocol]: {} } };
  return { typed_extension_protocol_options: { [name]: { '@type': `type.googleapis.com/${name}`, ...settings } } };
}
