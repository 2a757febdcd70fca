import { loadFaults } from '../../fixtures/compiled/chapter-faults.ts';
import { readEnvoyConfig } from '../../fixtures/lab/envoy-config.ts';
import type { BookSources } from '../../helpers/book/sources.ts';
import { NEWEST } from '../../helpers/envoy/versions.ts';
import type { ChapterRecord } from '../../helpers/record/record.ts';
import { given } from '../../helpers/util/given.ts';
import { loadScenarios } from '../run/chapters.ts';
import { type DeclaredClaim, declaredClaims } from '../run/claims.ts';
import { readKills } from '../run/kills-file.ts';
import { readTrace } from './book-files.ts';

/** The declared claims by chapter. */
export type Claims = Map<string, DeclaredClaim[]>;

/** The claims of every chapter. */
export async function claimsOfTheBook(): Promise<Claims> {
  // Before vitest, whose end also ends the loading of TypeScript.
  const slugs = (await loadScenarios()).map(({ slug }) => slug);
  await Promise.all(slugs.map(loadFaults));
  process.stderr.write(`reading the claims of ${slugs.length} chapters\n`);
  return declaredClaims(slugs);
}

/** @param covered the records of the chapters whose exchanges are shown */
export async function sourcesOf(claims: Claims, covered: ChapterRecord[]): Promise<BookSources> {
  const scenarios = await loadScenarios([...claims.keys()]);
  const chapters = scenarios.map(async (scenario) => {
    const { slug } = scenario;
    const [config, trace, { faults }, kills] = await Promise.all([
      readEnvoyConfig(scenario),
      readTrace(slug),
      loadFaults(slug),
      readKills(slug),
    ]);
    const record = covered.find((chapter) => chapter.slug === slug);
    return { scenario, faults, claims: claims.get(slug) ?? [], ...given({ kills, config, record, trace }) };
  });
  return { chapters: await Promise.all(chapters), version: NEWEST };
}
