import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readConfigDump } from '../../envoy/config-dump.ts';
import { Authority } from '../../util/authority.ts';
import { staticConfig } from './from-dump.ts';

const SAMPLE = readFileSync(new URL('../../envoy/config-dump.sample.json', import.meta.url), 'utf8');

test('a dump becomes a bootstrap without dynamic resources; redacted secrets are new ones', async () => {
  const { bootstrap, notes } = await staticConfig(readConfigDump(SAMPLE), await Authority.create('lab'));
  expect(bootstrap).not.toHaveProperty('dynamic_resources');
  const text = JSON.stringify(bootstrap);
  for (const gone of ['sds_config', '"rds"', 'eds_config', 'redacted', 'W3JlZGFjdGVkXQ'])
    expect(text).not.toContain(gone);
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
      { name: 'server', tls_certificate: { private_key: { inline_string: expect.stringContaining('PRIVATE KEY') } } },
    ],
  });
  expect(notes).toEqual([
    'The secret token is redacted in the dump; it is a new one.',
    'The secret server is redacted in the dump; it is a new one.',
  ]);
});
