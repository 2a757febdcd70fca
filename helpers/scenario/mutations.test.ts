import { expect, test } from 'vitest';
import { extAuthzProxy } from '../../suites/ext-authz-proxy/scenario.ts';
import { originalDst } from '../../suites/original-dst/scenario.ts';
import { simpleFrontProxy } from '../../suites/simple-front-proxy/scenario.ts';
import { tcpProxy } from '../../suites/tcp-proxy/scenario.ts';
import { tproxyReversePath } from '../../suites/tproxy-reverse-path/scenario.ts';
import { excuseOf, sweepOf } from './mutations.ts';
import type { Scenario } from './scenario.ts';

const namesOf = (scenario: Scenario): string[] => Object.keys(sweepOf(scenario));

test('each rule, each ip command and each scalar that handles requests is a fault of its own', () => {
  const names = namesOf({ ...originalDst, routing: ['rule add fwmark 0x1 lookup 100'] });
  expect(names).toContain('no "ip rule add fwmark 0x1 lookup 100"');
  expect(names.filter((name) => name.startsWith('no rule "')).length).toBeGreaterThan(0);
  expect(names).toContain('static_resources.listeners.0.address.socket_address.port_value is 5000');
  expect(names.filter((name) => /@type|\.name /.test(name))).toEqual([]);
});

test('each of them changes something', () => {
  for (const fault of Object.values(sweepOf(originalDst))) expect(fault(originalDst)).not.toEqual(originalDst);
});

test('what stands in the place of a scalar is of its kind', () => {
  const named = (end: string) => namesOf(extAuthzProxy).filter((name) => name.endsWith(end)).length;
  expect(named('.failure_mode_allow is true')).toBeGreaterThan(0);
  expect(named('.max_request_bytes is 17')).toBe(1);
  expect(named('.status_on_error.code is "BadGateway"')).toBe(1);
  expect(named('.match.path is "/impatientx"')).toBe(1);
  expect(named('.grpc_service.timeout is not there')).toBeGreaterThan(0);
  expect(named('.socket_address.address is "127.0.0.2"')).toBe(1);
});

test('what every config has alike is altered in one chapter, and what one has otherwise in its own', () => {
  const alike = /\.stat_prefix|\.address\.socket_address\.address|\.connect_timeout/;
  expect(namesOf(originalDst).filter((name) => alike.test(name))).toEqual([]);
  expect(namesOf(simpleFrontProxy).filter((name) => alike.test(name)).length).toBeGreaterThan(2);
  // The counters of a TCP proxy, and the second of its listeners.
  expect(namesOf(tcpProxy).filter((name) => /bytesx"$/.test(name)).length).toBeGreaterThan(1);
  // 0.25 s of the stub's cluster, where clusters have 0.5 s otherwise.
  expect(namesOf(extAuthzProxy).filter((name) => /\.connect_timeout/.test(name))).toEqual([
    'static_resources.clusters.1.connect_timeout is not there',
  ]);
});

test("a chapter that uses another one's config has faults of its rules and routing alone", () => {
  expect(namesOf(tproxyReversePath).filter((name) => !/^no (rule "|"ip )/.test(name))).toEqual([]);
});

test('a reason stands with the chapter’s faults, or in one place for all', () => {
  const accepted = { 'no rule "a"': 'nothing meets it' };
  expect(excuseOf(accepted, 'no rule "a"')).toBe('nothing meets it');
  expect(excuseOf({}, 'static_resources.clusters.0.cleanup_interval is not there')).toMatch(/5 s/);
  expect(excuseOf({}, 'no rule "a"')).toBeUndefined();
});
