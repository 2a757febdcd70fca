import { readEnvoyConfig } from '../../fixtures/lab/envoy-config.ts';
import { pictureOf, traceIn } from '../../fixtures/playground/handlers.ts';
import { type EvidenceBySlug, evidenceGaps, pageDifferences, recordDifferences } from '../../helpers/book/check.ts';
import { flowchartOf, missingIn } from '../../helpers/book/flowchart.ts';
import { distilChapter } from '../../helpers/book/page-data.ts';
import { renderBook } from '../../helpers/book/render.ts';
import type { BookSources } from '../../helpers/book/sources.ts';
import { storyOf } from '../../helpers/book/story.ts';
import { versionOf, withRecords } from '../../helpers/book/versions-data.ts';
import { DOWNSTREAM_UID } from '../../helpers/constants/ports.ts';
import { PROGRAM } from '../../helpers/constants/program.ts';
import { compareVersions, NEWEST } from '../../helpers/envoy/versions.ts';
import { type EnvoyRecord, type RunRecord, readRecord } from '../../helpers/record/record.ts';
import { newRunId } from '../../helpers/record/run-id.ts';
import { versionVariant } from '../../helpers/record/variants.ts';
import { loadFaults } from '../../helpers/scenario/chapter-faults.ts';
import { EXIT, UsageError } from '../../helpers/util/errors.ts';
import { labStarter } from '../playground/start-lab.ts';
import { loadScenarios } from '../run/chapters.ts';
import { type DeclaredClaim, declaredClaims } from '../run/claims.ts';
import { readKills } from '../run/kills-file.ts';
import { chooseChapters, runVariants } from '../run/run-chapters.ts';
import {
  BY_HAND,
  listDocs,
  readChapterEvidence,
  readDoc,
  readEnvoysEvidence,
  removeDoc,
  writeChapterEvidence,
  writeDoc,
  writeEnvoysEvidence,
} from './book-files.ts';
import { isWhole, newestWholeRecord } from './whole-record.ts';

export interface BookOptions {
  record?: string[];
  trace: boolean;
  gather: boolean;
}

/**
 * Gathers evidence and writes the pages.
 *
 * @param slugs the chapters to gather evidence of; none stands for all
 * @returns the exit status
 * @throws UsageError where there is no record to make them from
 */
