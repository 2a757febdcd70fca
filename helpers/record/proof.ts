import { type ClaimUnderProof, isKilled, type Kills, undeclaredIn } from './kills.ts';
import type { ChapterRecord, ClaimRecord } from './record.ts';

/** How a claim ended while a fault was injected. */
export type Fate = 'killed' | 'survived' | 'error' | 'skipped';

const FATES: Record<ClaimRecord['outcome'], Fate> = {
  failed: 'killed',
  passed: 'survived',
  skipped: 'skipped',
  error: 'error',
  running: 'error',
};

/** How a claim ended in a trial; `error` where it did not run. */
export function fateOf(trial: ChapterRecord | undefined, title: string): Fate {
  const claim = trial?.claims.find((each) => each.title === title);
  return claim ? FATES[claim.outcome] : 'error';
}

/** The record of a chapter with a fault injected. */
export interface TrialRecord extends ChapterRecord {
  /** From an earlier run with equal inputs. */
  reused?: true;
}

/** What a chapter declares, and what of it to prove. */
export interface Plan {
  slug: string;
  /** The names of the faults to inject, in the order of their file. */
  faults: string[];
  /** The names of all faults that the chapter declares. */
  declaredFaults: string[];
  claims: ClaimUnderProof[];
  /** Absent where the chapter has no `kills.json`. */
  kills?: Kills;
  /** The titles of the claims that run with each fault, by its name (see `coverOf`). Default: all. */
  cover?: Map<string, string[]>;
}

/** A claim that did not end as expected under a fault. */
export interface Difference {
  claim: string;
  expected: 'killed' | 'survived';
  actual: Fate;
  error?: string;
}

export interface FaultProof {
  name: string;
  /** The claims that ran with it. */
  tried: string[];
  expected: string[];
  killed: string[];
  differences: Difference[];
  /** The machine lacks a capability that the chapter needs. */
  skipped?: true;
  /** The result is from an earlier run with equal inputs. */
  reused?: true;
}

/** The result of a chapter's trials. */
export interface ChapterProof {
  slug: string;
  faults: FaultProof[];
  claims: { title: string; killedBy: string[] }[];
  /** Faults that no claim detects, and claims that detect no fault. */
  gaps: string[];
  /** Differences between `kills.json` and what the chapter declares. */
  mismatches: string[];
}

const NO_KILLS: Kills = { kills: {} };

/** @param trial the chapter's record with the fault; absent where the chapter did not load */
export function proveFault(
  { claims, kills = NO_KILLS, cover }: Pick<Plan, 'claims' | 'kills' | 'cover'>,
  name: string,
  trial: TrialRecord | undefined,
  version?: string,
): FaultProof {
  const tried = cover?.get(name) ?? claims.map(({ title }) => title);
  const cells = tried.map((title) => {
    const error = trial?.claims.find((claim) => claim.title === title)?.error;
    const expected: Difference['expected'] = isKilled(kills, name, title, version) ? 'killed' : 'survived';
    return { claim: title, expected, actual: fateOf(trial, title), ...(error !== undefined && { error }) };
  });
  const skipped = cells.length > 0 && cells.every(({ actual }) => actual === 'skipped');
  return {
    ...{ name, tried },
    expected: cells.filter(({ expected }) => expected === 'killed').map(({ claim }) => claim),
    killed: cells.filter(({ actual }) => actual === 'killed').map(({ claim }) => claim),
    differences: skipped ? [] : cells.filter(({ expected, actual }) => expected !== actual),
    ...(skipped && { skipped }),
    ...(trial?.reused && { reused: true }),
  };
}

/** @param version of the Envoy that the trials ran on; the newest where absent */
export function proveChapter(plan: Plan, trials: TrialRecord[], version?: string): ChapterProof {
  const trialOf = (name: string) => trials.find(({ fault }) => fault === name);
  const faults = plan.faults.map((name) => proveFault(plan, name, trialOf(name), version));
  const claims = plan.claims.map(({ title }) => ({
    title,
    killedBy: faults.filter(({ killed }) => killed.includes(title)).map(({ name }) => name),
  }));
  return { slug: plan.slug, faults, claims, gaps: gapsOf(plan, faults, claims), mismatches: mismatchesOf(plan) };
}

/** Whether every fault that was tried killed the expected claims, without gaps and mismatches. */
export function holds({ faults, gaps, mismatches }: ChapterProof): boolean {
  return gaps.length + mismatches.length === 0 && faults.every(({ differences }) => differences.length === 0);
}

function gapsOf(plan: Plan, faults: FaultProof[], claims: ChapterProof['claims']): string[] {
  const tried = faults.filter(({ skipped, differences }) => !skipped && !differences.some(isError));
  const undetected = tried.filter(({ killed }) => killed.length === 0);
  // Only after all faults were tried is a claim known to survive them.
  const whole = tried.length === plan.declaredFaults.length;
  const unkilled = whole ? claims.filter(({ killedBy }) => killedBy.length === 0) : [];
  return [
    ...undetected.map(({ name }) => `no claim detects fault "${name}"`),
    ...unkilled.map(({ title }) => `claim "${title}" detects no fault`),
  ];
}

function mismatchesOf({ kills, declaredFaults, claims }: Plan): string[] {
  if (!kills) return ['kills.json is missing'];
  const titles = claims.map(({ title }) => title);
  return undeclaredIn(kills, declaredFaults, titles).map((name) => `kills.json names ${name}, which is not declared`);
}

/** Whether the claim ended in an error, not by an assertion: its fate is unknown. */
export function isError({ actual }: Difference): boolean {
  return actual === 'error';
}
