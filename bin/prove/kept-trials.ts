import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClaimRecord } from '../../helpers/record/record.ts';
import type { Trial } from './trials.ts';

/** The longest kept text of an error. */
const ERROR_CHARACTERS = 4_000;

const OUTCOMES: ReadonlySet<unknown> = new Set<ClaimRecord['outcome']>(['passed', 'failed', 'skipped']);

/** Results of trials that later runs can reuse: a file for each, named by its key. */
export class KeptTrials {
  readonly #folder: string;
  readonly #mostBytes: number;

  /** @param mostBytes the bound of `prune` */
  constructor(folder: string, mostBytes = 64 * 1024 * 1024) {
    this.#folder = folder;
    this.#mostBytes = mostBytes;
  }

  /** The result with this key; undefined where there is none, or its file is damaged. */
  find(key: string): Trial | undefined {
    const file = this.#fileOf(key);
    try {
      const kept: unknown = JSON.parse(readFileSync(file, 'utf8'));
      if (!isKept(kept) || kept.key !== key || !isComplete(kept.trial)) return undefined;
      // `prune` removes what was not used for the longest time.
      utimesSync(file, new Date(), new Date());
      return kept.trial;
    } catch {
      return undefined;
    }
  }

  /**
   * Keeps the result of a trial that is complete, without its observations.
   *
   * @throws where the folder cannot be written
   */
  keep(key: string, trial: Trial): void {
    if (!isComplete(trial)) return;
    const claims = trial.record.claims.map(({ evidence: _, error, ...claim }) => ({
      ...claim,
      observations: [],
      ...(error !== undefined && { error: error.slice(0, ERROR_CHARACTERS) }),
    }));
    mkdirSync(this.#folder, { recursive: true });
    const part = `${this.#fileOf(key)}.${process.pid}`;
    writeFileSync(part, JSON.stringify({ key, trial: { ...trial, record: { ...trial.record, claims } } }));
    renameSync(part, this.#fileOf(key));
  }

  forget(key: string): void {
    rmSync(this.#fileOf(key), { force: true });
  }

  /** Removes the results that were not used for the longest time, until the rest is within the bound. */
  prune(): void {
    const files = namesIn(this.#folder)
      .map((name) => join(this.#folder, name))
      .map((path) => ({ path, stat: statSync(path, { throwIfNoEntry: false }) }))
      .sort((a, b) => (b.stat?.mtimeMs ?? 0) - (a.stat?.mtimeMs ?? 0));
    let bytes = 0;
    for (const { path, stat } of files) {
      bytes += stat?.size ?? 0;
      if (bytes > this.#mostBytes) rmSync(path, { force: true });
    }
  }

  #fileOf(key: string): string {
    return join(this.#folder, `${key}.json`);
  }
}

/** Whether every claim of a trial has a result. */
export function isComplete({ complete, record }: Trial): boolean {
  return complete && record.claims.length > 0 && record.claims.every(({ outcome }) => OUTCOMES.has(outcome));
}

/** A result as it was written; the content of its trial is not checked further than its key. */
function isKept(value: unknown): value is { key: string; trial: Trial } {
  return typeof value === 'object' && value !== null && 'key' in value && 'trial' in value;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
