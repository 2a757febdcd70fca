import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readConfigDump } from '../../envoy/config-dump.ts';
import { Authority } from '../../util/authority.ts';
import { staticConfig } from './from-dump.ts';

const SAMPLE = readFileSync(new URL('../../envoy/config-dump.sample.json', import.meta.url), 'utf8');

test('routes and filters of a control plane are inline; it and extensions of other distributions are left out', async () => {
  const hcm = {
    '@type': 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    rds: { route_config_name: 'r', config_source: { ads: {} } },
    http_filters: [
      { name: 'found', config_discovery: { config_source: { ads: {} } } },
      { name: 'istio.stats', typed_config: { '@type': 'type.googleapis.com/stats.PluginConfig' } },
      {
        name: 'struct',
        typed_config: {
          '@type': 'type.googleapis.com/udpa.type.v1.TypedStruct',
          type_url: 'type.googleapis.com/envoy.tcp.metadata_exchange.config.MetadataExchange',
        },
      },
    ],
  };
  const grpc = { envoy_grpc: { cluster_name: 'xds' } };
  const { bootstrap, notes } = await staticConfig(
    {
      bootstrap: {
        node: { id: 'a', hidden_envoy_deprecated_build_version: 'x', extensions: [{}] },
        dynamic_resources: { ads_config: { grpc_services: [grpc] } },
        layered_runtime: {
          layers: [
            { name: 'a', static_layer: {} },
            { name: 'b', rtds_layer: {} },
          ],
        },
      },
      listeners: [{ name: 'l', filter_chains: [{ filters: [{ name: 'h', typed_config: hcm }] }] }],
      clusters: [
        { name: 'xds', type: 'STATIC' },
        { name: 'named', type: 'EDS', eds_cluster_config: { service_name: 's' } },
      ],
      routes: [{ name: 'r', virtual_hosts: [] }],
      filters: [{ name: 'found', typed_config: { '@type': 'type.googleapis.com/envoy.extensions.a.v3.A' } }],
      endpoints: [
        {
          cluster_name: 's',
          endpoints: [
            { lb_endpoints: [{ endpoint: { address: { socket_address: { address: 'backend', port_value: 1 } } } }] },
          ],
        },
      ],
      secrets: [],
    },
    await Authority.create('lab'),
  );
  expect(bootstrap).toEqual({
    node: { id: 'a' },
    layered_runtime: { layers: [{ name: 'a', static_layer: {} }] },
    static_resources: {
      listeners: [
        {
          name: 'l',
          filter_chains: [
            {
              filters: [
                {
                  name: 'h',
                  typed_config: {
                    '@type': hcm['@type'],
                    route_config: { name: 'r', virtual_hosts: [] },
                    http_filters: [
                      { name: 'found', typed_config: { '@type': 'type.googleapis.com/envoy.extensions.a.v3.A' } },
                    ],
                  },
                },
              ],
            },
          ],
        },
      ],
      clusters: [
        { name: 'named', type: 'STRICT_DNS', load_assignment: expect.objectContaining({ cluster_name: 'named' }) },
      ],
    },
  });
  expect(notes).toEqual([
    'The control plane xds is left out.',
    'The extension istio.stats (stats.PluginConfig) is no part of Envoy, and is left out.',
    'The extension struct (envoy.tcp.metadata_exchange.config.MetadataExchange) is no part of Envoy, and is left out.',
  ]);
});

test('a dump becomes a bootstrap without dynamic resources; redacted secrets are new ones', async () => {
  const { bootstrap, files, notes } = await staticConfig(readConfigDump(SAMPLE), await Authority.create('lab'));
  expect(bootstrap).not.toHaveProperty('dynamic_resources');
  const text = JSON.stringify(bootstrap);
  for (const gone of ['"rds"', 'eds_config', 'redacted', 'W3JlZGFjdGVkXQ']) expect(text).not.toContain(gone);
  expect(bootstrap.static_resources).toMatchObject({
    listeners: [
      {
        name: 'in',
        filter_chains: [
          { filters: [{ typed_config: { route_config: { name: 'api', virtual_hosts: [{ name: 'v' }] } } }] },
        ],
      },
      { name: 'dyn' },
    ],
    clusters: [
      {
        name: 'backend',
        type: 'STATIC',
        load_assignment: {
          cluster_name: 'backend',
          endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: '10.0.0.1' } } } }] }],
        },
      },
      { name: 'dync', type: 'STATIC' },
    ],
    secrets: [
      { name: 'token', generic_secret: { secret: { inline_string: expect.stringMatching(/^[0-9a-f]{32}$/) } } },
    ],
  });
  expect(text).toContain('"sds_config":{"path_config_source":{"path":"/secrets/server.json"}');
  expect(JSON.parse(files['/secrets/server.json'] ?? '').resources).toMatchObject([
    { name: 'server', tls_certificate: { private_key: { inline_string: expect.stringContaining('PRIVATE KEY') } } },
  ]);
  expect(notes).toEqual([
    'The secret token is redacted in the dump; it is a new one.',
    'The secret server is redacted in the dump; it is a new one.',
  ]);
});
