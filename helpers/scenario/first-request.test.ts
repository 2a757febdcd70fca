import { expect, test } from 'vitest';
import { ENVOY_UID, PORTS } from '../constants/ports.ts';
import { firstRequest } from './first-request.ts';
import { router, type Scenario, sameHost, scenario } from './scenario.ts';

const upstreams = { upstream: { port: PORTS.http } };
const envoy = { config: 'sample.yaml', uid: ENVOY_UID };
const rules = '*nat\nCOMMIT';

function urlFor(spec: Partial<Omit<Scenario, 'names'>>): string {
  const sample = scenario({
    ...{ slug: 'sample', task: 'intercept', title: '', requirement: '', purpose: '' },
    topology: sameHost({ upstreams }),
    ...spec,
  });
  return firstRequest(sample).slice(3).join(' ');
}

test('a chapter with rules is requested at the address that they capture', () => {
  expect(urlFor({ envoy, netfilter: rules })).toBe('http://198.51.100.10/');
});

test('a router with rules of both families is requested over IPv6', () => {
  const topology = router({ upstreams });
  expect(urlFor({ envoy, topology, netfilter: rules, netfilter6: rules })).toBe('http://[2001:db8:2::10]/');
});

test('a chapter without rules is requested at the address of Envoy', () => {
  expect(urlFor({ envoy })).toBe('http://127.0.0.1:4999/');
});

test('a chapter without Envoy is requested at the listener port of its upstream', () => {
  expect(urlFor({})).toBe('http://198.51.100.10:4999/');
});

test('the request of the scenario itself comes first', () => {
  expect(urlFor({ envoy, request: ['curl', '--silent', '--include', 'http://blue/'] })).toBe('http://blue/');
});
