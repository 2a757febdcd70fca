import { expect, test } from 'vitest';
import type { CpuTime } from './cpu-time.ts';
import { httpToTcp, type Load, measured } from './load.ts';

function load(tookMs: number, envoy?: CpuTime): Load {
  const latenciesUs = Array.from({ length: 1000 }, (_, n) => (n < 980 ? 400 : 2000));
  const cpu = { downstream: { userMs: 20, kernelMs: 30 }, upstream: { userMs: 5, kernelMs: 20 } };
  return { requests: 1000, tookMs, latenciesUs, cpu: envoy ? { ...cpu, envoy } : cpu };
}

test('loads are summarized as requests per second, latency, CPU time per request and CPU shares', () => {
  const envoy = [
    { userMs: 30, kernelMs: 10 },
    { userMs: 25, kernelMs: 20 },
    { userMs: 20, kernelMs: 10 },
  ];
  const http = measured('http', [load(100, envoy[0]), load(50, envoy[1]), load(200, envoy[2])]);
  expect(http).toEqual({
    way: 'http',
    requestsPerSecond: { count: 3, median: 10_000, min: 5_000, max: 20_000 },
    medianMs: { count: 3, median: 0.4, min: 0.4, max: 0.4 },
    p99Ms: { count: 3, median: 2, min: 2, max: 2 },
    cores: {
      downstream: { count: 3, median: 0.5, min: 0.25, max: 1 },
      upstream: { count: 3, median: 0.25, min: 0.125, max: 0.5 },
    },
    envoy: {
      cpuUs: { count: 3, median: 40, min: 30, max: 45 },
      userCpuUs: { count: 3, median: 25, min: 20, max: 30 },
      cores: { count: 3, median: 0.4, min: 0.15, max: 0.9 },
    },
  });
});

test('a direct load has no CPU time of Envoy', () => {
  expect(measured('direct', [load(100)])).not.toHaveProperty('envoy');
});

test('http is compared with tcp by medians', () => {
  const http = measured('http', [load(100, { userMs: 30, kernelMs: 10 }), load(100, { userMs: 40, kernelMs: 20 })]);
  const tcp = measured('tcp', [load(50, { userMs: 5, kernelMs: 15 })]);
  expect(httpToTcp(http, tcp)).toEqual({
    requestsPerSecond: 0.5,
    medianMs: 1,
    p99Ms: 1,
    cpuUs: 2.5,
    userCpuUs: 7,
  });
  expect(() => httpToTcp(http, measured('direct', [load(10)]))).toThrow('Envoy is not in both ways, http and direct');
});

test('a load shorter than a tick of CPU time has no finite ratio', () => {
  const http = measured('http', [load(10, { userMs: 10, kernelMs: 0 })]);
  const tcp = measured('tcp', [load(5, { userMs: 0, kernelMs: 0 })]);
  expect(httpToTcp(http, tcp).cpuUs).toBe(Number.POSITIVE_INFINITY);
});
