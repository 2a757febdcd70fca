import { ADDRESSES } from '../../constants/addresses.ts';
import type { ConfigDump } from '../../envoy/config-dump.ts';
import { given } from '../../util/given.ts';
import { isObject, type Json, type JsonObject, objectAt, objectsOf, textAt } from '../../util/json.ts';
import type { NotSeen } from '../report.ts';
import type { RequestTls } from '../request.ts';

/** A filter of a listener or of an HTTP connection manager. */
export interface Filter {
  name: string;
  /** The last part of the name of its type: `HttpConnectionManager`. */
  type: string;
  config: JsonObject;
}

/** A way into Envoy: a filter chain of a listener, with how a downstream reaches it. */
export interface Entry {
  /** `edge`, or the address where the listener has no name of its own. */
  listener: string;
  /** Where the downstream connects. */
  address: string;
  udp: boolean;
  /** Present where the downstream has to speak TLS. */
  tls?: RequestTls;
  /** The protocols that Envoy offers in ALPN. */
  alpn: string[];
  /** Whether Envoy itself ends the TLS connection. */
  terminates: boolean;
  /** Whether Envoy demands a certificate of the downstream. */
  demandsCertificate: boolean;
  /** Whether each connection has to begin with a PROXY protocol header. */
  proxyProtocol: boolean;
  filters: Filter[];
  /** Further server names of the chain. */
  otherNames: string[];
}

/** What is known of the surroundings of Envoy when requests are derived. */
export interface Reach {
  /** Where a downstream connects for a listener; undefined where it cannot. Default: of topology `edge`. */
  addressOf?: (address: string, port: number) => string | undefined;
  /**
   * Destinations that rules lead to a listener, by its port: what a chain that matches a destination
   * needs.
   */
  destinations?: Record<number, string[]>;
  /** Clusters that lead a request back to its own listener: each gets one request. */
  loops?: readonly string[];
}

interface Place {
  address: string;
  port: number;
  udp: boolean;
}

const RANDOM_NAME = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The ways into Envoy, in the order of listeners and chains. */
export function entriesOf(dump: ConfigDump, reach: Reach = {}): { entries: Entry[]; notSeen: NotSeen[] } {
  const notSeen: NotSeen[] = [];
  const entries = dump.listeners.flatMap((listener, index) => {
    const places = placesOf(listener);
    const [first] = places;
    const named = typeof listener.name === 'string' && listener.name !== '' && !RANDOM_NAME.test(listener.name);
    const name = named ? String(listener.name) : first ? at(first) : `listener ${index + 1}`;
    const reject = (why: string): [] => {
      notSeen.push({ kind: 'listener', name, why });
      return [];
    };
    if (!first) return reject(unreachable(listener));
    if (objectAt(listener, 'udp_listener_config', 'quic_options')) return reject('HTTP/3 is not sent');
    if (listener.filter_chain_matcher !== undefined)
      reject('it chooses its filter chain by a tree of matchers, so not every chain may have got a request');
    return places.flatMap((place) => {
      const address = (reach.addressOf ?? edgeAddress)(place.address, place.port);
      if (address === undefined) return reject(`no downstream reaches ${at(place)}`);
      return entriesAt(listener, { name, place, address, dump, reach }, notSeen);
    });
  });
  return { entries, notSeen };
}

/** Filters of a list, those of ECDS by the name of their resource. */
export function filtersOf(list: Json | undefined, dump: ConfigDump): Filter[] {
  return objectsOf(list)
    .filter(({ disabled }) => disabled !== true)
    .map((filter) => {
      const name = textAt(filter, 'name') ?? '';
      const discovered =
        filter.config_discovery === undefined ? undefined : dump.filters.find((one) => one.name === name);
      return { name, ...typedConfig(objectAt(discovered ?? filter, 'typed_config') ?? {}) };
    });
}

/** The message of a `typed_config`, a TypedStruct with the one that it contains. */
export function typedConfig({ '@type': url, ...config }: JsonObject): { type: string; config: JsonObject } {
  const type = String(url).split(/[./]/).at(-1) ?? '';
  return type === 'TypedStruct' && isObject(config.value)
    ? { type: String(config.type_url).split(/[./]/).at(-1) ?? '', config: config.value }
    : { type, config };
}

function placesOf(listener: JsonObject): Place[] {
  const all = [listener.address, ...objectsOf(listener.additional_addresses).map(({ address }) => address)];
  return all.flatMap((address) => {
    const socket = objectAt(address, 'socket_address');
    const port = Number(socket?.port_value ?? 0);
    return socket && port > 0 ? [{ address: String(socket.address), port, udp: socket.protocol === 'UDP' }] : [];
  });
}

function at({ address, port }: Place): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function unreachable(listener: JsonObject): string {
  if (listener.internal_listener || objectAt(listener, 'address', 'envoy_internal_address'))
    return 'an internal listener: only Envoy itself connects to it';
  if (objectAt(listener, 'address', 'pipe')) return 'it listens on a Unix socket';
  return listener.api_listener ? 'an API listener has no socket' : 'it has no port';
}

