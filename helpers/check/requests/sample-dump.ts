import type { ConfigDump } from '../../envoy/config-dump.ts';
import type { JsonObject } from '../../util/json.ts';

/** A message with its type. */
export const typed = (type: string, config: JsonObject = {}): JsonObject => ({
  '@type': `type.googleapis.com/x.v3.${type}`,
  ...config,
});

export function dumpOf(listeners: JsonObject[]): ConfigDump {
  return { bootstrap: {}, listeners, clusters: [], routes: [], secrets: [], endpoints: [], filters: [] };
}

export function socket(port: number, address = '0.0.0.0', protocol = 'TCP'): JsonObject {
  return { socket_address: { address, port_value: port, protocol } };
}

/** A listener with one HTTP connection manager. */
export function ingress(
  hosts: JsonObject[],
  { chain = {}, filters = [] }: { chain?: JsonObject; filters?: JsonObject[] } = {},
): JsonObject {
  const manager = typed('HttpConnectionManager', {
    stat_prefix: 'ingress',
    route_config: { name: 'routes', virtual_hosts: hosts },
    http_filters: [...filters, { name: 'router', typed_config: typed('Router') }],
  });
  return {
    name: 'ingress',
    address: socket(8080),
    filter_chains: [{ ...chain, filters: [{ name: 'hcm', typed_config: manager }] }],
  };
}

export const TO_BLUE: JsonObject = { route: { cluster: 'blue' } };

/** A listener of each kind, with TLS and filters. */
export const SAMPLE_DUMP: ConfigDump = dumpOf([
  ingress([{ name: 'api', domains: ['*.example.com'], routes: [{ match: { prefix: '/api' }, ...TO_BLUE }] }], {
    chain: {
      filter_chain_match: { server_names: ['a.test'] },
      transport_socket: {
        typed_config: typed('DownstreamTlsContext', { common_tls_context: { alpn_protocols: ['h2', 'http/1.1'] } }),
      },
    },
    filters: [{ name: 'authz', typed_config: typed('ExtAuthz') }],
  }),
  {
    name: 'redis',
    address: socket(6379, '127.0.0.1'),
    listener_filters: [{ name: 'proxy', typed_config: typed('ProxyProtocol') }],
    filter_chains: [{ filters: [{ name: 'redis', typed_config: typed('RedisProxy') }] }],
  },
  { name: 'udp', address: socket(53, '0.0.0.0', 'UDP') },
]);
