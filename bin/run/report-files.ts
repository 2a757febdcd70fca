import { accessSync, constants, existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { RunRecord } from '../../helpers/record/record.ts';
import { toJunit } from '../../helpers/report/junit.ts';
import { runPage } from '../../helpers/report/run-page.ts';
import { summarize } from '../../helpers/report/summary.ts';
import { messageOf } from '../../helpers/util/errors.ts';
import { readEvidence } from './evidence-files.ts';

/**
 * The reports of a run, `reports/<id>/{record.json,junit.xml,summary.md,report.html}`, and the link
 * `reports/latest`. A file is replaced synchronously in one step: a killed run leaves whole files.
 */
export class ReportFiles {
  readonly #root: string;
  readonly #id: string;
  #made = false;
  #problem: string | undefined;
  #later: NodeJS.Timeout | undefined;
  /** The end and the duration of the last write. */
  #lastEnd = 0;
  #lastMs = 0;

  /** @param root the project's folder */
  constructor(root: string, id: string) {
    this.#root = root;
    this.#id = id;
  }

  /** Why the reports cannot be written; undefined where they can. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Checks that the reports can be written; sets `problem` where not. */
  check(): void {
    this.#attempt(() => {
      const folder = join(this.#root, 'reports');
      mkdirSync(folder, { recursive: true });
      accessSync(folder, constants.W_OK);
    });
  }

  /** Relative to the project. */
  get folder(): string {
    return join('reports', this.#id);
  }

  /** Updates the files now or later: writing a growing record takes at most a fiftieth of the time. */
  writeSoon(record: () => RunRecord): void {
    if (this.#later) return;
    const wait = this.#lastEnd + 49 * this.#lastMs - performance.now();
    if (wait <= 0) this.writeAll(record());
    // The process need not wait for this: the end of a run writes anyway.
    else this.#later = setTimeout(() => this.writeAll(record()), wait).unref();
  }

  /** Writes the record and the files that derive from it; nothing more after a first failure. */
  writeAll(record: RunRecord): void {
    clearTimeout(this.#later);
    this.#later = undefined;
    const began = performance.now();
    this.#attempt(() => {
      this.#make();
      this.#write('record.json', `${JSON.stringify(record, null, 1)}\n`);
      this.#write('junit.xml', toJunit(record));
      this.#write('summary.md', summarize(record));
      this.#write('report.html', htmlReport(this.#root, record, join(this.#root, this.folder)));
    });
    this.#lastEnd = performance.now();
    this.#lastMs = this.#lastEnd - began;
  }

  #attempt(write: () => void): void {
    if (this.#problem !== undefined) return;
    try {
      write();
    } catch (error) {
      this.#problem = `cannot write ${this.folder}: ${messageOf(error)}`;
    }
  }

  #make(): void {
    if (this.#made) return;
    mkdirSync(join(this.#root, this.folder), { recursive: true });
    const link = join(this.#root, 'reports', `.latest-${this.#id}`);
    rmSync(link, { force: true });
    symlinkSync(this.#id, link);
    renameSync(link, join(this.#root, 'reports', 'latest'));
    this.#made = true;
  }

  #write(name: string, content: string): void {
    const path = join(this.#root, this.folder, name);
    writeFileSync(`${path}.part`, content);
    renameSync(`${path}.part`, path);
  }
}

/**
 * A run as one HTML page, with the failure bundles of its claims in the project's folder `root`.
 *
 * @param folder the absolute path of the page's folder
 */
export function htmlReport(root: string, record: RunRecord, folder: string): string {
  return runPage(record, {
    readBundle: (bundle) => readEvidence(root, bundle),
    links: {
      toProject: relative(folder, root).split(sep).join('/') || '.',
      hasPage: (slug) => existsSync(join(root, 'docs', `${slug}.md`)),
    },
  });
}
