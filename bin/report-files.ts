import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toJunit } from '../helpers/junit.ts';
import type { RunRecord } from '../helpers/record.ts';
import { summarize } from '../helpers/summary.ts';

/**
 * The reports of one run: `reports/<id>/` with `record.json`, `junit.xml` and `summary.md`, and `reports/latest` pointing there.
 *
 * Written synchronously and each file in one step: a run that is killed leaves the last whole state of every file.
 */
export class ReportFiles {
  readonly #root: string;
  readonly #id: string;
  #made = false;

  /** @param root the project's folder */
  constructor(root: string, id: string) {
    this.#root = root;
    this.#id = id;
  }

  /** Relative to the project. */
  get folder(): string {
    return join('reports', this.#id);
  }

  /** The record alone: cheap enough to be written after every claim. */
  writeRecord(record: RunRecord): void {
    this.#make();
    this.#write('record.json', `${JSON.stringify(record, null, 1)}\n`);
  }

  /** The record and what derives from it. */
  writeAll(record: RunRecord): void {
    this.writeRecord(record);
    this.#write('junit.xml', toJunit(record));
    this.#write('summary.md', summarize(record));
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
