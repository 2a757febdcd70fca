import { basename } from 'node:path';
import type { TestCase, TestModule } from 'vitest/node';
import type { ClaimMeta } from '../helpers/claim-meta.ts';
import { type ChapterRecord, type ClaimRecord, outcomeOf, RECORD_SCHEMA, type RunRecord } from '../helpers/record.ts';
import { errorText } from './error-text.ts';

/** Builds the record of a run from vitest's tests as they end. */
export class RunRecorder {
  readonly #root: string;
  readonly #id: string;
  readonly #started = new Date();
  readonly #began = performance.now();
  readonly #claims = new Map<string, ClaimRecord>();
  readonly #chapters = new Map<string, { module: TestModule; meta: ClaimMeta['chapter'] }>();
  readonly #errors: string[] = [];
  #envoy: RunRecord['envoy'];
  #machine: RunRecord['machine'];

  /** @param root the project's folder, which paths in errors are made relative to */
  constructor(root: string, id: string) {
    this.#root = root;
    this.#id = id;
  }

  /** Whether no chapter has had anything to report. */
  get empty(): boolean {
    return this.#claims.size === 0 && this.#errors.length === 0;
  }

  addClaim(test: TestCase): { slug: string; title: string; claim: ClaimRecord } {
    const meta = test.meta().bigbook;
    const slug = slugOf(test.module.moduleId);
    const chapter = meta?.chapter ?? this.#chapters.get(slug)?.meta ?? unknownChapter(slug);
    const claim = claimOf(test, this.#root);
    this.#envoy ??= meta?.envoy;
    this.#machine ??= meta?.machine;
    this.#chapters.set(slug, { module: test.module, meta: chapter });
    this.#claims.set(test.id, claim);
    return { slug, title: chapter.title, claim };
  }

  /** Something that went wrong outside every claim. */
  addError(error: string): void {
    this.#errors.push(error);
  }

  /** The record as of now, its outcome `running` unless the run has `ended`. Chapters by name, claims as they stand in the file. */
  record({ ended }: { ended: boolean }): RunRecord {
    const chapters = [...this.#chapters]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { module, meta }]): ChapterRecord => {
        const tests = [...module.children.allTests()];
        return { ...meta, claims: tests.flatMap((test) => this.#claims.get(test.id) ?? []) };
      });
    const errors = [...this.#errors];
    return {
      schema: RECORD_SCHEMA,
      id: this.#id,
      started: this.#started.toISOString(),
      durationMs: Math.round(performance.now() - this.#began),
      outcome: ended ? outcomeOf({ chapters, errors }) : 'running',
      ...(this.#envoy && { envoy: this.#envoy }),
      ...(this.#machine && { machine: this.#machine }),
      chapters,
      errors,
    };
  }
}

/** The chapter that a test file belongs to: `suites/<slug>.test.ts`. */
function slugOf(path: string): string {
  return basename(path).replace(/\.test\.ts$/, '');
}

/** What can be said about a chapter none of whose claims got far enough to tell. */
function unknownChapter(slug: string): ClaimMeta['chapter'] {
  return { slug, title: slug, requirement: '', topology: '' };
}

function claimOf(test: TestCase, root: string): ClaimRecord {
  const meta = test.meta().bigbook;
  const result = test.result();
  const claim: ClaimRecord = {
    title: test.fullName,
    outcome: 'held',
    durationMs: Math.round(test.diagnostic()?.duration ?? 0),
    observations: meta?.observations ?? [],
  };
  if (result.state === 'skipped') {
    claim.outcome = 'skipped';
    claim.reason = meta?.skipped ?? result.note ?? 'marked to be skipped in its file';
  }
  if (result.state === 'failed') {
    // The first error decides: after an assertion that failed, trouble with putting the lab back does not excuse it.
    claim.outcome = result.errors[0]?.name === 'SetupError' ? 'broken' : 'failed';
    // A lab that does not start is thrown at the claim and again at what follows it.
    claim.error = [...new Set(result.errors.map((error) => errorText(error, root)))].join('\n\n');
    if (meta?.evidence !== undefined) claim.evidence = meta.evidence;
  }
  return claim;
}
