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
import { given } from '../../helpers/util/given.ts';
import { settled } from '../../helpers/util/settled.ts';
import { labStarter } from '../playground/start-lab.ts';
import { chooseChapters, loadScenarios } from '../run/chapters.ts';
import { type DeclaredClaim, declaredClaims } from '../run/claims.ts';
import { readKills } from '../run/kills-file.ts';
import { runVariants } from '../run/run-chapters.ts';
import {
  chaptersWithEvidence,
  evidenceFile,
  generatedPages,
  readChapterEvidence,
  readEnvoysEvidence,
  removeDoc,
  writeDoc,
  writeEvidence,
} from './book-files.ts';
import { isWhole, newestWholeRecord } from './whole-record.ts';

export interface BookOptions {
  record?: string[];
  trace: boolean;
  gather: boolean;
}

/** The declared claims by chapter. */
type Claims = Map<string, DeclaredClaim[]>;

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
    const version = await gatherChapters(chosen, claims, record);
    if (trace) await gatherTraces(chosen, version);
    for (const slug of await chaptersWithEvidence()) if (!claims.has(slug)) await removeDoc(evidenceFile(slug));
  }
  const pages = renderBook(await sourcesOf(claims));
  for (const [name, text] of pages) await writeDoc(name, text);
  for (const name of (await generatedPages()).keys()) if (!pages.has(name)) await removeDoc(name);
  say(`${pages.size} pages in docs/, ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return EXIT.passed;
}

/**
 * Prints what in docs/ differs from what would be generated now, a line each.
 *
 * @returns the exit status
 */
export async function checkBook({ record }: Pick<BookOptions, 'record'>): Promise<number> {
  const claims = await claimsOfTheBook();
  const titles = new Map([...claims].map(([slug, declared]) => [slug, declared.map(({ title }) => title)]));
  const evidence: EvidenceBySlug = new Map();
  for (const slug of await chaptersWithEvidence()) {
    const known = await readChapterEvidence(slug);
    if (known) evidence.set(slug, known);
  }
  const differences = [
    ...evidenceGaps(titles, evidence),
    ...pageDifferences(renderBook(await sourcesOf(claims)), await generatedPages()),
    ...(await newestDifferences(claims, evidence, record)),
  ];
  if (differences.length === 0) {
    process.stdout.write('docs/ is as it would be made now\n');
    return EXIT.passed;
  }
  differences.push('`npm run book` makes docs/ again; commit what it changes');
  process.stdout.write(`${differences.join('\n')}\n`);
  return EXIT.failed;
}

/** The differences between the newest whole record and the evidence. */
async function newestDifferences(claims: Claims, evidence: EvidenceBySlug, files?: string[]): Promise<string[]> {
  const { name, runs } = await foundRecords(claims, files);
  const known = await readEnvoysEvidence();
  const whole = newestFirst(runs).filter((envoy) => isWhole(envoy, claims));
  if (whole.length === 0) say('no record in which every claim held: the evidence is compared with none');
  return whole.flatMap((record) => {
    const { differences, elsewhere } = recordDifferences(known, evidence, record, name);
    if (elsewhere !== undefined) say(elsewhere);
    return differences;
  });
}

async function claimsOfTheBook(): Promise<Claims> {
  // Before vitest, whose end also ends the loading of TypeScript.
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

/** The named records, or the newest whole one if there is one. */
async function foundRecords(claims: Claims, files?: string[]): Promise<{ name: string; runs: RunRecord[] }> {
  if (files) return { name: files.join(', '), runs: await Promise.all(files.map(readRecord)) };
  const found = await newestWholeRecord(claims);
  return found ? { name: found.file, runs: [found.record] } : { name: '', runs: [] };
}

/** The last record of each version, newest version first. */
function newestFirst(runs: RunRecord[]): EnvoyRecord[] {
  const byVersion = new Map<string, EnvoyRecord>();
  for (const { envoys } of runs.toSorted((a, b) => (a.started < b.started ? -1 : 1))) {
    for (const envoy of envoys) if (envoy.build) byVersion.set(versionOf(envoy), envoy);
  }
  return [...byVersion].sort(([a], [b]) => compareVersions(b, a)).map(([, envoy]) => envoy);
}

/**
 * Writes the evidence of chapters from records, or from a run where there is none.
 *
 * @returns the version of Envoy that it is from
 * @throws UsageError without a whole record, and for another version than that of other chapters
 */
async function gatherChapters(chosen: string[], claims: Claims, files: string[] | undefined): Promise<string> {
  const meant = new Map([...claims].filter(([slug]) => chosen.includes(slug)));
  const { runs } = await foundRecords(meant, files);
  const envoys = newestFirst(runs.length > 0 ? runs : [await runInOrder([...meant.keys()])]);
  const newest = envoys.find((envoy) => isWhole(envoy, meant));
  if (!newest)
    throw new UsageError(`in no record did every claim that is meant hold on one Envoy: \`${PROGRAM} run\` makes one`);
  const version = versionOf(newest);
  for (const slug of [...claims.keys()].filter((each) => !chosen.includes(each))) {
    const seen = (await readChapterEvidence(slug))?.envoy ?? version;
    if (seen !== version)
      throw new UsageError(
        `the evidence of ${slug} is from Envoy ${seen}, the record from ${version}: gather all chapters`,
      );
  }
  say(`evidence from ${envoys.map(versionOf).toReversed().join(', ')}`);
  for (const chapter of newest.chapters.filter(({ slug }) => chosen.includes(slug))) {
    const trace = (await readChapterEvidence(chapter.slug))?.trace;
    await writeEvidence({ ...distilChapter(chapter, version), ...given({ trace }) }, chapter.slug);
  }
  const only = chosen.length < claims.size ? chosen : undefined;
  await writeEvidence(withRecords(await readEnvoysEvidence(), envoys, only));
  return version;
}

/** How many labs are traced at once: as many as chapters run at once. */
const AT_ONCE = 2;

async function gatherTraces(slugs: string[], version: string): Promise<void> {
  const start = await labStarter(version, process.env.BIGBOOK_RUN ?? newRunId());
  const waiting = slugs.values();
  let done = 0;
  const work = async (): Promise<void> => {
    for (const slug of waiting) {
      const lab = await start(slug);
      try {
        const missing = missingIn(flowchartOf(lab.scenario, lab.config), await pictureOf(lab));
        if (missing.length > 0)
          throw new Error(`the flowchart of ${slug} lacks what its lab has: ${missing.join('; ')}`);
        const { timeline } = await traceIn(lab, [], DOWNSTREAM_UID);
        const evidence = await readChapterEvidence(slug);
        if (evidence) await writeEvidence({ ...evidence, trace: storyOf(timeline) }, slug);
      } finally {
        await lab.stop();
      }
      done += 1;
      say(`traced ${slug} (${done} of ${slugs.length})`);
    }
  };
  await settled(Array.from({ length: AT_ONCE }, work));
}

async function sourcesOf(claims: Claims): Promise<BookSources> {
  const scenarios = await loadScenarios([...claims.keys()]);
  const chapters = scenarios.map(async (scenario) => {
    const [config, evidence, { faults }, kills] = await Promise.all([
      readEnvoyConfig(scenario),
      readChapterEvidence(scenario.slug),
      loadFaults(scenario.slug),
      readKills(scenario.slug),
    ]);
    return { scenario, faults, claims: claims.get(scenario.slug) ?? [], ...given({ kills, config, evidence }) };
  });
  return { chapters: await Promise.all(chapters), envoys: await readEnvoysEvidence() };
}
