import { expect, test } from 'vitest';
import { pod, router, sameHost, scenario } from '../scenario/scenario.ts';
import { flowchartOf, listenersIn, missingIn } from './flowchart.ts';

const spec = {
  ...{ slug: 'a', task: 'forward' as const, title: 'A', requirement: 'It holds.', purpose: '' },
  origin: { chapter: 'original-dst' as const, changed: '' },
};

const CONFIG = `
static_resources:
  listeners:
    - address: { socket_address: { address: 0.0.0.0, port_value: 4999 } }
    - address: { socket_address: { address: "::", port_value: 8443 } }`;

test('the listeners of a config', () => {
  expect(listenersIn(CONFIG)).toEqual(['0.0.0.0:4999', '[::]:8443']);
  expect(listenersIn('admin: {}')).toEqual([]);
});

test('on one host: its programs, and an arrow to each upstream with the addresses of both ends', () => {
  const topology = sameHost({
    upstreams: { blue: { port: 80, httpsPort: 443 }, bytes: { port: 5000, protocol: 'tcp' } },
  });
  const chapter = scenario({ ...spec, topology, envoy: { config: 'a.yaml', uid: 101 }, needs: ['ipv6'] });
  const chart = flowchartOf(chapter, CONFIG).split('\n');
  expect(chart).toEqual(
    expect.arrayContaining([
      '  subgraph host_host["host"]',
      '    host_host_envoy["Envoy, uid 101<br>listens on 0.0.0.0:4999<br>listens on [::]:8443"]',
      '  host_blue_serves["blue<br>HTTP on port 80<br>TLS on port 443"]',
      '  host_bytes_serves["bytes<br>bytes on port 5000"]',
      '  host_host_downstream --> host_host_envoy',
      '  host_host_envoy -->|"to-blue 198.51.100.1<br>2001:db8:2::1<br>eth0 198.51.100.10<br>2001:db8:2::10"| host_blue_serves',
    ]),
  );
  expect(chart.join('\n')).not.toContain('rules');
});

test('in a pod: an upstream beside Envoy is on its host, and one host has all others', () => {
  const topology = pod({
    upstreams: {
      app: { port: 5000, endpoints: [{ address: '192.0.2.1', port: 5000, onEnvoyHost: true }] },
      peer: { port: 80, endpoints: [{ address: '203.0.113.1', port: 80 }] },
    },
  });
  const chapter = scenario({ ...spec, topology, envoy: { config: 'a.yaml', uid: 1337 }, netfilter: '*nat\nCOMMIT' });
  const chart = flowchartOf(chapter, CONFIG);
  for (const line of [
    '    host_pod_serves_app["app<br>HTTP on port 5000"]',
    '    host_upstreams_serves_peer["peer<br>HTTP on port 80"]',
    '  host_pod_envoy -->|"to-upstreams 198.51.100.1<br>eth0 198.51.100.2"| host_upstreams_serves_peer',
    '  host_pod_envoy --> host_pod_serves_app',
  ])
    expect(chart).toContain(line);
  const end = (name: string, address: string) => ({ interface: name, addresses: [address] });
  const links = [{ from: end('to-downstream', '192.0.2.1'), to: end('eth0', '192.0.2.10') }];
  expect(
    missingIn(chart, { links, envoy: { listeners: ['0.0.0.0:4999'] } } as Parameters<typeof missingIn>[1]),
  ).toEqual([]);
});

test('a config that repeats a part by more than 100 aliases has its listeners', () => {
  const aliases = Array(101).fill('*part').join(', ');
  expect(listenersIn(`x: &part [1]\ny: [${aliases}]\n${CONFIG}`)).toHaveLength(2);
});

test('on a router: the downstream is a host of its own, and a request passes rules and policy routing', () => {
  const topology = router({ upstreams: { blue: { port: 80 } } });
  const chart = flowchartOf(
    scenario({
      ...{ ...spec, topology, envoy: { config: 'a.yaml', uid: 0, capabilities: ['NET_ADMIN'] } },
      ...{ routing: ['rule add fwmark 0x1 lookup 100'], netfilter: '*mangle\nCOMMIT' },
      stubs: { authz: { response: {} }, metadata: { versions: ['v2'] } },
    }),
    CONFIG,
  );
  expect(chart).toContain('host_router_envoy["Envoy, uid 0 with NET_ADMIN<br>');
  expect(chart).toContain('host_router_routing["policy routing"]');
  expect(chart).toContain(
    'host_downstream_downstream -->|"eth0 192.0.2.10<br>to-downstream 192.0.2.1"| host_router_rules --> host_router_routing --> host_router_envoy\n',
  );
  expect(chart).toContain('host_router_envoy -->|"check"| host_router_authz\n');
  expect(chart).toContain(
    'host_router_authz -->|"to-metadata 198.51.100.1<br>eth0 169.254.169.254"| host_metadata_metadata',
  );
});

test('a link or listener of a running lab that its flowchart lacks is found', () => {
  const topology = sameHost({ upstreams: { blue: { port: 80 } } });
  const chart = flowchartOf(scenario({ ...spec, topology, envoy: { config: 'a.yaml', uid: 101 } }), CONFIG);
  const link = (address: string) => ({
    from: { host: 'host', interface: 'to-blue', addresses: ['2001:db8:2::1', '198.51.100.1'] },
    to: { host: 'blue', interface: 'eth0', addresses: [address] },
  });
  const envoy = { version: '1.40.0', host: 'host', uid: 101, admin: '', listeners: ['0.0.0.0:4999', '[::]:8443'] };
  expect(missingIn(chart, { links: [link('198.51.100.10')], envoy })).toEqual([]);
  expect(missingIn(chart, { links: [link('198.51.100.20')], envoy: { ...envoy, listeners: ['0.0.0.0:80'] } })).toEqual([
    'eth0 198.51.100.20',
    'listens on 0.0.0.0:80',
  ]);
});
