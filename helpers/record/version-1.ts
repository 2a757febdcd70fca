import { emptyObservation, type Observation } from '../exchange/observation.ts';
import type { ChapterRecord, ClaimRecord, EnvoyBuild, EnvoyRecord, RunRecord } from './record.ts';
import titles from './version-1-titles.json' with { type: 'json' };

/** The schema of the records that version 1 of the book wrote. */
export const VERSION_1_SCHEMA = 'envoy-big-book/record@2';

type Outcome1<O> = Exclude<O, 'passed' | 'error'> | 'held' | 'broken';

interface Claim1 extends Omit<ClaimRecord, 'outcome' | 'observations'> {
  outcome: Outcome1<ClaimRecord['outcome']>;
  /** Kinds of observation that version 1 did not know are absent. */
  observations: (Partial<Observation> & Pick<Observation, 'exchange'>)[];
}

interface Chapter1 extends Omit<ChapterRecord, 'claims'> {
  claims: Claim1[];
}

interface Envoy1 extends Omit<EnvoyRecord, 'build' | 'chapters'> {
  identity?: Omit<EnvoyBuild, 'fullVersion'> & { build: string };
  chapters: Chapter1[];
}

/** A record as version 1 wrote it. */
export interface Version1Record extends Omit<RunRecord, 'schema' | 'outcome' | 'envoys'> {
  schema: typeof VERSION_1_SCHEMA;
  outcome: Outcome1<RunRecord['outcome']>;
  envoys: Envoy1[];
}

/** The present title of each claim of version 1, by chapter: records are compared by title. */
const TITLES: Record<string, Record<string, string>> = titles;

/** Chapters with claims of another chapter of version 1, by that chapter. */
const SPLIT: Record<string, string[]> = { 'ext-authz-proxy': ['ext-authz-failures', 'ext-authz-mutations'] };

/** Converts a record of version 1. Kinds of observation that it lacks are empty. */
export function fromVersion1({ schema: _, outcome, envoys, ...run }: Version1Record): RunRecord {
  return {
    schema: 'envoy-big-book/record@3',
    ...run,
    outcome: outcomeOf(outcome),
    envoys: envoys.map(({ identity, chapters, ...envoy }) => ({
      ...envoy,
      ...(identity && { build: buildOf(identity) }),
      chapters: chapters.flatMap(chaptersOf),
    })),
  };
}

function outcomeOf<O extends string>(
  outcome: O | 'held' | 'broken',
): Exclude<O, 'held' | 'broken'> | 'passed' | 'error' {
  if (outcome === 'held') return 'passed';
  return outcome === 'broken' ? 'error' : (outcome as Exclude<O, 'held' | 'broken'>);
}

function buildOf({ build, ...rest }: NonNullable<Envoy1['identity']>): EnvoyBuild {
  return { ...rest, fullVersion: build };
}

/** A chapter, and those that have claims of it now. */
function chaptersOf(chapter: Chapter1): ChapterRecord[] {
  const others = SPLIT[chapter.slug] ?? [];
  const slugOf = ({ title }: Claim1): string =>
    others.find((slug) => TITLES[slug]?.[title] !== undefined) ?? chapter.slug;
  return [...new Set([chapter.slug, ...chapter.claims.map(slugOf)])].map((slug) => ({
    ...chapter,
    slug,
    claims: chapter.claims.filter((claim) => slugOf(claim) === slug).map((claim) => claimOf(claim, TITLES[slug])),
  }));
}

function claimOf({ outcome, observations, title, ...claim }: Claim1, titles: Record<string, string> = {}): ClaimRecord {
  return {
    ...claim,
    title: titles[title] ?? title,
    outcome: outcomeOf(outcome),
    observations: observations.map((each) => ({ ...emptyObservation(each.exchange), ...each })),
  };
}
