import { type Baseline, baselineOf, measureBaseline } from '../../fixtures/bench/baseline.ts';
import type { CpuMeter } from '../../fixtures/bench/cpu-meter.ts';
import { Downstream } from '../../fixtures/exchange/downstream.ts';
import { Lab, type LabOptions } from '../../fixtures/lab/lab.ts';
import { httpProxy } from '../../fixtures/samples/suites/http-proxy/scenario.ts';
import { tproxy } from '../../fixtures/samples/suites/tproxy/scenario.ts';
import { closeNamespaces } from '../../fixtures/sandbox/namespaces.ts';
import { openSandbox } from '../../fixtures/sandbox/open.ts';
import type { Cost } from '../../helpers/bench/costs.ts';
import { type Spread, spreadOf } from '../../helpers/bench/spread.ts';
import { DOWNSTREAM_UID } from '../../helpers/constants/ports.ts';
import type { SandboxName } from '../../helpers/constants/sandboxes.ts';
import { TIMEOUTS } from '../../helpers/constants/timeouts.ts';
import { NEWEST } from '../../helpers/envoy/versions.ts';
import type { EnvoyBuild } from '../../helpers/record/record.ts';
import type { Scenario } from '../../helpers/scenario/scenario.ts';
import { SetupError } from '../../helpers/util/errors.ts';
import { given } from '../../helpers/util/given.ts';
import type { Log } from './environment.ts';
import { measured, Samples } from './samples.ts';

/** What is measured of a lab, and of the container of the sandbox `namespaces`. */
export const PARTS = {
  start: 'start to first response',
  exchange: 'one exchange with all observations',
  restart: 'Envoy restarted',
  teardown: 'teardown',
  open: "the worker's container started",
  close: "the worker's container removed",
} as const;

interface Part {
  /** The topology; `sandbox` for the container of the sandbox `namespaces`. */
  topology: Scenario['topology']['kind'] | 'sandbox';
  part: keyof typeof PARTS;
  sandbox: SandboxName;
}

/** The cost of a part of a lab. */
export interface LabCost extends Part {
  cost: Cost;
  /** Wall time in milliseconds, measured alternately. */
  baseline?: Spread;
  /** How many times the baseline its median takes. */
  ratio?: number;
}

/** The options of a lab with a name, in a sandbox. */
export type LabOptionsOf = (sandbox: SandboxName, version: string, lab: string) => LabOptions;

/** In each lab, after the first exchange. */
const REPEATED = { exchanges: 10, restarts: 3 };

const TOPOLOGIES: { scenario: Scenario; url: (lab: Lab) => string }[] = [
  { scenario: httpProxy, url: (lab) => lab.envoyUrl },
  { scenario: tproxy, url: (lab) => lab.upstreams.upstream?.url ?? '' },
];

/** Measures labs of each topology, in each sandbox in turn. */
export class LabsBench {
  readonly #samples = new Samples<Part>();
  readonly #baselines = new Map<string, number[]>();
  readonly #meter: CpuMeter;
  readonly #options: LabOptionsOf;
  /** The Envoy that the labs ran. */
  build: EnvoyBuild | undefined;

  constructor(meter: CpuMeter, options: LabOptionsOf) {
    this.#meter = meter;
    this.#options = options;
  }

