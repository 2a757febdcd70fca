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
import { projectRoot } from '../../helpers/constants/project.mjs';
import { tally } from '../../helpers/record/digest.ts';
import { type ClaimRecord, claimsOf, type RunRecord } from '../../helpers/record/record.ts';
import { newRunId } from '../../helpers/record/run-id.ts';
import { isVariant, variantNameOf } from '../../helpers/record/variants.ts';
import { EXIT_OF } from '../../helpers/record/verdict.ts';
import { counted, duration } from '../../helpers/report/wording.ts';
import { ReportFiles } from '../run/report-files.ts';
import { closing } from './closing.ts';
import { errorText } from './error-text.ts';
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
    if (seed === undefined || !specifications.some(({ project }) => isShuffled(project))) return;
    this.#recorder.seed = seed;
    this.#print(`claims in random order: --seed ${seed} repeats it`);
  }

  onTestModuleQueued(): void {
    // Vitest drops its listeners when a run starts.
    this.#vitest?.onCancel(() => {
      this.#interrupted = true;
    });
  }

  onUserConsoleLog(log: UserConsoleLog): void {
    for (const line of log.content.trimEnd().split('\n')) this.#print(this.#colours.dim(`│ ${line}`));
  }

  onTestCaseResult(test: TestCase): void {
    if (test.result().state === 'skipped' && !this.#wasMeant(test)) return;
    if (isVariant(test.project.name)) this.#claimEnded(test);
    else this.#ownTestEnded(test);
  }

  onTestModuleEnd(module: TestModule): void {
    this.#ended.add(`${module.project.name} ${module.moduleId}`);
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
    // Vitest reports a failed global set-up after this; the counts stay the last line.
    if (this.#ended.size > 0) this.#printCounts();
    else this.#vitest?.onClose(() => this.#printCounts());
  }

  #claimEnded(test: TestCase): void {
    const { slug, title, claim } = this.#recorder.addClaim(test);
    const { bold, dim } = this.#colours;
    const variants = new Set(this.#files.map(({ project }) => project.name).filter(isVariant));
    const on = variants.size > 1 ? `  on Envoy ${variantNameOf(test.project.name)}` : '';
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
    this.#print(`\n${closing(record, this.#reports, this.#colours)}`);
    // The exit status tells failed claims from errors; vitest has set 1 for both.
    if (this.#own.failed === 0) process.exitCode = EXIT_OF[record.outcome] || (process.exitCode ?? 0);
  }

  #printCounts(): void {
    if (this.#refused) return;
    const { passed, failed, error, skipped } = tally(this.record.envoys.flatMap(claimsOf));
    const ended = ({ project, moduleId }: TestSpecification) => this.#ended.has(`${project.name} ${moduleId}`);
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
      if (this.#colours.isColorSupported) this.#vitest?.logger.printError(error, module && { project: module.project });
      else this.#vitest?.logger.error(errorText(error, this.#root));
    }
  }

  #print(text: string): void {
    this.#vitest?.logger.log(text);
  }

  #path(module: TestModule): string {
    return relative(this.#root, module.moduleId);
  }
}

/** Whether a project's claims run in a random order. */
function isShuffled({ config }: TestSpecification['project']): boolean {
  return config.setupFiles.some((file) => file.endsWith('shuffle.ts'));
}
