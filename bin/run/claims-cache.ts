import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeclaredClaim } from './collect-claims.ts';

/** The claims of chapters as they were collected last, a file for each chapter. */
export class ClaimsCache {
  readonly #folders: string[];

  /** @param folders in order of preference; the first one that can be written is used */
  constructor(folders: string[]) {
    this.#folders = folders;
  }

  /** The claims of a chapter, if they were collected from what the digest stands for. */
  read(slug: string, digest: string): DeclaredClaim[] | undefined {
    for (const folder of this.#folders) {
      const entry = entryOf(join(folder, `${slug}.json`));
      if (entry?.digest === digest) return entry.claims;
    }
    return undefined;
  }

  /** Keeps the claims of a chapter. Where no folder can be written, they are collected again next time. */
  write(slug: string, digest: string, claims: DeclaredClaim[]): void {
    for (const folder of this.#folders) {
      const file = join(folder, `${slug}.json`);
      const unfinished = `${file}.${randomUUID()}`;
      try {
        mkdirSync(folder, { recursive: true });
      } catch {
        continue;
      }
      try {
        writeFileSync(unfinished, JSON.stringify({ digest, claims } satisfies Entry));
        renameSync(unfinished, file);
        return;
      } catch {
        rmSync(unfinished, { force: true });
      }
    }
  }
}

interface Entry {
  digest: string;
  claims: DeclaredClaim[];
}

function entryOf(file: string): Entry | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isEntry(value) ? value : undefined;
  } catch {
    // It does not exist, or a full disk has cut it off.
    return undefined;
  }
}

function isEntry(value: unknown): value is Entry {
  return (
    typeof value === 'object' &&
    value !== null &&
    'digest' in value &&
    'claims' in value &&
    Array.isArray(value.claims) &&
    value.claims.every((claim) => typeof claim?.title === 'string' && Array.isArray(claim.changes))
  );
}
