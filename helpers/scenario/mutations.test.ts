import { expect, test } from 'vitest';
import { changeConfig } from '../envoy/config-change.ts';
import { acceptedReason, sweeper, sweepOf } from './mutations.ts';
import { type Scenario, sameHost, scenario } from './scenario.ts';

const CONFIG = `
static_resources:
  listeners:
    - name: ingress
      address: { socket_address: { address: 0.0.0.0, port_value: 4999 } }
      filter_chains:
        - filters:
            - name: hcm
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: ingress
                route_config:
                  virtual_hosts:
                    - name: all
                      domains: ["*"]
                      routes:
                        - match: { path: /a }
                          route: { cluster: one, timeout: 5s }
                          request_headers_to_add:
                            - header: { key: x-a, value: a }
                              append_action: APPEND_IF_EXISTS_OR_ADD
                http_filters:
                  - name: authz
                    typed_config: { failure_mode_allow: false, status_on_error: { code: ServiceUnavailable } }
  clusters:
    - name: one
      connect_timeout: 0.5s
      cleanup_interval: 600s
`;

const SAMPLE: Scenario = scenario({
  ...{ slug: 'sample', task: 'intercept', title: '', requirement: '', purpose: '' },
  topology: sameHost({ upstreams: { upstream: { port: 80 } } }),
  envoy: { config: 'sample.yaml', uid: 101 },
  netfilter: '*nat\n-A OUTPUT -p tcp -m comment --comment "capture" -j REDIRECT --to-ports 4999\nCOMMIT',
  routing: ['rule add fwmark 0x1 lookup 100'],
});

const namesOf = (sample: Scenario): string[] => Object.keys(sweepOf(sample, CONFIG));

test('each rule, ip command and scalar of the config is a mutation', () => {
  expect(namesOf(SAMPLE)).toEqual([
    'no rule "capture"',
    'no "ip rule add fwmark 0x1 lookup 100"',
    'listener ingress: address.socket_address.address is "127.0.0.1"',
    'listener ingress: address.socket_address.port_value is 5000',
    'virtual host all: domains[*] is "*x"',
    'route /a: match.path is "/ax"',
    'route /a: route.timeout is not there',
    'route /a: request_headers_to_add[x-a].header.key is "x-ax"',
    'route /a: request_headers_to_add[x-a].header.value is "ax"',
    'route /a: request_headers_to_add[x-a].append_action is "OVERWRITE_IF_EXISTS_OR_ADD"',
    'HTTP filter authz: typed_config.failure_mode_allow is true',
    'HTTP filter authz: typed_config.status_on_error.code is "BadGateway"',
    'cluster one: cleanup_interval is not there',
    // Alike in other chapters.
    'HTTP connection manager ingress: stat_prefix is "ingressx"',
    'cluster one: connect_timeout is not there',
  ]);
});

test('every mutation changes the scenario', () => {
  for (const { fault } of Object.values(sweepOf(SAMPLE, CONFIG))) {
    const { envoy, ...rest } = fault(SAMPLE);
    const yaml = (envoy?.changes ?? []).reduce(changeConfig, CONFIG);
    expect({ yaml, ...rest }).not.toEqual({ yaml: CONFIG, ...SAMPLE, envoy: undefined });
  }
});

test('a mutation is injected by name', () => {
  const name = 'HTTP filter authz: typed_config.failure_mode_allow is true';
  const { fault, envoy } = sweeper(SAMPLE, CONFIG)(name);
  expect(fault).toBe(name);
  expect((envoy?.changes ?? []).reduce(changeConfig, CONFIG)).toContain('failure_mode_allow: true');
  expect(() => sweeper(SAMPLE, CONFIG)('nope')).toThrow('the sweep of sample has no fault "nope"');
});

test('equal mutations of several chapters share a key, except the listener address with TPROXY', () => {
  const alike = (sample: Scenario): string[] =>
    Object.values(sweepOf(sample, CONFIG)).flatMap((mutation) => mutation.alike ?? []);
  const redirect = { ...SAMPLE, routing: [] };
  expect(alike({ ...redirect, slug: 'other', envoy: { config: 'other.yaml', uid: 101 } })).toEqual(alike(redirect));
  expect(alike(redirect).filter((key) => key.includes('address'))).toHaveLength(1);
  expect(alike(SAMPLE).filter((key) => key.includes('address'))).toHaveLength(0);
});

test('a config named after another chapter is mutated in that chapter', () => {
  const borrowed = { ...SAMPLE, envoy: { config: 'other.yaml', uid: 101 } };
  expect(namesOf(borrowed)).toEqual(['no rule "capture"', 'no "ip rule add fwmark 0x1 lookup 100"']);
});

test('a reason comes from the chapter, or from the common list', () => {
  const accepted = { 'no rule "a"': 'nothing meets it' };
  expect(acceptedReason(accepted, 'no rule "a"')).toBe('nothing meets it');
  expect(acceptedReason({}, 'cluster one: cleanup_interval is not there')).toMatch(/5 s/);
  expect(acceptedReason({}, 'cluster one: type is not there')).toMatch(/STATIC/);
  expect(acceptedReason({}, 'no rule "a"')).toBeUndefined();
});
