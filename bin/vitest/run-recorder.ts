import type { TestCase, TestModule } from 'vitest/node';
import { compareVersions } from '../../helpers/envoy/versions.ts';
import type { ClaimMeta } from '../../helpers/record/claim-meta.ts';
import {
  type ChapterRecord,
  type ClaimRecord,
  type EnvoyRecord,
  RECORD_SCHEMA,
  type RunRecord,
} from '../../helpers/record/record.ts';
import { variantNameOf } from '../../helpers/record/variants.ts';
import { outcomeOfClaim, outcomeOfRun } from '../../helpers/record/verdict.ts';
import { slugOf } from '../../helpers/scenario/suite-files.ts';
import { given } from '../../helpers/util/given.ts';
import { claimName } from './claim-name.ts';
import { errorText } from './error-text.ts';

interface ChapterSoFar {
  module: TestModule;
  meta: ClaimMeta['chapter'];
  /** By the test's id. */
  claims: Map<string, ClaimRecord>;
}

/** A variant's part of a run that is under way. */
interface VariantSoFar {
  envoy: Omit<EnvoyRecord, 'chapters'>;
  chapters: Map<string, ChapterSoFar>;
}

/** Builds the record of a run from vitest's tests as they end. */
export class RunRecorder {
  readonly #root: string;
  readonly #id: string;
  readonly #started = new Date();
  readonly #began = performance.now();
  readonly #variants = new Map<string, VariantSoFar>();
  readonly #errors: string[] = [];
  /** The command that made the run. */
  command: string | undefined;
  /** The seed of the order of claims within a file. */
  seed: number | undefined;

  /** @param root the project's folder: paths in errors are relative to it */
  constructor(root: string, id: string) {
    this.#root = root;
    this.#id = id;
  }

  /** Whether nothing was recorded. */
  get empty(): boolean {
    return this.#variants.size === 0 && this.#errors.length === 0;
  }

  addClaim(test: TestCase): { slug: string; title: string; claim: ClaimRecord } {
    const meta = test.meta().bigbook;
    const slug = slugOf(test.module.moduleId);
    const variant = this.#variantOf(test);
    const known = variant.chapters.get(slug);
    // After a lab is lost, the metadata of a claim lacks the lab's start.
    const chapter = { ...(known?.meta ?? unknownChapter(slug)), ...meta?.chapter };
    const claim = claimOf(test, this.#root);
    if (meta?.envoy) variant.envoy.build ??= meta.envoy;
    if (meta?.sidecar) variant.envoy.sidecar ??= meta.sidecar;
    if (meta?.machine) variant.envoy.machine ??= meta.machine;
    variant.chapters.set(slug, {
      module: test.module,
      meta: chapter,
      claims: (known?.claims ?? new Map<string, ClaimRecord>()).set(test.id, claim),
    });
    return { slug, title: chapter.title, claim };
  }

  /** Records an error outside every claim. */
  addError(error: string): void {
    this.#errors.push(error);
  }

  /** The record as of now, `running` unless `ended`; chapters by name, claims in file order. */
  record({ ended }: { ended: boolean }): RunRecord {
    const envoys = [...this.#variants.values()].map(({ envoy, chapters }): EnvoyRecord => {
      const sorted = [...chapters].sort(([a], [b]) => (a < b ? -1 : 1));
      return { ...envoy, chapters: sorted.map(([, chapter]) => recordOf(chapter)) };
    });
    envoys.sort((a, b) => compareVersions(a.name, b.name));
    const errors = [...this.#errors];
    return {
      schema: RECORD_SCHEMA,
      id: this.#id,
      started: this.#started.toISOString(),
      ...given({ command: this.command, seed: this.seed }),
      durationMs: Math.round(performance.now() - this.#began),
      outcome: ended ? outcomeOfRun({ envoys, errors }) : 'running',
      envoys,
      errors,
    };
  }

  #variantOf(test: TestCase): VariantSoFar {
    const name = variantNameOf(test.module);
    const known = this.#variants.get(name) ?? { envoy: { name }, chapters: new Map() };
    this.#variants.set(name, known);
    return known;
  }
}

function recordOf({ module, meta, claims }: ChapterSoFar): ChapterRecord {
  const tests = [...module.children.allTests()];
  // Vitest skips what its name pattern does not match. Claims that are skipped on purpose are recorded.
  const left = tests.filter(({ id, options }) => options.mode === 'skip' && !claims.has(id)).length;
  return {
    ...meta,
    claims: tests.flatMap((test) => claims.get(test.id) ?? []),
    ...given({ notSelected: left > 0 ? left : undefined }),
  };
}

/** A chapter without metadata of any claim. */
function unknownChapter(slug: string): ClaimMeta['chapter'] {
  return { slug, title: slug, requirement: '', topology: '' };
}

function claimOf(test: TestCase, root: string): ClaimRecord {
  const { bigbook: meta, changes = [] } = test.meta();
  const result = test.result();
  const claim: ClaimRecord = {
    ...claimName(test),
    outcome: outcomeOfClaim(result.state, result.errors),
    durationMs: Math.round(test.diagnostic()?.duration ?? 0),
    observations: meta?.observations ?? [],
  };
  if (changes.length > 0) claim.changes = changes.map(({ since, what, source }) => ({ since, what, source }));
  if (meta?.sandbox !== undefined) claim.sandbox = meta.sandbox;
  if (result.state === 'skipped') {
    claim.reason = meta?.skipped ?? result.note ?? 'marked to be skipped in its file';
  }
  if (result.state === 'failed') {
    // The error of a lab that does not start repeats in the hooks of the claim.
    claim.error = [...new Set(result.errors.map((error) => errorText(error, root)))].join('\n\n');
    if (meta?.evidence !== undefined) claim.evidence = meta.evidence;
  }
  return claim;
}
