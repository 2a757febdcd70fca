import { expect, test } from 'vitest';
import type { CpuTime } from '../../helpers/bench/cpu-time.ts';
import { httpToTcp, measured, type Way } from '../../helpers/bench/load.ts';
import { sampleEnvoy } from '../../helpers/record/sample.ts';
import { describeProxies } from './describe-proxies.ts';
import type { ProxiesOfEnvoy } from './measure-proxies.ts';

const { name, build, machine } = sampleEnvoy([]);
if (!build || !machine) throw new Error('a sample Envoy has been met on a machine');

function way(name: Way, tookMs: number, ofEnvoy?: CpuTime) {
  const ends = { downstream: { userMs: 300, kernelMs: 200 }, upstream: { userMs: 100, kernelMs: 300 } };
  const load = {
    requests: 20_000,
    tookMs,
    latenciesUs: [800],
    cpu: ofEnvoy ? { ...ends, envoy: ofEnvoy } : ends,
  };
  return measured(name, [load]);
}

function proxies(tcpMs: number): ProxiesOfEnvoy {
  const http = way('http', 1000, { userMs: 600, kernelMs: 350 });
  const tcp = way('tcp', tcpMs, { userMs: 100, kernelMs: 350 });
  return {
    name,
    envoy: build as ProxiesOfEnvoy['envoy'],
    ways: [http, tcp, way('direct', 500)],
    httpToTcp: httpToTcp(http, tcp),
  };
}

function described(tcpMs: number): string {
  const bench = { cores: 2, runs: 1, requests: 20_000, connections: 16, envoys: [proxies(tcpMs)] };
  return describeProxies({ ...bench, machine: machine as NonNullable<typeof machine> });
}

test('each way has a row, and the proxies one for what the one takes more than the other', () => {
  expect(described(900)).toContain(`
| 1.40.0: HTTP proxy | 20,000 (20,000 – 20,000) | 0.80 ms (0.80 – 0.80) | 0.80 ms (0.80 – 0.80) | 47.5 µs (47.5 – 47.5) | 30.0 µs (30.0 – 30.0) | 95 %, 50 %, 40 % |
| 1.40.0: TCP proxy | 22,222 (22,222 – 22,222) | 0.80 ms (0.80 – 0.80) | 0.80 ms (0.80 – 0.80) | 22.5 µs (22.5 – 22.5) | 5.0 µs (5.0 – 5.0) | 50 %, 56 %, 44 % |
| 1.40.0: no Envoy | 40,000 (40,000 – 40,000) | 0.80 ms (0.80 – 0.80) | 0.80 ms (0.80 – 0.80) |  |  | –, 100 %, 80 % |
| 1.40.0: HTTP : TCP | 0.90 × | 1.00 × | 1.00 × | 2.11 × | 6.00 × |  |
`);
});

test('the text says where Envoy was the limit of the load', () => {
  expect(described(900)).toMatch(/are its limit: 1\.40\.0: HTTP proxy\. It used less, .*: 1\.40\.0: TCP proxy\.\n$/);
  expect(described(480)).toMatch(/are its limit: 1\.40\.0: HTTP proxy; 1\.40\.0: TCP proxy\.\n$/);
});