export async function makeBook(slugs: string[], { record, trace, gather }: BookOptions): Promise<number> {
  const began = performance.now();
  const chosen = await chooseChapters(slugs);
  const claims = await claimsOfTheBook();
  if (gather) {
    const meant = new Map([...claims].filter(([slug]) => chosen.includes(slug)));
    const envoys = await recordsFor(meant, record);
    const newest = envoys.find((envoy) => isWhole(envoy, meant));
    if (!newest)
      throw new UsageError(
        `in no record did every claim that is meant hold on one Envoy: \`${PROGRAM} run\` makes one`,
      );
    const version = versionOf(newest);
    const only = chosen.length < claims.size ? chosen : undefined;
    if (only) await checkVersion([...claims.keys()], only, version);
    say(`evidence from ${envoys.map(versionOf).toReversed().join(', ')}`);
    await gatherChapters(newest, version, chosen);
    await writeEnvoysEvidence(withRecords(await readEnvoysEvidence(), envoys, only));
    if (trace) await gatherTraces(chosen, version);
    const known = new Set([...claims.keys()].map((slug) => `${slug}.json`));
    for (const file of (await listDocs()).evidence) if (!known.has(file)) await removeDoc(`evidence/${file}`);
  }
  const pages = renderBook(await sourcesOf(claims));
  for (const [name, text] of pages) await writeDoc(name, text);
  for (const name of (await listDocs()).pages) if (!pages.has(name) && !BY_HAND.includes(name)) await removeDoc(name);
  say(`${pages.size} pages in docs/, ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return EXIT.held;
}

/**
 * Says what in docs/ is not as it would be made now, a line each.
 *
 * @returns the exit status
 */
export async function checkBook({ record }: Pick<BookOptions, 'record'>): Promise<number> {
  const claims = await claimsOfTheBook();
  const titles = new Map([...claims].map(([slug, declared]) => [slug, declared.map(({ title }) => title)]));
  const { pages, evidence } = await readDocs();
  const differences = [
    ...evidenceGaps(titles, evidence),
    ...pageDifferences(renderBook(await sourcesOf(claims)), pages),
    ...(await newestDifferences(claims, evidence, record)),
  ];
  for (const line of differences) process.stdout.write(`${line}\n`);
  if (differences.length === 0) {
    process.stdout.write('docs/ is as it would be made now\n');
    return EXIT.held;
  }
  process.stdout.write('`npm run book` makes docs/ again; commit what it changes\n');
  return EXIT.failed;
}

/** The generated pages by their names, and the evidence. */
async function readDocs(): Promise<{ pages: Map<string, string>; evidence: EvidenceBySlug }> {
  const names = await listDocs();
  const generated = names.pages.filter((name) => !BY_HAND.includes(name));
  const pages = await Promise.all(generated.map(async (name) => [name, (await readDoc(name)) ?? ''] as const));
  const slugs = names.evidence.map((file) => file.replace(/\.json$/, ''));
  const evidence = await Promise.all(slugs.map(async (slug) => ({ slug, seen: await readChapterEvidence(slug) })));
  return {
    pages: new Map(pages),
    evidence: new Map(evidence.flatMap(({ slug, seen }) => (seen ? [[slug, seen] as const] : []))),
  };
}

/** What the newest whole record says otherwise than the evidence. */
async function newestDifferences(
  claims: Map<string, DeclaredClaim[]>,
  evidence: EvidenceBySlug,
  files?: string[],
): Promise<string[]> {
  const found = files ? undefined : await newestWholeRecord(claims);
  const records = files ? await recordsFor(claims, files) : (found?.record.envoys ?? []);
  const name = found?.file ?? files?.join(', ') ?? '';
  const envoys = await readEnvoysEvidence();
  const whole = records.filter((envoy) => isWhole(envoy, claims));
  if (whole.length === 0) say('no record in which every claim held: the evidence is compared with none');
  return whole.flatMap((record) => {
    const { differences, elsewhere } = recordDifferences(envoys, evidence, record, name);
    if (elsewhere !== undefined) say(elsewhere);
    return differences;
  });
}

async function claimsOfTheBook(): Promise<Map<string, DeclaredClaim[]>> {
  // Before vitest: once that has been closed, no TypeScript is loaded any more.
  const slugs = (await loadScenarios()).map(({ slug }) => slug);
  await Promise.all(slugs.map(loadFaults));
  say(`reading the claims of ${slugs.length} chapters`);
  return declaredClaims(slugs);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** @throws Error from the set-up of the run */
async function runInOrder(slugs: string[]): Promise<RunRecord> {
  const { record, refused } = await runVariants([{ ...versionVariant(NEWEST), inOrder: true }], slugs, { quiet: true });
  if (refused) throw refused;
  return record;
}

/** Newest version first, each once. */
async function recordsFor(claims: Map<string, DeclaredClaim[]>, files: string[] | undefined): Promise<EnvoyRecord[]> {
  const runs = files
    ? await Promise.all(files.map(readRecord))
    : [(await newestWholeRecord(claims))?.record ?? (await runInOrder([...claims.keys()]))];
  const byVersion = new Map<string, EnvoyRecord>();
  for (const { envoys } of runs.toSorted((a, b) => (a.started < b.started ? -1 : 1))) {
    for (const envoy of envoys) if (envoy.identity) byVersion.set(versionOf(envoy), envoy);
  }
  return [...byVersion].sort(([a], [b]) => compareVersions(b, a)).map(([, envoy]) => envoy);
}

async function gatherChapters({ chapters }: EnvoyRecord, version: string, chosen: string[]): Promise<void> {
  for (const chapter of chapters.filter(({ slug }) => chosen.includes(slug))) {
    const { trace } = (await readChapterEvidence(chapter.slug)) ?? {};
    await writeChapterEvidence({ ...distilChapter(chapter, version), ...(trace && { trace }) });
  }
}

/** @throws UsageError where chapters that are left as they are were seen on another Envoy than those that are gathered */
async function checkVersion(slugs: string[], chosen: string[], version: string): Promise<void> {
  for (const slug of slugs.filter((each) => !chosen.includes(each))) {
    const seen = (await readChapterEvidence(slug))?.envoy ?? version;
    if (seen !== version)
      throw new UsageError(
        `the evidence of ${slug} is from Envoy ${seen}, the record from ${version}: gather all chapters`,
      );
  }
}

/** Labs that are traced side by side: as many as chapters run so. */
const AT_ONCE = 2;

async function gatherTraces(slugs: string[], version: string): Promise<void> {
  const start = await labStarter(version, process.env.BIGBOOK_RUN ?? newRunId());
  const waiting = [...slugs];
  let done = 0;
  const work = async (): Promise<void> => {
    for (let slug = waiting.shift(); slug !== undefined; slug = waiting.shift()) {
      const lab = await start(slug);
      try {
        const missing = missingIn(flowchartOf(lab.scenario, lab.config), await pictureOf(lab));
        if (missing.length > 0)
          throw new Error(`the flowchart of ${slug} lacks what its lab has: ${missing.join('; ')}`);
        const { timeline } = await traceIn(lab, [], DOWNSTREAM_UID);
        const evidence = await readChapterEvidence(slug);
        if (evidence) await writeChapterEvidence({ ...evidence, trace: storyOf(timeline) });
      } finally {
        await lab.stop();
      }
      done += 1;
      say(`traced ${slug} (${done} of ${slugs.length})`);
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: AT_ONCE }, work));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

async function sourcesOf(claims: Map<string, DeclaredClaim[]>): Promise<BookSources> {
  const scenarios = await loadScenarios([...claims.keys()]);
  const chapters = await Promise.all(
    scenarios.map(async (scenario) => {
      const [config, evidence, { faults }, kills] = await Promise.all([
        readEnvoyConfig(scenario),
        readChapterEvidence(scenario.slug),
        loadFaults(scenario.slug),
        readKills(scenario.slug),
      ]);
      return {
        scenario,
        faults,
        ...(kills && { kills }),
        claims: claims.get(scenario.slug) ?? [],
        ...(config !== undefined && { config }),
        ...(evidence && { evidence }),
      };
    }),
  );
  return { chapters, envoys: await readEnvoysEvidence() };
}
