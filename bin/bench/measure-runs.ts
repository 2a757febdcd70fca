import { execa } from 'execa';
import type { CpuMeter } from '../../fixtures/bench/cpu-meter.ts';
import type { Cost } from '../../helpers/bench/costs.ts';
import { packageRoot } from '../../helpers/constants/project.mjs';
import type { SandboxName } from '../../helpers/constants/sandboxes.ts';
import { claimsOf, type RunRecord } from '../../helpers/record/record.ts';
import { counted } from '../../helpers/report/wording.ts';
import { SetupError } from '../../helpers/util/errors.ts';
import { given } from '../../helpers/util/given.ts';
import type { Log } from './environment.ts';
import type { Revision } from './revision.ts';
import { measured, Samples } from './samples.ts';

/** A checkout whose `bigbook run` is measured, in one sandbox. */
export interface Runner {
  /** Absent for this checkout. */
  revision?: Revision;
  /** Absent for a revision that has no sandboxes. */
  sandbox?: SandboxName;
}

interface Size {
  chapters: number;
  claims: number;
}

/** What is measured of `bigbook run`: a process of its own, from its start to its end. */
interface Run extends Size {
  /** The commit; absent for this checkout. */
  revision?: string;
  sandbox?: SandboxName;
}

/** The cost of a run. */
export type RunCost = Run & { cost: Cost };

/** The cost of a run of one chapter of this checkout. */
export interface ChapterCost {
  slug: string;
  claims: number;
  sandbox: SandboxName;
  cost: Cost;
}

/** How a run ended. */
interface Ended extends Size {
  wallMs: number;
  cpu: Awaited<ReturnType<typeof measured>>['cpu'];
}

/** Measures runs of this checkout and of another revision. */
export class RunsBench {
  readonly #runs = new Samples<Run>();
  readonly #chapters = new Samples<Omit<ChapterCost, 'cost'>>();
  readonly #meter: CpuMeter;
  readonly #log: Log;
  readonly #signal: AbortSignal;

  constructor(meter: CpuMeter, log: Log, signal: AbortSignal) {
    this.#meter = meter;
    this.#log = log;
    this.#signal = signal;
  }

  get runs(): RunCost[] {
    return this.#runs.costs();
  }

  get chapters(): ChapterCost[] {
    return this.#chapters.costs();
  }

  /** Runs a chapter without measuring: the first run compiles the harness and probes the machine. */
  async warmUp(runner: Runner, slug: string): Promise<void> {
    this.#log(`warm-up: ${describe(runner)}`);
    await this.#ended(runner, [slug]);
  }

  /** @param slugs none stands for all chapters */
  async run(runner: Runner, slugs: string[], log: Log): Promise<void> {
    log(`${slugs.length > 0 ? slugs.join(' ') : 'every chapter'}: ${describe(runner)}`);
    const { wallMs, cpu, ...size } = await this.#ended(runner, slugs);
    const { revision, sandbox } = runner;
    this.#runs.add({ ...given({ revision: revision?.commit, sandbox }), ...size }, { wallMs, cpu });
  }

  async chapter(slug: string, sandbox: SandboxName): Promise<void> {
    this.#log(`${slug}: ${describe({ sandbox })}`);
    const { claims, ...sample } = await this.#ended({ sandbox }, [slug]);
    this.#chapters.add({ slug, claims, sandbox }, sample);
  }

  /** @throws SetupError where a run does not pass; the signal's reason where it is aborted */
  async #ended(runner: Runner, slugs: string[]): Promise<Ended> {
    this.#signal.throwIfAborted();
    const { value: output, ...sample } = await measured(this.#meter, () => outputOf(runner, slugs, this.#signal));
    const { envoys } = JSON.parse(output) as RunRecord;
    const chapters = envoys.flatMap((envoy) => envoy.chapters);
    return { ...sample, chapters: chapters.length, claims: claimsOf({ chapters }).length };
  }
}

/** `in namespaces`, `412ab876 in its only sandbox`. */
function describe({ revision, sandbox }: { revision?: { name: string }; sandbox?: SandboxName }): string {
  return [revision?.name, `in ${sandbox ?? 'its only sandbox'}`].filter((part) => part !== undefined).join(' ');
}

async function outputOf({ revision, sandbox }: Runner, slugs: string[], signal: AbortSignal): Promise<string> {
  const options = sandbox === undefined ? [] : ['--sandbox', sandbox];
  const command = ['bin/bigbook.mjs', 'run', ...slugs, ...options, '--json'];
  const running = execa(process.execPath, command, {
    cwd: revision?.folder ?? packageRoot,
    // Each run has an id of its own.
    env: { ...revision?.env, BIGBOOK_RUN: undefined },
    stdin: 'ignore',
    reject: false,
    // Ctrl-C reaches this process alone, which passes it on: the run stops its labs.
    detached: true,
    cancelSignal: signal,
    killSignal: 'SIGINT',
  });
  // The second Ctrl-C ends this process.
  const end = (): void => killGroup(running.pid);
  process.once('exit', end);
  const { failed, exitCode, stdout, stderr } = await running.finally(() => process.off('exit', end));
  signal.throwIfAborted();
  if (!failed) return stdout;
  const where = revision === undefined ? '' : ` of ${revision.name}`;
  throw new SetupError(
    'bench',
    `\`bigbook ${command.slice(1).join(' ')}\`${where} ended with exit code ${exitCode}; expected 0`,
    {
      hint: `make \`run\` pass before measuring it`,
      detail: stderr.split('\n').slice(-30).join('\n'),
    },
  );
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

/** `20 chapters, 395 claims`. */
export function sizeOf({ chapters, claims }: Size): string {
  return `${counted(chapters, 'chapter')}, ${counted(claims, 'claim')}`;
}
