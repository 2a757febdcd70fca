import { relative } from 'node:path';
import pc from 'picocolors';
import type {
  Reporter,
  SerializedError,
  TestCase,
  TestModule,
  TestRunEndReason,
  TestSpecification,
  Vitest,
} from 'vitest/node';
import { sourcePlace } from '../../fixtures/compiled/source-places.ts';
import type { Book } from '../../fixtures/global-setup.ts';
import { projectRoot } from '../../helpers/constants/project.mjs';
import { tally } from '../../helpers/record/digest.ts';
import { type ClaimRecord, claimsOf, type RunRecord } from '../../helpers/record/record.ts';
import { newRunId } from '../../helpers/record/run-id.ts';
import { claimOrderOf, isVariant, variantNameOf } from '../../helpers/record/variants.ts';
import { EXIT_OF } from '../../helpers/record/verdict.ts';
import { counted, duration } from '../../helpers/report/wording.ts';
import { slugOf, withPaths } from '../../helpers/scenario/suite-files.ts';
import { given } from '../../helpers/util/given.ts';
import { COMMAND_LINE } from '../run/command-line.ts';
import { ReportFiles } from '../run/report-files.ts';
import { closing } from './closing.ts';
import { errorText } from './error-text.ts';
import { describeNotRun, type PlannedChapter } from './not-run.ts';
import { opening } from './opening.ts';
import { GroupedLines } from './progress.ts';
import { RunRecorder } from './run-recorder.ts';

type UserConsoleLog = Parameters<NonNullable<Reporter['onUserConsoleLog']>>[0];

/**
 * Turns vitest's events into the record and reports of the run, and prints claims as they end, then
 * troubles, a table and the counts. The outcome on disk is `running` until the run ends.
 */
export default class BookReporter implements Reporter {
  readonly #root: string;
  readonly #recorder: RunRecorder;
  readonly #reports: ReportFiles;
  readonly #lines = new GroupedLines((line) => this.#print(line));
  /** The harness's own tests, which are not in the record. */
  readonly #own = { passed: 0, failed: 0, skipped: 0 };
  readonly #ownFailures: { head: string; errors: ReadonlyArray<SerializedError>; module: TestModule }[] = [];
  readonly #ended = new Set<string>();
  /** The number of tests by file, of those that were loaded. */
  readonly #started = new Map<string, NonNullable<PlannedChapter['claims']>>();
  /** The tests that have ended, by id. */
  readonly #tests = new Set<string>();
  #opened = false;
  #vitest: Vitest | undefined;
  #colours = pc.createColors(false);
  #files: ReadonlyArray<TestSpecification> = [];
  #over = false;
  #interrupted = false;
  #refused = false;
  /** The number of errors outside every test. */
  #errors = 0;

  /** @param options `root`: the folder of `reports/` and of relative paths; by default the project */
  constructor({ root = projectRoot }: { root?: string } = {}) {
    process.env.BIGBOOK_RUN ??= newRunId();
    const id = process.env.BIGBOOK_RUN;
    this.#root = root;
    this.#recorder = new RunRecorder(root, id);
    this.#recorder.command = COMMAND_LINE;
    this.#reports = new ReportFiles(root, id);
  }

  /** The record as of now. */
  get record(): RunRecord {
    return this.#recorder.record({ ended: this.#over && !this.#interrupted });
  }

  /** Records an error outside every test. */
  addError(error: string): void {
    this.#recorder.addError(error);
    this.#errors += 1;
  }

  /** The set-up failed: there are no tests to count. */
  onRefused(): void {
    this.#refused = true;
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
    const stream = vitest.logger.outputStream;
    this.#colours = pc.createColors('isTTY' in stream && stream.isTTY && pc.isColorSupported);
  }

