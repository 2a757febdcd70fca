import type { Host } from '../../fixtures/lab/host.ts';
import { Lab, type LabOptions } from '../../fixtures/lab/lab.ts';
import { httpProxy } from '../../fixtures/samples/suites/http-proxy/scenario.ts';
import { tcpProxy } from '../../fixtures/samples/suites/tcp-proxy/scenario.ts';
import { closeNamespaces } from '../../fixtures/sandbox/namespaces.ts';
import { type CpuTime, cpuTimeBetween, cpuTimeOf } from '../../helpers/bench/cpu-time.ts';
import { type HttpToTcp, httpToTcp, type Load, measured, type WayMeasured } from '../../helpers/bench/load.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import type { EnvoyBuild, Machine } from '../../helpers/record/record.ts';
import type { Scenario } from '../../helpers/scenario/scenario.ts';
import { SetupError } from '../../helpers/util/errors.ts';
import { benchEnvironment, type Log } from './environment.ts';

/** The connections of every load. */
const CONNECTIONS = 16;

export interface ProxiesOptions {
  /** Versions, as in `envoys.json`. */
  envoys: string[];
  runs: number;
  /** Per load. */
  requests: number;
}

export interface ProxiesOfEnvoy {
  /** The requested version; a rebuild (`.post1`) reports the version of what was rebuilt. */
  name: string;
  envoy: EnvoyBuild;
  ways: WayMeasured[];
  httpToTcp: HttpToTcp;
}

export interface ProxiesBench {
  machine: Machine;
  cores: number;
  runs: number;
  requests: number;
  connections: number;
  envoys: ProxiesOfEnvoy[];
}

/**
 * Sends the same load through the HTTP connection manager, through the TCP proxy, and directly to
 * the upstream, `runs` times after a warm-up. Envoy has one worker and no access log.
 *
 * @throws SetupError where an image or a lab is not available, or a reply is not the expected one
 */
export async function measureProxies(options: ProxiesOptions, log: Log): Promise<ProxiesBench> {
  const { runs, requests } = options;
  const { machine, cores, labOptions } = await benchEnvironment(options.envoys, 'containers', log);
  const envoys: ProxiesOfEnvoy[] = [];
  try {
    for (const name of options.envoys) {
      const ofEnvoy: Log = (line) => log(`Envoy ${name}: ${line}`);
      envoys.push({ name, ...(await measureEnvoy(labOptions(name, name), options, ofEnvoy)) });
    }
  } finally {
    await closeNamespaces();
  }
  return { machine, cores, runs, requests, connections: CONNECTIONS, envoys };
}

async function measureEnvoy(
  options: LabOptions,
  { runs, requests }: ProxiesOptions,
  log: Log,
): Promise<Omit<ProxiesOfEnvoy, 'name'>> {
  log('two labs');
  await using http = await startLoadedLab(httpProxy, options);
  await using tcp = await startLoadedLab(tcpProxy, options);
  const sends = {
    http: () => http.through(requests),
    tcp: () => tcp.through(requests),
    direct: () => tcp.direct(requests),
  };
  const loads = { http: [] as Load[], tcp: [] as Load[], direct: [] as Load[] };
  const ways = ['http', 'tcp', 'direct'] as const;
  log('warm-up');
  for (const way of ways) await sends[way]();
  for (let n = 1; n <= runs; n++) {
    log(`run ${n} of ${runs}`);
    for (const way of ways) loads[way].push(await sends[way]());
  }
  const [overHttp, overTcp] = [measured('http', loads.http), measured('tcp', loads.tcp)];
  return {
    envoy: http.build,
    ways: [overHttp, overTcp, measured('direct', loads.direct)],
    httpToTcp: httpToTcp(overHttp, overTcp),
  };
}

/** Starts a lab whose downstream sends loads, through Envoy or directly, to its upstream. */
async function startLoadedLab(scenario: Scenario, options: LabOptions) {
  const lab = await Lab.start(scenario, { ...options, run: `${options.run}-${scenario.slug}` });
  try {
    const { upstream } = lab.upstreams;
    if (!upstream) throw new Error(`${scenario.slug} has an upstream of that name`);
    // The book's upstream reports each request, which takes far longer than what is measured here.
    await upstream.stop();
    await upstream.host.call('serveLoad', { host: '::', port: upstream.port });
    await lab.restartEnvoy({ accessLog: false });
    // All processes of a lab have ids in the one pid namespace that its hosts share.
    const [downstream, ofUpstream] = await Promise.all([lab.downstreamHost.hello, upstream.host.hello]);
    const pids = [await pidOfEnvoy(lab.envoyHost), downstream.pid, ofUpstream.pid];
    const cpuTimes = async (): Promise<Record<'envoy' | 'downstream' | 'upstream', CpuTime>> => {
      const stats = await lab.envoyHost.run(['cat', ...pids.map((pid) => `/proc/${pid}/stat`)]);
      const [ofEnvoy = '', ofDownstream = '', ofUpstream = ''] = stats.trim().split('\n');
      return { envoy: cpuTimeOf(ofEnvoy), downstream: cpuTimeOf(ofDownstream), upstream: cpuTimeOf(ofUpstream) };
    };
    const send = async (host: string, port: number, requests: number): Promise<Load> => {
      const before = await cpuTimes();
      const { tookMs, latenciesUs } = await lab.downstreamHost.call('load', {
        ...{ host, port, connections: CONNECTIONS, requests },
      });
      const after = await cpuTimes();
      const cpu = {
        envoy: cpuTimeBetween(before.envoy, after.envoy),
        downstream: cpuTimeBetween(before.downstream, after.downstream),
        upstream: cpuTimeBetween(before.upstream, after.upstream),
      };
      return { requests, tookMs, latenciesUs, cpu };
    };
    return {
      build: lab.build,
      through: (requests: number) => send('127.0.0.1', PORTS.listener, requests),
      direct: async (requests: number): Promise<Load> => {
        const load = await send(upstream.address.ipv4, upstream.port, requests);
        const { envoy: _, ...cpu } = load.cpu;
        return { ...load, cpu };
      },
      [Symbol.asyncDispose]: () => lab.stop(),
    };
  } catch (error) {
    await lab.stop();
    throw error;
  }
}

async function pidOfEnvoy(host: Host): Promise<number> {
  const found = (await host.run(['pgrep', '-x', 'envoy'])).trim();
  if (!/^\d+$/.test(found)) throw new SetupError(`host ${host.name}`, `expected one Envoy, found "${found}"`);
  return Number(found);
}