/** Where a downstream on another host connects; loopback is dialled from Envoy's own host. */
function edgeAddress(address: string, port: number): string {
  if (address === '0.0.0.0') return `${ADDRESSES.towardsDownstream.ipv4}:${port}`;
  if (address === '::') return `[${ADDRESSES.towardsDownstream.ipv6}]:${port}`;
  return at({ address, port, udp: false });
}

interface At {
  name: string;
  place: Place;
  address: string;
  dump: ConfigDump;
  reach: Reach;
}

function entriesAt(listener: JsonObject, { name, place, address, dump, reach }: At, notSeen: NotSeen[]): Entry[] {
  const fallback = objectAt(listener, 'default_filter_chain');
  const chains = objectsOf(listener.filter_chains);
  const listenerFilters = filtersOf(listener.listener_filters, dump);
  const proxy = listenerFilters.find(({ type }) => type === 'ProxyProtocol');
  const proxyProtocol = proxy !== undefined && proxy.config.allow_requests_without_proxy_protocol !== true;
  const common = { listener: name, udp: place.udp, proxyProtocol };
  if (place.udp) {
    const filters = listenerFilters.length > 0 ? listenerFilters : filtersOf(listener.filter_chains, dump);
    return [{ ...common, address, ...PLAIN, filters }];
  }
  const all = [...chains, ...(fallback ? [{ ...fallback, isDefault: true }] : [])];
  return all.flatMap((chain, index) => {
    const match = objectAt(chain, 'filter_chain_match') ?? {};
    const called = `${name}, filter chain ${textAt(chain, 'name') ?? index + 1}`;
    const port = match.destination_port;
    const destination = destinationOf(match, place, reach);
    const why =
      (destination === undefined
        ? `it matches destination port ${String(port)}, which no rule leads to it`
        : undefined) ?? sourceWhy(match);
    if (why !== undefined) {
      notSeen.push({ kind: 'listener', name: called, why });
      return [];
    }
    const tls = tlsOf(chain, match);
    const filters = filtersOf(chain.filters, dump);
    return [{ ...common, address: destination || address, ...PLAIN, ...tls, filters }];
  });
}

const PLAIN = { alpn: [], terminates: false, demandsCertificate: false, otherNames: [] };

/**
 * The destination that a chain's match needs: empty for that of the listener, undefined where none is known. A
 * chain without one takes the first destination that rules lead to its listener.
 */
function destinationOf(match: JsonObject, { port }: Place, { destinations = {} }: Reach): string | undefined {
  const led = destinations[port] ?? [];
  if (typeof match.destination_port !== 'number') return led[0] ?? '';
  const wanted = match.destination_port;
  return led.find((each) => each.endsWith(`:${wanted}`)) ?? (wanted === port ? '' : undefined);
}

/** Why no downstream of a lab has the source that a chain matches. */
function sourceWhy(match: JsonObject): string | undefined {
  if (match.source_type === 'SAME_IP_OR_LOOPBACK') return 'it matches connections from Envoy’s own host';
  const ranges = [...objectsOf(match.source_prefix_ranges), ...objectsOf(match.direct_source_prefix_ranges)];
  if (ranges.length === 0 || ranges.some((range) => inRange(ADDRESSES.downstream.ipv4, range))) return undefined;
  const [first] = ranges;
  return `it matches downstreams in ${String(first?.address_prefix)}/${String(first?.prefix_len ?? 0)}`;
}

/** Whether an IPv4 address is in a CidrRange. */
export function inRange(address: string, { address_prefix, prefix_len = 0 }: JsonObject): boolean {
  const bits = (text: string): number => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const prefix = String(address_prefix);
  if (prefix.includes(':')) return false;
  const size = 2 ** (32 - Number(prefix_len));
  return Math.floor(bits(address) / size) === Math.floor(bits(prefix) / size);
}

function tlsOf(chain: JsonObject, match: JsonObject): Partial<Entry> {
  const socket = objectAt(chain, 'transport_socket', 'typed_config');
  const { type, config } = typedConfig(socket ?? {});
  const context = type === 'StartTlsConfig' || !/TlsContext$/.test(type) ? undefined : config;
  const names = textsOf(match.server_names).map((name) => name.replace(/^\*\./, 'www.'));
  const wanted = textsOf(match.application_protocols);
  if (!context && match.transport_protocol !== 'tls' && names.length === 0) return {};
  const offered = textsOf(commonTls(context, 'alpn_protocols'));
  const alpn = wanted.length > 0 ? wanted : offered;
  const demandsCertificate = context?.require_client_certificate === true;
  const [sni, ...otherNames] = names;
  return {
    tls: {
      ...given({ sni }),
      ...(alpn.length > 0 && { alpn: alpn.includes('http/1.1') ? ['http/1.1'] : alpn.slice(0, 1) }),
      ...(demandsCertificate && { clientCertificate: true }),
    },
    ...{ alpn, demandsCertificate, otherNames },
    terminates: context !== undefined,
  };
}

function commonTls(context: JsonObject | undefined, field: string): Json | undefined {
  return objectAt(context, 'common_tls_context')?.[field];
}

function textsOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