  onTestRunStart(specifications: ReadonlyArray<TestSpecification>): void {
    this.#files = specifications;
    if (!specifications.some(({ project }) => isVariant(project.name))) return;
    this.#reports.check();
    if (this.#reports.problem !== undefined) this.#print(`no report: ${this.#reports.problem}`);
    const { seed } = this.#vitest?.config.sequence ?? {};
    if (seed !== undefined && specifications.some(({ project }) => isShuffled(project))) this.#recorder.seed = seed;
  }

  /** Ctrl-C: what has not ended will not be run. */
  onInterrupt(): void {
    this.#interrupted = true;
  }

  onTestModuleQueued(): void {
    // Vitest drops its listeners when a run starts.
    this.#vitest?.onCancel(() => this.onInterrupt());
    this.#printOpening();
  }

  onTestModuleCollected(module: TestModule): void {
    const claims = [...module.children.allTests()].filter(({ options }) => options.mode !== 'skip');
    this.#started.set(keyOf(module.project.name, module.moduleId), { all: claims.length, ended: 0 });
  }

  onUserConsoleLog(log: UserConsoleLog): void {
    for (const line of log.content.trimEnd().split('\n')) this.#print(this.#colours.dim(`│ ${line}`));
  }

  onTestCaseResult(test: TestCase): void {
    if (test.result().state === 'skipped' && !this.#wasMeant(test)) return;
    // Ctrl-C stops the claim under way, so that its hooks may fail: it has no result.
    if (this.#interrupted && test.result().state === 'failed') return;
    // Vitest reports results once more when a run is cancelled.
    if (this.#tests.has(test.id)) return;
    this.#tests.add(test.id);
    const started = this.#started.get(keyOf(test.project.name, test.module.moduleId));
    if (started) started.ended += 1;
    if (isVariant(test.project.name)) this.#claimEnded(test);
    else this.#ownTestEnded(test);
  }

  onTestModuleEnd(module: TestModule): void {
    this.#ended.add(keyOf(module.project.name, module.moduleId));
    const errors = module.errors();
    if (isVariant(module.project.name)) {
      for (const error of errors) this.addError(`${this.#path(module)}: ${errorText(error, this.#root)}`);
      if (!this.#recorder.empty) this.#reports.writeSoon(() => this.record);
    } else {
      if (errors.length > 0) {
        this.#own.failed += 1;
        this.#ownFailures.push({ head: this.#path(module), errors, module });
      }
      this.#ownFileEnded(module);
    }
    this.#lines.end(module.id);
  }

  onTestRunEnd(_: unknown, unhandled: ReadonlyArray<SerializedError>, reason: TestRunEndReason): void {
    this.#over = true;
    this.#interrupted ||= reason === 'interrupted';
    this.#lines.endAll();
    for (const { head, errors, module } of this.#ownFailures) this.#printErrors(head, errors, module);
    if (unhandled.length > 0) this.#printErrors('outside every test', unhandled);
    const ownAlone = this.#recorder.empty;
    for (const error of unhandled) this.addError(`outside every test: ${errorText(error, this.#root)}`);
    if (!ownAlone) this.#close();
    else if (this.#interrupted && this.#plan().length > 0)
      this.#print(`\n${describeNotRun(this.#plan())}\nno report: no claim has ended`);
    // Vitest reports a failed global set-up after this; the counts stay the last line.
    if (this.#ended.size > 0) this.#printCounts();
    else this.#vitest?.onClose(() => this.#printCounts());
  }

  /** The version, image source, machine and seed of the run, which are known after the global set-up. */
  #printOpening(): void {
    if (this.#opened) return;
    this.#opened = true;
    const files = this.#files.filter(({ project }) => isVariant(project.name));
    // Absent where a project has no global set-up.
    const book = files[0]?.project.getProvidedContext().book as Book | undefined;
    const names = [...new Set(files.map(variantNameOf))];
    const envoys = names.flatMap((name) => {
      const envoy = book?.envoys[name];
      return envoy ? { name, source: envoy.envoySource } : [];
    });
    const text = opening({ envoys, ...given({ machine: book?.machine, seed: this.#recorder.seed }) });
    if (text !== '') this.#print(text);
  }

  /** The chapters that the run was to run. */
  #plan(): PlannedChapter[] {
    const files = this.#files.filter(({ project }) => isVariant(project.name));
    const several = new Set(files.map(variantNameOf)).size > 1;
    return files.map((file) => {
      const slug = slugOf(file.moduleId);
      const name = several ? `${slug} on Envoy ${variantNameOf(file)}` : slug;
      return { name, ...given({ claims: this.#started.get(keyOf(file.project.name, file.moduleId)) }) };
    });
  }

  #claimEnded(test: TestCase): void {
    const { slug, title, claim } = this.#recorder.addClaim(test);
    const { bold, dim } = this.#colours;
    const variants = new Set(this.#files.filter(({ project }) => isVariant(project.name)).map(variantNameOf));
    const on = variants.size > 1 ? `  on Envoy ${variantNameOf(test.module)}` : '';
    this.#lines.add(test.module.id, this.#claimLine(claim), `\n${bold(slug)}${on}  ${dim(title)}`);
    this.#reports.writeSoon(() => this.record);
  }

  #claimLine({ outcome, title, durationMs }: ClaimRecord): string {
    const { green, red, yellow, dim } = this.#colours;
    const time = dim(duration(durationMs));
    switch (outcome) {
      case 'passed':
        return `  ${green('✓')} ${title}  ${time}`;
      case 'failed':
        return `  ${red('✗')} ${red(title)}  ${time}`;
      case 'error':
        return `  ${red('!')} ${title}  ${red('error')}`;
      default:
        // The end of the run lists the reasons, which are mostly the same for a whole chapter.
        return `  ${yellow('–')} ${title}  ${yellow('skipped')}`;
    }
  }

  #ownTestEnded(test: TestCase): void {
    const { state, errors } = test.result();
    if (state === 'pending') return;
    this.#own[state] += 1;
    if (state === 'failed') {
      this.#ownFailures.push({ head: `${this.#path(test.module)}: ${test.fullName}`, errors, module: test.module });
    }
  }

  #ownFileEnded(module: TestModule): void {
    const { green, red, dim } = this.#colours;
    const tests = [...module.children.allTests()].length;
    const mark = module.ok() ? green('✓') : red('✗');
    const time = dim(duration(module.diagnostic().duration));
    this.#lines.add(module.id, `${mark} ${this.#path(module)}  ${dim(counted(tests, 'test'))}  ${time}`);
  }

  /** Whether a test was skipped on purpose, not by a name filter or Ctrl-C. */
  #wasMeant(test: TestCase): boolean {
    if (this.#interrupted) return false;
    const result = test.result();
    const hasReason = test.meta().bigbook?.skipped !== undefined || (result.state === 'skipped' && result.note);
    return Boolean(hasReason) || this.#vitest?.getGlobalTestNamePattern() === undefined;
  }

  #close(): void {
    this.#reports.writeAll(this.record);
    const { record } = this;
    const notRun = this.#interrupted ? describeNotRun(this.#plan()) : undefined;
    this.#print(
      `\n${closing(record, { folder: this.#reports.folder, ...given({ problem: this.#reports.problem, notRun }) }, this.#colours)}`,
    );
    // The exit code separates failed claims from errors; vitest has set 1 for both.
    if (this.#own.failed === 0) process.exitCode = EXIT_OF[record.outcome] || (process.exitCode ?? 0);
  }

  #printCounts(): void {
    if (this.#refused) return;
    const { passed, failed, error, skipped } = tally(this.record.envoys.flatMap(claimsOf));
    const ended = ({ project, moduleId }: TestSpecification) => this.#ended.has(keyOf(project.name, moduleId));
    // A shard receives all files and runs some of them.
    const meant = this.#interrupted || (this.#vitest?.config.shard && this.#ended.size > 0) ? [] : this.#files;
    const notLoaded = meant.filter((file) => !ended(file)).length;
    const passes = this.#own.passed + passed;
    const failures = this.#own.failed + failed + error + (this.#errors || notLoaded);
    const skips = this.#own.skipped + skipped;
    this.#print(`\n${passes} passed, ${failures} failed${skips > 0 ? `, ${skips} skipped` : ''}`);
  }

  #printErrors(head: string, errors: ReadonlyArray<SerializedError>, module?: TestModule): void {
    this.#vitest?.logger.error(`\n${this.#colours.red('✗')} ${head}`);
    for (const error of errors) {
      // Vitest prints the code, always in colours.
      const sources = { ...error, ...given({ stacks: error.stacks?.map(sourcePlace) }) };
      if (this.#colours.isColorSupported)
        this.#vitest?.logger.printError(sources, module && { project: module.project });
      else this.#vitest?.logger.error(errorText(error, this.#root));
    }
  }

  #print(text: string): void {
    this.#vitest?.logger.log(text);
  }

  #path(module: TestModule): string {
    return relative(this.#root, withPaths(module.moduleId));
  }
}

/** The key of a test file in a project. */
function keyOf(project: string, moduleId: string): string {
  return `${project} ${moduleId}`;
}

/** Whether a project's claims run in a random order. */
function isShuffled({ config }: TestSpecification['project']): boolean {
  const { variant } = config.provide;
  return variant !== undefined && claimOrderOf(variant) === 'shuffled';
}
