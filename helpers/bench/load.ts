import type { CpuTime } from './cpu-time.ts';
import { percentileOf, type Spread, spreadOf } from './spread.ts';

/** The proxy between a downstream and its upstream. */
export type Way = 'direct' | 'tcp' | 'http';

/** A load as measured by its downstream, with the CPU time of each process. */
export interface Load {
  requests: number;
  tookMs: number;
  latenciesUs: number[];
  cpu: { envoy?: CpuTime; downstream: CpuTime; upstream: CpuTime };
}

/** The results of several loads over one way. */
export interface WayMeasured {
  way: Way;
  requestsPerSecond: Spread;
  /** The median of a load's latencies, in milliseconds. */
  medianMs: Spread;
  /** The 99th percentile of a load's latencies, in milliseconds. */
  p99Ms: Spread;
  /** The share of one core that each process had, from 0 to 1. */
  cores: { downstream: Spread; upstream: Spread };
  /** Absent for `direct`. */
  envoy?: {
    /** CPU time per request, in microseconds. */
    cpuUs: Spread;
    /** The user mode part of it; the kernel's is mostly for sockets. */
    userCpuUs: Spread;
    cores: Spread;
  };
}

/** The medians over http divided by those over tcp; not finite without a tick of CPU time. */
export type HttpToTcp = Record<(typeof FIGURES)[number], number>;

const FIGURES = ['requestsPerSecond', 'medianMs', 'p99Ms', 'cpuUs', 'userCpuUs'] as const;

/** @throws RangeError where there are no loads */
export function measured(way: Way, loads: Load[]): WayMeasured {
  const of = (figure: (load: Load) => number): Spread => spreadOf(loads.map(figure));
  const proxied = loads.flatMap(({ cpu: { envoy }, ...load }) => (envoy ? [{ ...load, cpu: envoy }] : []));
  return {
    way,
    requestsPerSecond: of(({ requests, tookMs }) => (requests / tookMs) * 1000),
    medianMs: of(({ latenciesUs }) => percentileOf(latenciesUs, 50) / 1000),
    p99Ms: of(({ latenciesUs }) => percentileOf(latenciesUs, 99) / 1000),
    cores: {
      downstream: of(({ cpu, tookMs }) => sum(cpu.downstream) / tookMs),
      upstream: of(({ cpu, tookMs }) => sum(cpu.upstream) / tookMs),
    },
    ...(proxied.length > 0 && {
      envoy: {
        cpuUs: spreadOf(proxied.map(({ cpu, requests }) => (sum(cpu) / requests) * 1000)),
        userCpuUs: spreadOf(proxied.map(({ cpu, requests }) => (cpu.userMs / requests) * 1000)),
        cores: spreadOf(proxied.map(({ cpu, tookMs }) => sum(cpu) / tookMs)),
      },
    }),
  };
}

function sum({ userMs, kernelMs }: CpuTime): number {
  return userMs + kernelMs;
}

/** @throws Error where Envoy was not in both ways */
export function httpToTcp(http: WayMeasured, tcp: WayMeasured): HttpToTcp {
  if (!http.envoy || !tcp.envoy) throw new Error(`Envoy is not in both ways, ${http.way} and ${tcp.way}`);
  const [overHttp, overTcp] = [
    { ...http, ...http.envoy },
    { ...tcp, ...tcp.envoy },
  ];
  const ratios = FIGURES.map((figure) => [figure, overHttp[figure].median / overTcp[figure].median]);
  return Object.fromEntries(ratios) as HttpToTcp;
}
