import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { textAt } from '../util/json.ts';
import { readConfigDump } from './config-dump.ts';

/** The page of an Envoy with a listener, a cluster, endpoints, routes and a secret from files each. */
const SAMPLE = readFileSync(new URL('config-dump.sample.json', import.meta.url), 'utf8');

test('static and dynamic resources are together, by kind', () => {
  const dump = readConfigDump(SAMPLE);
  expect(textAt(dump.bootstrap, 'node', 'id')).toBe('node1');
  expect(dump.listeners.map(({ name }) => name)).toEqual(['in', 'dyn']);
  expect(dump.clusters.map(({ name }) => name)).toEqual(['backend', 'dync']);
  expect(dump.endpoints.map((each) => each.cluster_name)).toEqual(['backend', 'dync']);
  expect(dump.routes).toEqual([
    {
      name: 'api',
      virtual_hosts: [
        { name: 'v', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'backend' } }] },
      ],
    },
  ]);
  expect(dump.secrets).toEqual([
    { name: 'token', generic_secret: { secret: { inline_string: '[redacted]' } } },
    { name: 'server', tls_certificate: expect.anything() },
  ]);
  expect(dump.filters).toEqual([]);
});

test('resources have no type of their own, as static ones have none', () => {
  const { listeners, clusters, routes, secrets, endpoints } = readConfigDump(SAMPLE);
  for (const resource of [listeners, clusters, routes, secrets, endpoints].flat())
    expect(resource).not.toHaveProperty('@type');
});

test('an active resource hides the warming one of the same name; unnamed ones are kept', () => {
  const listener = (port: number, name?: string) => ({ listener: { name, address: { port } } });
  const text = JSON.stringify({
    configs: [
      { bootstrap: {} },
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump',
        static_listeners: [listener(1), listener(2)],
        dynamic_listeners: [
          { warming_state: listener(3, 'a') },
          { active_state: listener(4, 'a'), draining_state: listener(5, 'a') },
        ],
      },
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.EcdsConfigDump',
        ecds_filters: [{ ecds_filter: { '@type': 'x', name: 'lua', typed_config: {} } }],
      },
    ],
  });
  const { listeners, filters } = readConfigDump(text);
  expect(listeners.map(({ address }) => address)).toEqual([{ port: 1 }, { port: 2 }, { port: 4 }]);
  expect(filters).toEqual([{ name: 'lua', typed_config: {} }]);
});

test('a dump below a field of another program is read', () => {
  expect(readConfigDump(JSON.stringify({ config_dump: { configs: [{ bootstrap: { node: {} } }] } })).bootstrap).toEqual(
    {
      node: {},
    },
  );
});

test.each([
  ['', 'the config dump is not JSON: Unexpected end of JSON input'],
  ['[]', 'the config dump has no list `configs`; save the page `/config_dump?include_eds` of an Envoy'],
  [
    '{"configs": [{"@type": "x"}]}',
    'the config dump has no bootstrap; save the page `/config_dump?include_eds` without a filter',
  ],
])('%j is no config dump', (text, message) => {
  expect(() => readConfigDump(text)).toThrow(message);
});
