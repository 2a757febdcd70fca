import type { CpuTime } from './cpu-time.ts';
import { percentileOf, type Spread, spreadOf } from './spread.ts';

/** What may lie between a downstream and its upstream. */
export type Way = 'direct' | 'tcp' | 'http';

/** One load, as its downstream measured it, and the CPU time of each process during it. */
export interface Load {
  requests: number;
  tookMs: number;
  latenciesUs: number[];
  cpu: { envoy?: CpuTime; downstream: CpuTime; upstream: CpuTime };
}

/** What several loads over one way come to. */
export interface WayMeasured {
  way: Way;
  requestsPerSecond: Spread;
  /** From a request to its answer: the median of a load, in milliseconds. */
  medianMs: Spread;
  /** What one in a hundred requests took longer than. */
  p99Ms: Spread;
  /** How much of one core each process had, 1 being all of it. Who has nearly all of one is what the others wait for. */
  cores: { downstream: Spread; upstream: Spread };
  /** None without an Envoy in between. */
  envoy?: {
    /** Its CPU time for one request, in microseconds. */
    cpuUs: Spread;
    /** What of that it was in its own code; the rest is the kernel's, for sockets above all. */
    userCpuUs: Spread;
    cores: Spread;
  };
}

/**
 * How many times what it is over tcp a figure is over http, by their medians. Not a finite number where a load was too short for a tick
 * of CPU time.
 */
export type HttpToTcp = Record<'requestsPerSecond' | 'medianMs' | 'p99Ms' | 'cpuUs' | 'userCpuUs', number>;

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
  return {
    requestsPerSecond: http.requestsPerSecond.median / tcp.requestsPerSecond.median,
    medianMs: http.medianMs.median / tcp.medianMs.median,
    p99Ms: http.p99Ms.median / tcp.p99Ms.median,
    cpuUs: http.envoy.cpuUs.median / tcp.envoy.cpuUs.median,
    userCpuUs: http.envoy.userCpuUs.median / tcp.envoy.userCpuUs.median,
  };
}
