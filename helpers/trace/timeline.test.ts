import { expect, test } from 'vitest';
import type { MatchedRule } from '../netfilter/rule-trace.ts';
import type { Packet } from './pcap.ts';
import { type HostTrace, mergeTraces, type Timeline } from './timeline.ts';
import { describeEvent, formatTimeline, mermaidOf } from './timeline-text.ts';

const SYN: Packet = {
  ...{ at: 10, link: 2, direction: 'out', protocol: 'tcp', from: '192.0.2.10:4000', to: '198.51.100.10:80', id: 7 },
  ...{ flags: 'SYN', sequence: 1, acknowledged: 0, bytes: 0, text: '' },
};

function rule(chain: string, text: string, packet: Partial<MatchedRule['packet']>): MatchedRule {
  const { from, to, id, flags } = SYN;
  const comment = 'why; #1';
  return {
    ...{
      packet: { from, to, id, flags, ...packet },
      family: 'ipv4',
      table: 'mangle',
      chain,
      comment,
      verdict: 'CONTINUE',
    },
    text: `-A ${chain} -m comment --comment "${comment}" ${text}`,
  };
}

const SIGHTS: HostTrace[] = [
  {
    host: 'downstream',
    links: { 1: 'lo', 2: 'eth0' },
    packets: [SYN],
    rules: [rule('OUTPUT', '-j MARK', { out: 'eth0' })],
    notes: [],
  },
  {
    host: 'router',
    links: { 1: 'lo', 3: 'to-downstream' },
    packets: [{ ...SYN, at: 10.000_01, link: 3, direction: 'in' }],
    rules: [rule('PREROUTING', '-j TPROXY', { in: 'to-downstream', mark: '0x1' })],
    notes: [],
  },
];

const ROUTE = { host: 'router', from: SYN.from, to: SYN.to, mark: '0x1', text: 'local' };

test('a packet captured on two hosts is one event; egress rules precede it, ingress rules follow it', () => {
  const events = mergeTraces(SIGHTS, [{ at: 10.002, host: 'router', logger: 'filter', text: 'step' }], [ROUTE]);
  expect(events.map((event) => [event.atMs, event.host, event.kind])).toEqual([
    [0, 'downstream', 'rule'],
    [0, 'downstream', 'packet'],
    [0.01, 'router', 'rule'],
    [0.01, 'router', 'route'],
    [2, 'router', 'envoy'],
  ]);
  expect(events[1]).toMatchObject({ toHost: 'router' });
});

test('an undelivered packet is an event; a packet over lo goes to its own host', () => {
  const [downstream] = SIGHTS;
  if (!downstream) throw new Error('there is a trace');
  const looped: Packet = { ...SYN, at: 11, link: 1, direction: 'in', to: '127.0.0.1:80' };
  const alone = { ...downstream, packets: [SYN, looped], rules: [] };
  const router = { host: 'router', links: { 3: 'to-downstream' }, packets: [], rules: [], notes: [] };
  expect(mergeTraces([alone, router], [], [])).toMatchObject([
    { host: 'downstream', toHost: 'router', link: 'eth0' },
    { host: 'downstream', toHost: 'downstream', link: 'lo' },
  ]);
});

test('events without a valid time come last', () => {
  const note = (at: number | undefined, path: string) => ({ at, kind: 'access log' as const, entry: { path } });
  const [downstream] = SIGHTS;
  if (!downstream) throw new Error('there is a trace');
  const notes = [note(undefined, '/a'), note(Number.NaN, '/b'), note(10.003, '/c')];
  const events = mergeTraces([{ ...downstream, rules: [], notes }], [], []);
  expect(events.map(({ atMs }) => atMs)).toEqual([0, 3, 3, 3]);
  expect(events.map((event) => (event.kind === 'access log' ? event.entry.path : ''))).toEqual(['', '/c', '/a', '/b']);
  expect(mergeTraces([{ ...downstream, packets: [], rules: [], notes: [note(undefined, '/')] }], [], [])).toMatchObject(
    [{ atMs: 0 }],
  );
});

test('a redirected packet is matched by its unchanged end', () => {
  const trace: HostTrace = {
    host: 'host',
    links: { 1: 'lo', 2: 'to-blue' },
    packets: [{ ...SYN, link: 1, direction: 'in', to: '127.0.0.1:4999' }],
    rules: [rule('OUTPUT', '-j REDIRECT', { out: 'to-blue' })],
    notes: [],
  };
  expect(mergeTraces([trace], [], []).map(({ kind }) => kind)).toEqual(['rule', 'packet']);
});

test('a timeline is a sequence diagram for a terminal and for Mermaid', () => {
  const timeline: Timeline = {
    ...{ slug: 'a', envoy: '1.40.0', command: 'curl x', hosts: ['downstream', 'router'] },
    events: mergeTraces(SIGHTS, [], [ROUTE]),
    conntrack: [
      {
        ...{ host: 'router', protocol: 'tcp', nat: false },
        original: { source: SYN.from, destination: SYN.to },
        reply: { source: SYN.to, destination: SYN.from },
      },
    ],
    answer: { status: 0, stdout: 'HTTP/1.1 200 OK\r\n\r\nhello\n', stderr: '' },
    lacks: [],
  };
  expect(formatTimeline(timeline)).toBe(`a on Envoy 1.40.0: curl x

       ms  downstream    router
    0.000  ●             │  rule mangle OUTPUT “why; #1”: -j MARK
    0.000  │────────────▶│  SYN 192.0.2.10:4000 → 198.51.100.10:80
    0.010  │             ●  rule mangle PREROUTING “why; #1”: -j TPROXY, mark 0x1
    0.010  │             ●  route by mark 0x1: local

conntrack, router: 192.0.2.10:4000 → 198.51.100.10:80, no NAT

\`curl x\` ended with exit status 0
  HTTP/1.1 200 OK

  hello
`);
  expect(mermaidOf(timeline).split('\n').slice(0, 5)).toEqual([
    'sequenceDiagram',
    '  participant downstream',
    '  participant router',
    '  Note over downstream: rule mangle OUTPUT “why#59; #35;1”: -j MARK',
    '  downstream->>router: SYN 192.0.2.10:4000 → 198.51.100.10:80',
  ]);
});

test('each event of a stub or log is one line', () => {
  const at = { atMs: 0, host: 'host' };
  const peer = (address: string, port_value: number) => ({ address: { socket_address: { address, port_value } } });
  const request = { http: { method: 'GET', path: '/' } };
  const check = { attributes: { source: peer('2001:db8::1', 1), destination: peer('192.0.2.1', 2), request } };
  expect(describeEvent({ ...at, kind: 'check', check })).toBe(
    'the authorization service receives GET /, [2001:db8::1]:1 → 192.0.2.1:2',
  );
  const asked = { method: 'PUT', path: '/t', token: 'none' as const, status: 200, remote: '192.0.2.1:2' };
  expect(describeEvent({ ...at, kind: 'call', stub: 'jwks', text: 'GET /keys, answer 200' })).toBe(
    'the JWKS server receives GET /keys, answer 200',
  );
  expect(describeEvent({ ...at, kind: 'metadata', request: asked })).toBe(
    'the metadata service receives PUT /t from 192.0.2.1:2, returns 200',
  );
  const entry = { method: 'GET', response_code: 200, upstream_host: null, duration: 1 };
  expect(describeEvent({ ...at, kind: 'access log', entry })).toBe('Envoy logs method=GET response_code=200');
});
