import { expect, test } from 'vitest';
import { loadScenarios } from '../../bin/run/chapters.ts';
import { firstRequest } from './first-request.ts';

test('a chapter is shown at work by the address that its rules capture, by Envoy’s own, or as its scenario says', async () => {
  const scenarios = await loadScenarios([
    'original-dst',
    'tcp-proxy',
    'simple-go-server',
    'explicit-proxy-config',
    'tproxy-outgoing-ipv6',
  ]);
  expect(scenarios.map((scenario) => firstRequest(scenario).slice(3).join(' '))).toEqual([
    'http://198.51.100.10/',
    'http://127.0.0.1:4999/',
    'http://198.51.100.10:4999/',
    '--proxy http://127.0.0.1:4999 http://blue/',
    'http://[2001:db8:2::10]/',
  ]);
});
