import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { floorOf, measureFloor } from '../../fixtures/bench/baseline.ts';
import { Downstream } from '../../fixtures/exchange/downstream.ts';
import { Lab, type LabOptions } from '../../fixtures/lab/lab.ts';
import { httpProxy } from '../../fixtures/samples/suites/http-proxy/scenario.ts';
import { tproxy } from '../../fixtures/samples/suites/tproxy/scenario.ts';
import { machine } from '../../fixtures/setup/capabilities.ts';
import { ensureEngine } from '../../fixtures/setup/engine.mjs';
import { engineApi } from '../../fixtures/setup/engine-api.ts';
import { ensureImages } from '../../fixtures/setup/images.ts';
import { type Spread, spreadOf } from '../../helpers/bench/spread.ts';
import { DEFAULT_BACKEND } from '../../helpers/constants/backends.ts';
import { DOWNSTREAM_UID } from '../../helpers/constants/ports.ts';
import { packageRoot } from '../../helpers/constants/project.mjs';
import { TIMEOUTS } from '../../helpers/constants/timeouts.ts';
import { NEWEST } from '../../helpers/envoy/versions.ts';
import { claimsOf, type EnvoyIdentity, type Machine, type RunRecord } from '../../helpers/record/record.ts';
import { newRunId } from '../../helpers/record/run-id.ts';
import type { Scenario } from '../../helpers/scenario/scenario.ts';
import { SetupError } from '../../helpers/util/errors.ts';

/** One thing that takes time, in milliseconds. */
export interface Measurement {
  /** The topology that it was measured in; `book` for whole runs, `chapter` for what one adds to them. */
  topology: string;
  what: string;
  took: Spread;
  /** The least that it can take, measured in turn with it. */
  floor?: Spread;
  /** The one median by the other. */
  ratio?: number;
}

export interface Bench {
  machine: Machine;
  cores: number;
  envoy: EnvoyIdentity;
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
 * Measures labs of each topology and whole runs of the book, one after the other, `runs` times.
 *
 * The floors: of start and teardown, the same containers through the engine's API alone (`fixtures/floor.ts`); of an exchange, the same
 * request asked of the same agent, with nobody looking.
 *
 * @throws SetupError where a lab cannot be had or a run does not hold: its time would say nothing
 */
export async function measure(runs: number, log: (line: string) => void): Promise<Bench> {
  await ensureEngine({ install: false, log });
  const images = await ensureImages({ envoys: [NEWEST], install: false, log });
  const envoy = images.envoys[NEWEST];
  if (!envoy) throw new Error(`ensureImages gave no image of Envoy ${NEWEST}`);
  const id = newRunId();
  const options = {
    ...{ hostImage: images.host, envoyImage: envoy.image, envoySource: envoy.source },
    backend: DEFAULT_BACKEND,
  };
  const dockerode = await engineApi();
  const { NCPU } = await dockerode.info();
  const ground = await machine(images.host, id, DEFAULT_BACKEND);

  const times = new Times();
  let identity: EnvoyIdentity | undefined;
  for (let n = 1; n <= runs; n++) {
    for (const { scenario, url } of TOPOLOGIES) {
      log(`run ${n} of ${runs}: ${scenario.topology.kind} (${scenario.slug})`);
      identity = await measureLab(scenario, url, { ...options, run: `${id}-${scenario.slug}-${n}` }, times);
    }
    log(`run ${n} of ${runs}: the whole book`);
    await measureBook(times);
  }
  if (!identity) throw new RangeError(`nothing is measured in ${runs} runs`);
  return { machine: ground, cores: NCPU, envoy: identity, runs, measurements: times.measurements() };
}

async function measureLab(
  scenario: Scenario,
  urlOf: (lab: Lab) => string,
  options: LabOptions,
  times: Times,
): Promise<EnvoyIdentity> {
  const { kind } = scenario.topology;
  const start = times.of(kind, 'lab start to first answer');
  const exchange = times.of(kind, 'one exchange with all its evidence');
  const teardown = times.of(kind, 'teardown');

  const began = performance.now();
  const lab = await Lab.start(scenario, options);
  try {
    const downstream = new Downstream(lab, () => undefined);
    const url = urlOf(lab);
    const first = await downstream.get(url);
    start.took.push(performance.now() - began);
    if (first.reply.outcome !== 200) {
      throw new SetupError(`lab ${scenario.slug}`, `its first answer was ${first.reply.outcome}, expected 200`);
    }
    for (let n = 0; n < EXCHANGES; n++) {
      exchange.took.push(await timed(() => downstream.get(url)));
      exchange.floor.push(await timed(() => request(lab, url)));
    }
    const floor = await floorOf(options.run);
    teardown.took.push(await timed(() => lab.stop()));
    const least = await measureFloor(floor);
    start.floor.push(least.startMs);
    teardown.floor.push(least.teardownMs);
    return lab.identity;
  } catch (error) {
    await lab.stop();
    throw error;
  }
}

function request(lab: Lab, url: string): Promise<unknown> {
  const bounds = { connectTimeoutMs: TIMEOUTS.exchangeMs, timeoutMs: TIMEOUTS.exchangeMs };
  return lab.downstreamHost.ask('request', { url, method: 'GET', headers: [], ...bounds }, DOWNSTREAM_UID);
}

/** As a reader runs it: a process of its own, from its start to its end. */
async function measureBook(times: Times): Promise<void> {
  const began = performance.now();
  const child = spawn(process.execPath, ['bin/bigbook.mjs', 'run', '--json'], {
    cwd: packageRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const [status, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  const took = performance.now() - began;
  if (status !== 0) {
    throw new SetupError('bench', `\`bigbook run\` ended with exit status ${status}, expected 0`, {
      hint: 'see that the book holds before it is measured',
      detail: stderr.split('\n').slice(-30).join('\n'),
    });
  }
  const { envoys } = JSON.parse(stdout) as RunRecord;
  const chapters = envoys.flatMap((envoy) => envoy.chapters);
  const size = `${chapters.length} chapters, ${claimsOf({ chapters }).length} claims`;
  times.of('book', `\`bigbook run\`: ${size}`).took.push(took);
  // What each chapter adds, with its lab's start; two at a time.
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

/** What was measured so far, in the order of its first time. */
class Times {
  readonly #all = new Map<string, { topology: string; what: string; took: number[]; floor: number[] }>();

  of(topology: string, what: string): { took: number[]; floor: number[] } {
    const key = `${topology}: ${what}`;
    const known = this.#all.get(key) ?? { topology, what, took: [], floor: [] };
    this.#all.set(key, known);
    return known;
  }

  measurements(): Measurement[] {
    return [...this.#all.values()].map(({ topology, what, took, floor }) => {
      const spread = spreadOf(took);
      if (floor.length === 0) return { topology, what, took: spread };
      const least = spreadOf(floor);
      return { topology, what, took: spread, floor: least, ratio: spread.median / least.median };
    });
  }
}
