import { execa } from 'execa';
import { baselineOf, measureBaseline } from '../../fixtures/bench/baseline.ts';
import { Downstream } from '../../fixtures/exchange/downstream.ts';
import { Lab, type LabOptions } from '../../fixtures/lab/lab.ts';
import { httpProxy } from '../../fixtures/samples/suites/http-proxy/scenario.ts';
import { tproxy } from '../../fixtures/samples/suites/tproxy/scenario.ts';
import { type Spread, spreadOf } from '../../helpers/bench/spread.ts';
import { DOWNSTREAM_UID } from '../../helpers/constants/ports.ts';
import { packageRoot } from '../../helpers/constants/project.mjs';
import { TIMEOUTS } from '../../helpers/constants/timeouts.ts';
import { NEWEST } from '../../helpers/envoy/versions.ts';
import { claimsOf, type EnvoyBuild, type Machine, type RunRecord } from '../../helpers/record/record.ts';
import type { Scenario } from '../../helpers/scenario/scenario.ts';
import { SetupError } from '../../helpers/util/errors.ts';
import { given } from '../../helpers/util/given.ts';
import { benchEnvironment, type Log } from './environment.ts';

/** A duration in milliseconds. */
export interface Measurement {
  /** The topology of the lab; `book` for whole runs, `chapter` for one chapter of them. */
  topology: string;
  what: string;
  took: Spread;
  /** The baseline, measured alternately. */
  baseline?: Spread;
  /** The medians' ratio. */
  ratio?: number;
}

export interface Bench {
  machine: Machine;
  cores: number;
  envoy: EnvoyBuild;
  runs: number;
  measurements: Measurement[];
}

/** Exchanges in each lab, after the first. */
const EXCHANGES = 10;

const TOPOLOGIES: { scenario: Scenario; url: (lab: Lab) => string }[] = [
  { scenario: httpProxy, url: (lab) => lab.envoyUrl },
  { scenario: tproxy, url: (lab) => lab.upstreams.upstream?.url ?? '' },
];

/**
 * Measures labs of each topology and whole runs of the book, one after the other, `runs` times. The
 * baseline of an exchange is the same request from the same agent, unobserved.
 *
 * @throws SetupError where a lab is not available, or a run does not pass
 */
export async function measure(runs: number, log: Log): Promise<Bench> {
  const { machine, cores, labOptions } = await benchEnvironment([NEWEST], log);
  const times = new Times();
  let envoy: EnvoyBuild | undefined;
  for (let n = 1; n <= runs; n++) {
    for (const { scenario, url } of TOPOLOGIES) {
      log(`run ${n} of ${runs}: ${scenario.topology.kind} (${scenario.slug})`);
      envoy = await measureLab(scenario, url, labOptions(NEWEST, `${scenario.slug}-${n}`), times);
    }
    log(`run ${n} of ${runs}: the whole book`);
    await measureBook(times);
  }
  if (!envoy) throw new RangeError(`nothing is measured in ${runs} runs`);
  return { machine, cores, envoy, runs, measurements: times.measurements() };
}

async function measureLab(
  scenario: Scenario,
  urlOf: (lab: Lab) => string,
  options: LabOptions,
  times: Times,
): Promise<EnvoyBuild> {
  const { kind } = scenario.topology;
  const start = times.of(kind, 'lab start to first response');
  const exchange = times.of(kind, 'one exchange with all observations');
  const teardown = times.of(kind, 'teardown');

  const began = performance.now();
  const lab = await Lab.start(scenario, options);
  try {
    const downstream = new Downstream(lab);
    const url = urlOf(lab);
    const first = await downstream.get(url);
    start.took.push(performance.now() - began);
    if (first.reply.outcome !== 200) {
      throw new SetupError(`lab ${scenario.slug}`, `its first response was ${first.reply.outcome}; expected 200`);
    }
    const bounds = { connectTimeoutMs: TIMEOUTS.exchangeMs, timeoutMs: TIMEOUTS.exchangeMs };
    const request = { url, method: 'GET', headers: [], ...bounds };
    for (let n = 0; n < EXCHANGES; n++) {
      exchange.took.push(await timed(() => downstream.get(url)));
      exchange.baseline.push(await timed(() => lab.downstreamHost.call('request', request, DOWNSTREAM_UID)));
    }
    const containers = await baselineOf(options.run);
    teardown.took.push(await timed(() => lab.stop()));
    const least = await measureBaseline(containers);
    start.baseline.push(least.startMs);
    teardown.baseline.push(least.teardownMs);
    return lab.build;
  } catch (error) {
    await lab.stop();
    throw error;
  }
}

/** Runs the book as a reader does: in a process of its own, from its start to its end. */
async function measureBook(times: Times): Promise<void> {
  const { failed, exitCode, stdout, stderr, durationMs } = await execa(
    process.execPath,
    ['bin/bigbook.mjs', 'run', '--json'],
    { cwd: packageRoot, stdin: 'ignore', reject: false },
  );
  if (failed) {
    throw new SetupError('bench', `\`bigbook run\` ended with exit code ${exitCode}; expected 0`, {
      hint: 'make `run` pass before measuring it',
      detail: stderr.split('\n').slice(-30).join('\n'),
    });
  }
  const { envoys } = JSON.parse(stdout) as RunRecord;
  const chapters = envoys.flatMap((envoy) => envoy.chapters);
  const size = `${chapters.length} chapters, ${claimsOf({ chapters }).length} claims`;
  times.of('book', `\`bigbook run\`: ${size}`).took.push(durationMs);
  // Each chapter with the start of its lab; two run at a time.
  for (const { slug, claims, labStartMs = 0 } of chapters) {
    const claimsMs = claims.reduce((sum, { durationMs }) => sum + durationMs, 0);
    times.of('chapter', `${slug}, ${claims.length} claims`).took.push(labStartMs + claimsMs);
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** The durations so far, in the order of their first measurement. */
class Times {
  readonly #all = new Map<string, { topology: string; what: string; took: number[]; baseline: number[] }>();

  of(topology: string, what: string): { took: number[]; baseline: number[] } {
    const key = `${topology}: ${what}`;
    const known = this.#all.get(key) ?? { topology, what, took: [], baseline: [] };
    this.#all.set(key, known);
    return known;
  }

  measurements(): Measurement[] {
    return [...this.#all.values()].map(({ topology, what, ...times }) => {
      const took = spreadOf(times.took);
      const baseline = times.baseline.length > 0 ? spreadOf(times.baseline) : undefined;
      return { topology, what, took, ...given({ baseline, ratio: baseline && took.median / baseline.median }) };
    });
  }
}
