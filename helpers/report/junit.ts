import { createRequire } from 'node:module';
import type { Builder, TestSuite } from 'junit-report-builder';
import type { ClaimRecord, RunRecord } from '../record/record.ts';
import { describeEnvironment } from './wording.ts';

// XML 1.0 allows these characters not even as references.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** A run as JUnit XML: one suite per chapter and Envoy, named after both for merging. */
export function toJunit(run: RunRecord): string {
  // The package's types declare a default export that its module lacks.
  const junit: Builder = createRequire(import.meta.url)('junit-report-builder');
  const builder = junit.newBuilder();
  for (const envoy of run.envoys) {
    for (const chapter of envoy.chapters) {
      const suite = builder
        .testSuite()
        .name(xml(`envoy-big-book: ${chapter.slug} (Envoy ${envoy.name})`))
        .timestamp(run.started)
        .time(chapter.claims.reduce((sum, claim) => sum + claim.durationMs, 0) / 1000)
        .property('environment', xml(describeEnvironment(envoy)))
        .property('requirement', xml(chapter.requirement));
      if (run.command !== undefined) suite.property('command', xml(run.command));
      if (chapter.notSelected !== undefined) suite.property('claims not selected', String(chapter.notSelected));
      for (const claim of chapter.claims) addClaim(suite, chapter.slug, claim);
    }
  }
  if (run.errors.length > 0) {
    const suite = builder.testSuite().name('envoy-big-book: outside every claim').timestamp(run.started);
    for (const error of run.errors) {
      const test = suite.testCase().className('envoy-big-book').name(firstLine(error));
      test.error(firstLine(error), 'error', cdata(error));
    }
  }
  return builder.build();
}

function addClaim(suite: TestSuite, slug: string, claim: ClaimRecord): void {
  const { durationMs, error = 'no reason was reported' } = claim;
  const test = suite.testCase().className(slug).name(xml(claim.title));
  test.time(durationMs / 1000);
  if (claim.outcome === 'failed') test.failure(firstLine(error), 'claim failed').stacktrace(cdata(error));
  if (claim.outcome === 'error') test.error(firstLine(error), 'set-up or lab error', cdata(error));
  // The builder's <skipped> has no message; JUnit viewers show a case's output instead.
  if (claim.outcome === 'skipped')
    test.skipped().standardOutput(cdata(`skipped: ${claim.reason ?? 'no reason was given'}`));
  if (claim.evidence !== undefined) test.errorAttachment(xml(claim.evidence));
}

/** Text without characters that XML forbids. */
export function xml(text: string): string {
  return text.replace(NOT_XML, '\ufffd');
}

/** Text for a CDATA section, which ends at the first `]]>`; xmlbuilder escapes only one of them. */
export function cdata(text: string): string {
  return xml(text).replaceAll(']]>', ']] >');
}

function firstLine(text: string): string {
  return xml(text.split('\n', 1)[0] ?? '');
}
