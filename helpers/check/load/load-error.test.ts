import { expect, test } from 'vitest';
import { parseConfig } from '../input/config-document.ts';
import { loadError, loadErrorIn } from './load-error.ts';
import { version2In } from './version-2.ts';

const CONFIG = parseConfig(
  `static_resources:
  listeners:
  - name: first
    address: { socketAddress: { address: 0.0.0.0, portValue: 80 } }
    filterChains:
    - filters:
      - name: envoy.filters.network.tcp_proxy
        typed_config: { '@type': type.googleapis.com/envoy.a.v3.B, cluster: unknown }
  clusters:
  - name: ''
    hosts: []
`,
  'x.yaml',
);

const error = (message: string): string => {
  const { field = '-', line = '-', why } = loadError(message, CONFIG);
  return `${field} ${line} ${why}`;
};

test.each([
  [
    "Protobuf message (type envoy.config.bootstrap.v3.Bootstrap reason INVALID_ARGUMENT: invalid JSON in envoy.config.bootstrap.v3.Bootstrap @   static_resources.clusters[0]: message   envoy.config.cluster.v3.Cluster,  near 1:64 (offset 63):  no such   field:   'hosts') has unknown fields",
    'static_resources.clusters[0].hosts 11 static_resources.clusters[0] has no field "hosts"',
  ],
  [
    'Unable to parse JSON as proto (INVALID_ARGUMENT: invalid JSON in envoy.config.bootstrap.v3.Bootstrap @ static_resources.listeners[0].address.socket_address.port_value:   uint32, near  1:264 (offset 263): invalid number: \'x\'): {"static_resources":{}',
    "static_resources.listeners[0].address.socket_address.port_value 4 static_resources.listeners[0].address.socket_address.port_value: invalid number: 'x'",
  ],
  [
    'Proto constraint validation failed (BootstrapValidationError.StaticResources: embedded message failed validation | caused by StaticResourcesValidationError.Clusters[0]: embedded message failed validation | caused by ClusterValidationError.Name: value length must be at least 1 characters): name: ""',
    'static_resources.clusters[0].name 10 static_resources.clusters[0].name: value length must be at least 1 characters',
  ],
  [
    "Didn't find a registered implementation for 'envoy.filters.network.tcp_proxy' with type URL: ''",
    '- 7 filter or extension "envoy.filters.network.tcp_proxy" has no typed_config',
  ],
  [
    "Unable to parse JSON as proto (INVALID_ARGUMENT: could not find @type 'type.googleapis.com/envoy.a.v3.B'): {}",
    '- 8 this build of Envoy lacks the type envoy.a.v3.B; extensions in contrib are in images envoyproxy/envoy:contrib-v…, which `--envoy-image` runs',
  ],
  [
    "Unable to parse JSON as proto (INVALID_ARGUMENT: could not find @type 'type.googleapis.com/stats.PluginConfig'): {}",
    '- - this build of Envoy lacks the type stats.PluginConfig, which is of another distribution; run that one with `--envoy-image`',
  ],
  ["tcp: unknown cluster 'unknown'", "- 8 tcp: unknown cluster 'unknown'"],
  [
    "listener '88854cb1-5af1-4cd5-b437-80872ad21cab' failed to bind: cannot bind '0.0.0.0:80': Address already in use",
    "- 4 unnamed listener failed to bind: cannot bind '0.0.0.0:80': Address already in use",
  ],
])('%s', (message, expected) => {
  expect(error(message)).toBe(expected);
});

test('the reason is the first critical message of the log', () => {
  const log = `[2026-11-29 01:00:00.000][1][info][main] [a.cc:1] start
[2026-11-29 01:00:00.000][1][critical][main] [a.cc:1] error \`unknown cluster 'unknown'\` initializing config 'goo.gle/debugonly
 {} x.yaml'
[2026-11-29 01:00:00.000][1][info][main] [a.cc:1] exiting
`;
  expect(loadErrorIn(log, CONFIG)).toEqual({ why: "unknown cluster 'unknown'", line: 8 });
  expect(loadErrorIn('', CONFIG)).toBeUndefined();
});

test.each([
  ['static_resources: { clusters: [{ name: a, hosts: [] }] }', 'static_resources.clusters[0].hosts', 'load_assignment'],
  [
    'staticResources: { clusters: [{ name: a, tlsContext: {} }] }',
    'static_resources.clusters[0].tls_context',
    'transport_socket',
  ],
  [
    'static_resources: { listeners: [{ filter_chains: [{ filters: [{ name: a, config: { x: 1 } }] }] }] }',
    'static_resources.listeners[0].filter_chains[0].filters[0].config',
    'typed_config',
  ],
  [
    "static_resources: { listeners: [{ a: { '@type': type.googleapis.com/envoy.config.filter.http.router.v2.Router } }] }",
    'static_resources.listeners[0].a.@type',
    'another type',
  ],
])('%s is of the v2 API', (text, field, instead) => {
  const found = version2In(parseConfig(text, 'x.yaml'));
  expect(found).toMatchObject({ field, line: 1 });
  expect(found?.why).toContain('Envoy removed the v2 API in 1.18');
  expect(found?.why).toContain(instead);
});

test('a v3 config is not of the v2 API', () => {
  expect(
    version2In(parseConfig('static_resources: { clusters: [{ name: a, load_assignment: {} }] }', 'x.yaml')),
  ).toBeUndefined();
});
