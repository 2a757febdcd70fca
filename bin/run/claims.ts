import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chapterDigest } from '../../fixtures/compiled/chapter-digest.mjs';
import { distFolders } from '../../fixtures/compiled/copies.mjs';
import { harnessIdentity } from '../../fixtures/compiled/harness.mjs';
import { projectSources } from '../../fixtures/compiled/project-sources.mjs';
import { digestOf } from '../../fixtures/compiled/source-files.mjs';
import { projectRoot } from '../../helpers/constants/project.mjs';
import { scenarioFile } from '../../helpers/scenario/suite-files.ts';
import { ClaimsCache } from './claims-cache.ts';
import type { DeclaredClaim } from './collect-claims.ts';

export type { DeclaredClaim } from './collect-claims.ts';

/**
 * The claims of chapters by slug, in the order of their files. They are collected where the chapter, what it imports
 * or the harness has changed since.
 *
 * @throws UsageError for a file that does not load
 */
export async function declaredClaims(slugs: string[]): Promise<Map<string, DeclaredClaim[]>> {
  const cache = projectCache();
  const chapters = lookUp(slugs, cache);
  const stale = chapters.filter(({ claims }) => claims === undefined).map(({ slug }) => slug);
  const collected = await collect(stale);
  for (const { slug, digest } of chapters) {
    const claims = collected.get(slug);
    if (claims && digest !== undefined) cache.write(slug, digest, claims);
  }
  return new Map(chapters.map(({ slug, claims }) => [slug, claims ?? collected.get(slug) ?? []]));
}

/** The claims of those chapters that have not changed since their claims were collected. Vitest is not loaded. */
export function keptClaims(slugs: string[]): Map<string, DeclaredClaim[]> {
  return new Map(
    lookUp(slugs, projectCache()).flatMap(({ slug, claims }) => (claims ? [[slug, claims] as const] : [])),
  );
}

function projectCache(): ClaimsCache {
  const project = `claims-${digestOf([['project', projectRoot]])}`;
  return new ClaimsCache([...distFolders()].map((folder) => join(folder, project)));
}

function lookUp(slugs: string[], cache: ClaimsCache) {
  const sources = projectSources(projectRoot);
  return slugs.map((slug) => {
    // Those of a setup depend on files of requests that its settings name.
    if (!existsSync(join(projectRoot, scenarioFile(slug)))) return { slug, digest: undefined, claims: undefined };
    const digest = chapterDigest(slug, { project: projectRoot, harness: harnessIdentity(), sources });
    return { slug, digest, claims: cache.read(slug, digest) };
  });
}

async function collect(slugs: string[]): Promise<Map<string, DeclaredClaim[]>> {
  if (slugs.length === 0) return new Map();
  // Loading vitest takes longer than everything else.
  const { collectClaims } = await import('./collect-claims.ts');
  return collectClaims(slugs);
}
