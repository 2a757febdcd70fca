import type { Host } from '../../fixtures/lab/host.ts';
import { Lab, type LabOptions } from '../../fixtures/lab/lab.ts';
import type { Upstream } from '../../fixtures/lab/upstream.ts';
import { httpProxy } from '../../fixtures/samples/suites/http-proxy/scenario.ts';
import { tcpProxy } from '../../fixtures/samples/suites/tcp-proxy/scenario.ts';
import { machine } from '../../fixtures/setup/capabilities.ts';
import { ensureEngine } from '../../fixtures/setup/engine.mjs';
import { engineApi } from '../../fixtures/setup/engine-api.ts';
import { ensureImages } from '../../fixtures/setup/images.ts';
import { type CpuTime, cpuTimeBetween, cpuTimeOf } from '../../helpers/bench/cpu-time.ts';
import {
  type HttpToTcp,
  httpToTcp,
  type Load,
  measured,
  type Way,
  type WayMeasured,
} from '../../helpers/bench/load.ts';
import { DEFAULT_BACKEND } from '../../helpers/constants/backends.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import type { LoadParams } from '../../helpers/exchange/client-calls.ts';
import type { EnvoyIdentity, Machine } from '../../helpers/record/record.ts';
import { newRunId } from '../../helpers/record/run-id.ts';
import type { Scenario } from '../../helpers/scenario/scenario.ts';
import { SetupError } from '../../helpers/util/errors.ts';

/** How many connections every load is sent over. */
const CONNECTIONS = 16;

export interface ProxiesOptions {
  /** Versions, as in `envoys.json`. */
  envoys: string[];
  runs: number;
  /** Of each load. */
  requests: number;
}

export interface ProxiesOfEnvoy {
  /** The version as it was asked for; a rebuild (`.post1`) says of itself that it is what it was rebuilt from. */
  name: string;
  envoy: EnvoyIdentity;
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
 * Sends the same load through the HTTP connection manager, through the TCP proxy, and to the upstream itself, one after the other, `runs`
 * times on each Envoy, after one of each that does not count. Each Envoy has one worker, a lab of its own and no access log.
 *
 * @throws SetupError where an Envoy, an image or a lab cannot be had, or a request is not answered as it should be
 */
export async function measureProxies(
  { envoys, runs, requests }: ProxiesOptions,
  log: (line: string) => void,
): Promise<ProxiesBench> {
  await ensureEngine({ install: false, log });
  const images = await ensureImages({ envoys, install: false, log });
  const id = newRunId();
  const dockerode = await engineApi();
  const { NCPU } = await dockerode.info();
  const ground = await machine(images.host, id, DEFAULT_BACKEND);

  const bench: ProxiesBench = { machine: ground, cores: NCPU, runs, requests, connections: CONNECTIONS, envoys: [] };
  for (const version of envoys) {
    const envoy = images.envoys[version];
    if (!envoy) throw new Error(`ensureImages gave no image of Envoy ${version}`);
    const options = {
      ...{ hostImage: images.host, envoyImage: envoy.image, envoySource: envoy.source },
      ...{ envoyVersion: version, backend: DEFAULT_BACKEND, run: `${id}-${version}` },
    };
    const measured = await measureEnvoy(options, { runs, requests }, (line) => log(`Envoy ${version}: ${line}`));
    bench.envoys.push({ name: version, ...measured });
  }
  return bench;
}

async function measureEnvoy(
  options: LabOptions,
  { runs, requests }: Omit<ProxiesOptions, 'envoys'>,
  log: (line: string) => void,
): Promise<Omit<ProxiesOfEnvoy, 'name'>> {
  log('two labs');
  await using http = await LoadedLab.start(httpProxy, options);
  await using tcp = await LoadedLab.start(tcpProxy, options);
  const ways: { way: Way; loads: Load[]; send: () => Promise<Load> }[] = [
    { way: 'http', loads: [], send: () => http.through(requests) },
    { way: 'tcp', loads: [], send: () => tcp.through(requests) },
    { way: 'direct', loads: [], send: () => tcp.direct(requests) },
  ];
  log('warm-up');
  for (const { send } of ways) await send();
  for (let n = 1; n <= runs; n++) {
    log(`run ${n} of ${runs}`);
    for (const { loads, send } of ways) loads.push(await send());
  }
  const [overHttp, overTcp, direct] = ways.map(({ way, loads }) => measured(way, loads));
  if (!overHttp || !overTcp || !direct) throw new Error('three ways are measured');
  return { envoy: http.identity, ways: [overHttp, overTcp, direct], httpToTcp: httpToTcp(overHttp, overTcp) };
}

type Process = 'envoy' | 'downstream' | 'upstream';

/** A lab whose downstream and upstream are both ends of a load. */
class LoadedLab implements AsyncDisposable {
  readonly #lab: Lab;
  readonly #upstream: Upstream;
  readonly #pids: Record<Process, number>;