  get costs(): LabCost[] {
    return this.#samples.costs().map(({ cost, ...part }) => {
      const values = this.#baselines.get(JSON.stringify(part));
      const baseline = values && spreadOf(values);
      return { ...part, cost, ...given({ baseline, ratio: baseline && cost.wall.median / baseline.median }) };
    });
  }

  /** Measures each lab once more. @throws SetupError where one is not available */
  async once(n: number, sandboxes: readonly SandboxName[], log: Log, signal: AbortSignal): Promise<void> {
    const opened = sandboxes.includes('namespaces') ? await this.#open(n) : undefined;
    try {
      for (const { scenario, url } of TOPOLOGIES) {
        for (const sandbox of sandboxes) {
          signal.throwIfAborted();
          log(`lab of ${scenario.slug} (${scenario.topology.kind}) in ${sandbox}`);
          await this.#lab(scenario, url, sandbox, this.#options(sandbox, NEWEST, `${scenario.slug}-${sandbox}-${n}`));
        }
      }
    } finally {
      const { wallMs, cpu } = await measured(this.#meter, closeNamespaces);
      if (opened) this.#samples.add({ topology: 'sandbox', part: 'close', sandbox: 'namespaces' }, { wallMs, cpu });
    }
  }

  /** Starts the container that all labs of this process share. */
  async #open(n: number): Promise<true> {
    const of = (part: 'open' | 'close'): Part => ({ topology: 'sandbox', part, sandbox: 'namespaces' });
    const options = this.#options('namespaces', NEWEST, `sandbox-${n}`);
    const { value: sandbox, ...sample } = await measured(this.#meter, () => openSandbox(options));
    await sandbox.end();
    this.#samples.add(of('open'), sample);
    const { startMs, teardownMs } = await measureBaseline(await baselineOf(options.run));
    this.#addBaseline(of('open'), startMs);
    this.#addBaseline(of('close'), teardownMs);
    return true;
  }

  async #lab(
    scenario: Scenario,
    urlOf: (lab: Lab) => string,
    sandbox: SandboxName,
    options: LabOptions,
  ): Promise<void> {
    const of = (part: Part['part']): Part => ({ topology: scenario.topology.kind, part, sandbox });
    const { value: lab, ...start } = await measured(this.#meter, () => startLab(scenario, urlOf, options));
    let stopped = false;
    try {
      this.build ??= lab.build;
      this.#samples.add(of('start'), start);
      const url = urlOf(lab);
      await this.#exchanges(lab, url, of('exchange'));
      for (let n = 0; n < REPEATED.restarts; n++)
        this.#samples.add(of('restart'), await measured(this.#meter, () => lab.restartEnvoy({})));
      const containers = sandbox === 'containers' ? await baselineOf(options.run) : undefined;
      stopped = true;
      this.#samples.add(of('teardown'), await measured(this.#meter, () => lab.stop()));
      if (containers) this.#addBaselines(of, await measureBaseline(containers));
    } finally {
      if (!stopped) await lab.stop();
    }
  }

  /** Alternates observed exchanges with the same request from the same agent, unobserved. */
  async #exchanges(lab: Lab, url: string, part: Part): Promise<void> {
    const downstream = new Downstream(lab);
    const bounds = { connectTimeoutMs: TIMEOUTS.exchangeMs, timeoutMs: TIMEOUTS.exchangeMs };
    const request = { url, method: 'GET', headers: [], ...bounds };
    for (let n = 0; n < REPEATED.exchanges; n++) {
      this.#samples.add(part, await measured(this.#meter, () => downstream.get(url)));
      const unobserved = () => lab.downstreamHost.call('request', request, DOWNSTREAM_UID);
      this.#addBaseline(part, (await measured(this.#meter, unobserved)).wallMs);
    }
  }

  #addBaselines(of: (part: Part['part']) => Part, { startMs, restartMs, teardownMs }: Baseline): void {
    this.#addBaseline(of('start'), startMs);
    if (restartMs !== undefined) this.#addBaseline(of('restart'), restartMs);
    this.#addBaseline(of('teardown'), teardownMs);
  }

  #addBaseline(part: Part, ms: number): void {
    const key = JSON.stringify(part);
    this.#baselines.set(key, [...(this.#baselines.get(key) ?? []), ms]);
  }
}

/** Starts a lab, and waits for its first response. */
async function startLab(scenario: Scenario, urlOf: (lab: Lab) => string, options: LabOptions): Promise<Lab> {
  const lab = await Lab.start(scenario, options);
  try {
    const { outcome } = (await new Downstream(lab).get(urlOf(lab))).reply;
    if (outcome === 200) return lab;
    throw new SetupError(`lab ${scenario.slug}`, `its first response was ${outcome}; expected 200`);
  } catch (error) {
    await lab.stop();
    throw error;
  }
}
