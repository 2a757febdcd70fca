import { expect, test } from 'vitest';
import type { TimelineEvent } from '../trace/timeline.ts';
import { Lanes } from './lanes.ts';

const packet = (host: string, toHost: string, from: string, to: string, flags = 'SYN'): TimelineEvent => ({
  ...{ atMs: 0, kind: 'packet', host, toHost, from, to, flags, link: 'lo', protocol: 'tcp' },
  ...{ id: 1, sequence: 1, acknowledged: 0, bytes: 0, text: '' },
});

const rule = (host: string, from = '127.0.0.1:40000', to = '198.51.100.10:80'): TimelineEvent => ({
  ...{ atMs: 0, host, kind: 'rule', family: 'ipv4', table: 'nat', chain: 'OUTPUT', text: '', verdict: 'ACCEPT' },
  ...{ from, to },
});

const FIRST = packet('host', 'host', '127.0.0.1:40000', '127.0.0.1:4999');

test('on one host, an end belongs to the downstream, to Envoy or to a service by its port and by who opened the first connection', () => {
  const lanes = new Lanes({ envoy: '1.40.0', hosts: ['host', 'blue'], events: [FIRST] });
  expect(lanes.of(FIRST)).toEqual({ from: 'downstream', to: 'Envoy' });
  const answer = packet('host', 'host', '127.0.0.1:4999', '127.0.0.1:40000', 'SYN ACK');
  expect(lanes.of(answer)).toEqual({ from: 'Envoy', to: 'downstream' });
  const asked = packet('host', 'host', '127.0.0.1:40002', '127.0.0.1:5010');
  expect(lanes.of(asked)).toEqual({ from: 'Envoy', to: 'authorization service' });
  const metadata = packet('host', 'host', '127.0.0.1:40004', '169.254.169.254:80');
  expect(lanes.of(metadata)).toEqual({ from: 'authorization service', to: 'instance metadata' });
  const onwards = packet('host', 'blue', '198.51.100.1:40006', '198.51.100.10:80');
  expect(lanes.of(onwards)).toEqual({ from: 'Envoy', to: 'blue' });
  expect(lanes.of(rule('host'))).toEqual({ over: ['downstream', 'Envoy'] });
  expect(lanes.of(rule('host', '127.0.0.1:40004', '169.254.169.254:80'))).toEqual({
    over: ['authorization service', 'instance metadata'],
  });
  expect(lanes.of(rule('host', '198.51.100.1:40006'))).toEqual({ over: ['Envoy'] });
  expect(lanes.sorted(['blue', 'Envoy', 'downstream', 'Envoy'])).toEqual(['downstream', 'Envoy', 'blue']);
});

test('on a router, the downstream has a host of its own', () => {
  const syn = packet('downstream', 'router', '192.0.2.10:40000', '198.51.100.10:80');
  const lanes = new Lanes({ envoy: '1.40.0', hosts: ['downstream', 'router', 'blue'], events: [syn] });
  expect(lanes.of(syn)).toEqual({ from: 'downstream', to: 'Envoy' });
  // By the downstream's address, but from the router.
  const kept = packet('router', 'blue', '192.0.2.10:40002', '198.51.100.10:80');
  expect(lanes.of(kept)).toEqual({ from: 'Envoy', to: 'blue' });
  expect(lanes.of(rule('router'))).toEqual({ over: ['Envoy'] });
});

test('without Envoy, hosts take part', () => {
  const syn = packet('host', 'blue', '198.51.100.1:40000', '198.51.100.10:4999');
  const lanes = new Lanes({ hosts: ['host', 'blue'], events: [syn] });
  expect(lanes.of(syn)).toEqual({ from: 'downstream', to: 'blue' });
  expect(lanes.of(rule('blue'))).toEqual({ over: ['blue'] });
});
