import { expect, test } from 'vitest';
import { controlPlanesOf } from './control-planes.ts';
import { guardsSet, removedGuardsIn } from './guard-layers.ts';
import { loadOverlay, nodeArguments } from './overlay.ts';

test('control planes are found with what comes from them, and their addresses', () => {
  const grpc = (cluster: string) => ({
    api_config_source: { api_type: 'GRPC', grpc_services: [{ envoy_grpc: { cluster_name: cluster } }] },
  });
  const config = {
    dynamicResources: {
      adsConfig: { grpcServices: { envoyGrpc: { clusterName: 'xds' } } },
      ldsConfig: { ads: {} },
      cdsConfig: { ads: {} },
    },
    static_resources: {
      listeners: [
        { tls: { sds_config: grpc('sds') } },
        { tls: { sds_config: { path_config_source: { path: '/x' } } } },
      ],
      clusters: [
        { name: 'xds', load_assignment: [{ address: { socket_address: { address: 'control', port_value: 18000 } } }] },
        { name: 'sds', load_assignment: [{ address: { pipe: { path: '/sds.sock' } } }] },
      ],
    },
  };
  expect(controlPlanesOf(config)).toEqual([
    { name: 'cluster xds at control:18000', resources: ['listeners', 'clusters'] },
    { name: 'cluster sds at /sds.sock', resources: ['secrets'] },
  ]);
});

test('guards that static layers set, nested or not; later layers count', () => {
  const layers = [
    {
      name: 'a',
      static_layer: { 'envoy.reloadable_features.x': true, envoy: { restart_features: { y: false } }, other: 1 },
    },
    { name: 'b', static_layer: { 'envoy.reloadable_features.x': false } },
  ];
  expect(guardsSet({ layered_runtime: { layers } })).toEqual({
    'envoy.reloadable_features.x': false,
    'envoy.restart_features.y': false,
  });
  expect(removedGuardsIn('Details: Using a removed guard envoy.reloadable_features.x. In future')).toEqual([
    'envoy.reloadable_features.x',
  ]);
});

test('the overlay has a free admin port, guards, and the default log format where the config has another', () => {
  expect(loadOverlay({})).toEqual({
    port: 19000,
    overlay: '{"admin":{"address":{"socket_address":{"address":"127.0.0.1","port_value":19000}}}}',
  });
  const config = { a: { portValue: 19000 }, application_log_config: { log_format: { json_format: {} } } };
  const { port, overlay } = loadOverlay(config, { g: false });
  expect(port).toBe(19001);
  expect(JSON.parse(overlay)).toMatchObject({
    layered_runtime: { layers: [{ name: 'admin' }, { static_layer: { g: false } }] },
    application_log_config: { log_format: { text_format: expect.any(String) } },
  });
  expect(nodeArguments({ node: { id: 'a' } })).toEqual(['--service-cluster', 'check']);
});
