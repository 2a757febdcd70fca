import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { requestsOf } from '../check/requests/requests-of.ts';
import type { ConfigDump } from '../envoy/config-dump.ts';
import type { CapturedRules } from '../netfilter/captured-rules.ts';
import { withComments } from '../netfilter/generated-comments.ts';
import { edge, scenario } from '../scenario/scenario.ts';
import type { JsonObject } from '../util/json.ts';
import { underRules } from './under-rules.ts';

const sample = (name: string): string =>
  readFileSync(new URL(`../../fixtures/samples/mesh/${name}`, import.meta.url), 'utf8');

const SIDECAR: CapturedRules = {
  ...{ file: 'sidecar.rules', tool: 'iptables-nft', netfilter6: '', nft: [], ipsets: '' },
  netfilter: withComments(sample('sidecar.rules').replace(/^#.*\n/gm, '')),
  ...{ routing: [], sysctls: { 'net.ipv4.ip_forward': '1' }, modules: [], rules: 15, notes: ['it ended with 1'] },
};

const DUMP: ConfigDump = {
  ...{ bootstrap: {}, clusters: [], routes: [], secrets: [], endpoints: [], filters: [] },
  listeners: (parse(sample('sidecar.yaml')) as { static_resources: { listeners: JsonObject[] } }).static_resources
    .listeners,
};

const WORLD = scenario({
  ...{ slug: 'mesh', task: 'forward', title: '', requirement: '', purpose: '' },
  topology: edge({ upstreams: { peer: { port: 80, endpoints: [{ anywhere: true }] } } }),
  envoy: { config: 'sidecar.yaml', text: '', uid: 101 },
});

test('a sidecar is a pod: Envoy runs as the exempt user, and the app has the ports that chains match', () => {
  const { scenario, topology, notes } = underRules(WORLD, SIDECAR, DUMP);
  expect(topology).toBe('pod');
  expect(scenario).toMatchObject({
    topology: { kind: 'pod', sysctls: { 'net.ipv4.ip_forward': '1' }, upstreams: { app: { port: 5000 } } },
    envoy: { uid: 1337, capabilities: [] },
    captured: { tool: 'iptables-nft', nft: [], ipsets: '' },
  });
  expect(notes).toEqual([
    'sidecar.rules: it ended with 1.',
    'The rules are loaded by iptables-nft, and Envoy runs as uid 1337, which they exempt.',
    'The topology is pod: the rules capture connections that arrive and connections that programs of the host open.',
  ]);
});

test('requests of the capture: outbound, exempt, inbound, self-call, local, loop', () => {
  const { requests } = underRules(WORLD, SIDECAR, DUMP);
  expect(requests.map(({ from, address, sender, uid }) => [from, address, sender, uid])).toEqual([
    ['rules: outbound', '203.0.113.80:80', 'app', 1000],
    ['rules: exempt', '203.0.113.80:80', 'app', 1337],
    ['rules: inbound', '192.0.2.1:5000', undefined, undefined],
    ['rules: self-call', '192.0.2.1:5000', 'app', 1000],
    ['rules: local', '127.0.0.1:5000', 'app', 1000],
    ['rules: loop', '192.0.2.1:15001', 'app', 1000],
    ['rules: loop', '192.0.2.1:15001', undefined, undefined],
    ['rules: loop', '192.0.2.1:15006', 'app', 1000],
    ['rules: loop', '192.0.2.1:15006', undefined, undefined],
  ]);
  expect(new Set(requests.map(({ code }) => code)).size).toBe(requests.length);
  expect(new Set(requests.map(({ title }) => title)).size).toBe(requests.length);
});

test('derived requests go to captured destinations, the outbound ones from the app', () => {
  const { reach, sent } = underRules(WORLD, SIDECAR, DUMP);
  const { requests, notSeen } = requestsOf(DUMP, reach);
  expect(notSeen.filter(({ kind }) => kind === 'listener')).toEqual([]);
  const places = new Set(sent(requests).map(({ address, sender = 'downstream' }) => `${sender} → ${address}`));
  expect([...places].sort()).toEqual([
    'app → 203.0.113.80:15001',
    'app → 203.0.113.80:443',
    'app → 203.0.113.80:80',
    'downstream → 192.0.2.1:15006',
    'downstream → 192.0.2.1:5000',
    'downstream → 192.0.2.1:8080',
  ]);
});

test('the rules choose the topology, an option overrides them', () => {
  const nat = (...rules: string[]): CapturedRules => ({
    ...SIDECAR,
    netfilter: withComments(`*nat\n${rules.join('\n')}\nCOMMIT\n`),
    notes: [],
  });
  const topologyOf = (rules: CapturedRules): string => underRules(WORLD, rules, DUMP).topology;
  const inbound = '-A PREROUTING -i eth0 -p tcp -j REDIRECT --to-ports 15006';
  const outbound = '-A OUTPUT -p tcp -m owner ! --uid-owner 0 -j REDIRECT --to-ports 15001';
  expect(topologyOf(nat(inbound, outbound))).toBe('pod');
  expect(topologyOf(nat(inbound))).toBe('router');
  expect(topologyOf(nat(outbound))).toBe('sameHost');
  expect(topologyOf(nat('-A OUTPUT -j RETURN'))).toBe('edge');
  const overridden = underRules(WORLD, nat(inbound), DUMP, { topology: 'pod', uids: { envoy: 5 } });
  expect(overridden.scenario).toMatchObject({ topology: { kind: 'pod' }, envoy: { uid: 5 } });
  expect(overridden.notes).toContain('The interface eth0 of the rules is to-downstream in the lab.');
  expect(underRules(WORLD, nat(outbound), DUMP).scenario.envoy?.uid).toBe(0);
});

test('Envoy has the mark that rules exempt, where they exempt no user; rules that capture it are refused', () => {
  const rules = (exempt: string): CapturedRules => ({
    ...SIDECAR,
    netfilter: withComments(`*nat\n-A OUTPUT -p tcp${exempt} -j REDIRECT --to-ports 15001\nCOMMIT\n`),
  });
  const marked = underRules(WORLD, rules(' -m mark ! --mark 0x539/0xfff'), DUMP);
  expect(marked.scenario.captured).toMatchObject({ marked: { uid: 101, mark: 0x539 } });
  expect(marked.notes).toContain(
    'The rules are loaded by iptables-nft, and Envoy runs as uid 101; its connections get the mark 0x539, which they exempt.',
  );
  expect(() => underRules(WORLD, rules(''), DUMP)).toThrow(
    'sidecar.rules: the rules capture the connections of Envoy (uid 101) too, so that they would come back to it without end; name a user that they exempt: --uid envoy=1337',
  );
});

test('a capturing listener without a chain for its own port would loop: such connections are refused', () => {
  const listeners = DUMP.listeners.map((listener) =>
    listener.name === 'virtual_outbound' ? { ...listener, filter_chains: [{ filters: [] }] } : listener,
  );
  const { scenario, notes } = underRules(WORLD, SIDECAR, {
    ...{ ...DUMP, listeners },
    clusters: [{ name: 'passthrough', type: 'ORIGINAL_DST' }],
  });
  expect(scenario.topology.refused).toEqual([15001]);
  expect(notes.at(-1)).toContain('The listener on 15001 has no filter chain for destination port 15001');
});

test('rules that drop every connection from outside are refused in one line', () => {
  const closed = '*filter\n:INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n';
  const rules = { ...SIDECAR, netfilter: withComments(closed) };
  expect(() => underRules(WORLD, rules, DUMP)).toThrow(
    "sidecar.rules: the rules drop every connection to Envoy's listeners (policy of filter INPUT), so no request could be answered",
  );
  const open = closed.replace('COMMIT', '-A INPUT -p tcp -m tcp --dport 15006 -j ACCEPT\nCOMMIT');
  expect(underRules(WORLD, { ...rules, netfilter: withComments(open) }, DUMP).topology).toBe('edge');
});

test('requests to a router go beyond it: Envoy would dial its own address again', () => {
  const tproxy = '*mangle\n-A PREROUTING -p tcp --dport 80 -j TPROXY --on-port 4999 --tproxy-mark 0x1/0x1\nCOMMIT\n';
  const routing = ['rule add fwmark 0x1 lookup 100', 'route add local 0.0.0.0/0 dev lo table 100'];
  const address = { socket_address: { address: '0.0.0.0', port_value: 4999 } };
  const dump = { ...DUMP, listeners: [{ name: 'proxy', address, filter_chains: [{ filters: [] }] }] };
  const { topology, reach } = underRules(WORLD, { ...SIDECAR, netfilter: withComments(tproxy), routing }, dump);
  expect(topology).toBe('router');
  expect(reach.destinations?.[4999]).toEqual(['203.0.113.80:80', '192.0.2.1:4999']);
});