  private constructor(lab: Lab, upstream: Upstream, pids: Record<Process, number>) {
    this.#lab = lab;
    this.#upstream = upstream;
    this.#pids = pids;
  }

  static async start(scenario: Scenario, options: LabOptions): Promise<LoadedLab> {
    const lab = await Lab.start(scenario, { ...options, run: `${options.run}-${scenario.slug}` });
    try {
      const { upstream } = lab.upstreams;
      if (!upstream) throw new Error(`${scenario.slug} has an upstream of that name`);
      // The book's upstream tells what it received, which takes far longer than what is measured here.
      await upstream.stop();
      await upstream.host.ask('serveLoad', { host: '::', port: upstream.port });
      await lab.restartEnvoy({ accessLog: false });
      const [envoy, downstream, ofUpstream] = await Promise.all([
        pidOfEnvoy(lab.envoyHost),
        lab.downstreamHost.hello,
        upstream.host.hello,
      ]);
      return new LoadedLab(lab, upstream, { envoy, downstream: downstream.pid, upstream: ofUpstream.pid });
    } catch (error) {
      await lab.stop();
      throw error;
    }
  }

  get identity(): EnvoyIdentity {
    return this.#lab.identity;
  }

  through(requests: number): Promise<Load> {
    return this.#load({ host: '127.0.0.1', port: PORTS.listener, connections: CONNECTIONS, requests });
  }

  async direct(requests: number): Promise<Load> {
    const { address, port } = this.#upstream;
    const load = await this.#load({ host: address.ipv4, port, connections: CONNECTIONS, requests });
    const { downstream, upstream } = load.cpu;
    return { ...load, cpu: { downstream, upstream } };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lab.stop();
  }

  async #load(params: LoadParams): Promise<Load> {
    const before = await this.#cpuTimes();
    const { tookMs, latenciesUs } = await this.#lab.downstreamHost.ask('load', params);
    const after = await this.#cpuTimes();
    const cpu = {
      envoy: cpuTimeBetween(before.envoy, after.envoy),
      downstream: cpuTimeBetween(before.downstream, after.downstream),
      upstream: cpuTimeBetween(before.upstream, after.upstream),
    };
    return { requests: params.requests, tookMs, latenciesUs, cpu };
  }

  /** Every process of a lab has an id in the one pid namespace that its hosts share. */
  async #cpuTimes(): Promise<Record<Process, CpuTime>> {
    const { envoy, downstream, upstream } = this.#pids;
    const files = [envoy, downstream, upstream].map((pid) => `/proc/${pid}/stat`);
    const stats = (await this.#lab.envoyHost.run(['cat', ...files])).trim().split('\n');
    const [ofEnvoy = '', ofDownstream = '', ofUpstream = ''] = stats;
    return { envoy: cpuTimeOf(ofEnvoy), downstream: cpuTimeOf(ofDownstream), upstream: cpuTimeOf(ofUpstream) };
  }
}

async function pidOfEnvoy(host: Host): Promise<number> {
  const found = (await host.run(['pgrep', '-x', 'envoy'])).trim();
  if (!/^\d+$/.test(found)) throw new SetupError(`host ${host.name}`, `expected one Envoy, found "${found}"`);
  return Number(found);
}
