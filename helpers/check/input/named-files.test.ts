import { expect, test } from 'vitest';
import { parseConfig } from './config-document.ts';
import { luaCode, luaModules, namedFiles } from './named-files.ts';
import { placeFiles } from './place-files.ts';

const TLS = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext';
const FILE_LOG = 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog';

const CONFIG = `
admin: { access_log_path: /var/log/admin.log, address: { pipe: { path: /var/run/admin.sock } } }
layeredRuntime:
  layers: [{ name: d, diskLayer: { symlinkRoot: /srv/runtime, subdirectory: envoy } }]
staticResources:
  listeners:
    filterChains:
    - filterChainMatch: { serverNames: [a.example.com] }
      filters:
        typedConfig:
          accessLog: { typedConfig: { '@type': '${FILE_LOG}', path: /logs/a.log } }
          routeConfig: { virtualHosts: [{ routes: [{ match: { path: /certs/a.crt } }] }] }
          rds: { routeConfigName: api, configSource: { pathConfigSource: { path: /xds/rds.yaml } } }
      transportSocket:
        typedConfig:
          '@type': '${TLS}'
          commonTlsContext:
            tlsCertificates:
            - certificateChain: { filename: /certs/a.crt }
              privateKey: { filename: /certs/a.key }
            validationContextSdsSecretConfig: { name: ca, sdsConfig: { path: /xds/ca.yaml } }
  clusters:
  - name: dynamic
    edsClusterConfig: { edsConfig: { path_config_source: { path: /xds/eds.yaml } } }
`;

test('files are found by their fields, in snake_case and camelCase', () => {
  const { value } = parseConfig(CONFIG, 'x.yaml');
  const found = namedFiles(value).map(({ path, role, document, pair, below, serverNames }) =>
    [path, role, document?.kind, document?.name, pair, below, ...serverNames]
      .filter((part) => part !== undefined)
      .join(' '),
  );
  expect(found).toEqual([
    '/var/log/admin.log log',
    '/var/run/admin.sock socket',
    '/srv/runtime runtime envoy',
    '/logs/a.log log a.example.com',
    '/xds/rds.yaml document routes api a.example.com',
    '/certs/a.crt certificate /certs/a.key a.example.com',
    '/certs/a.key private key /certs/a.crt a.example.com',
    '/xds/ca.yaml document validation context ca a.example.com',
    '/xds/eds.yaml document endpoints dynamic',
  ]);
});

test('files are placed below a folder, in the config and in documents; equal texts in other fields stay', () => {
  const sds = JSON.stringify({
    resources: [{ name: 'ca', validation_context: { trusted_ca: { filename: '/certs/ca.crt' } } }],
  });
  const files = { '/certs/a.crt': 'C', '/certs/ca.crt': 'A', '/xds/ca.yaml': sds, '/srv/runtime/envoy/x': '1' };
  const placed = placeFiles(parseConfig(CONFIG, 'x.yaml'), files, '/root');
  expect(placed.text).toContain('certificateChain: { filename: "/root/certs/a.crt" }');
  expect(placed.text).toContain('symlinkRoot: "/root/srv/runtime"');
  expect(placed.text).toContain('match: { path: /certs/a.crt }');
  expect(placed.text).toContain('privateKey: { filename: /certs/a.key }');
  expect(placed.files.map(({ path }) => path)).toEqual(Object.keys(files).map((path) => `/root${path}`));
  expect(placed.files[2]?.text).toContain('"/root/certs/ca.crt"');
});

test('Lua modules are found, and their folder is in the path of the code that loads them', () => {
  const text = `
a:
  inline_code: |
    local m = require("lib.mod")
    function envoy_on_request(handle) end
`;
  const config = parseConfig(text, 'x.yaml');
  expect(luaModules(luaCode(config.value))).toEqual(['/lib/mod.lua']);
  const placed = placeFiles(config, { '/lib/mod.lua': 'return {}' }, '/root');
  expect(placed.text).toContain('"package.path = \\"/root/?.lua;\\" .. package.path; local m = require');
});
