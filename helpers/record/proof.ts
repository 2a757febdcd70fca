/** How a claim ended under a fault: `failed` by an assertion, `broken` by anything else. */
export interface TrialClaim {
  title: string;
  outcome: 'held' | 'failed' | 'broken' | 'skipped';
  /** As printed. */
  error?: string;
}

/** One run of a chapter with a fault put into it. */
export interface Trial {
  slug: string;
  /** The fault's. */
  name: string;
  /** Titles of the claims that it names. */
  mustFail: string[];
  /** All of the chapter's, in the order of its file. */
  claims: TrialClaim[];
}

/** A chapter's claims with all of its faults. */
export interface ChapterTrials {
  slug: string;
  /** Titles, in the order of the file. */
  claims: string[];
  trials: Trial[];
}

/** Whether each fault was caught, and what kills each claim. */
export interface Proof {
  faults: {
    slug: string;
    name: string;
    mustFail: string[];
    /** Claims that failed by an assertion, whether named or not. */
    failed: string[];
    /** Claims of which nothing can be said: something else than an assertion ended them. */
    broken: string[];
    /** The claims that are named have failed by an assertion, and all others have held. */
    caught: boolean;
    /** The machine lacks an ability that the chapter needs. */
    skipped?: true;
  }[];
  claims: { slug: string; title: string; killedBy: string[] }[];
}

export function prove(chapters: ChapterTrials[]): Proof {
  return {
    faults: chapters.flatMap(({ trials }) => trials.map(judged)),
    claims: chapters.flatMap(({ slug, claims, trials }) =>
      claims.map((title) => ({
        slug,
        title,
        killedBy: trials.filter((trial) => markOf(trial, title) === 'killed').map(({ name }) => name),
      })),
    ),
  };
}

function judged(trial: Trial): Proof['faults'][number] {
  const { slug, name, mustFail, claims } = trial;
  const having = (outcome: TrialClaim['outcome']): string[] =>
    claims.filter((claim) => claim.outcome === outcome).map(({ title }) => title);
  const skipped = claims.length > 0 && claims.every(({ outcome }) => outcome === 'skipped');
  const marks = claims.map(({ title }) => markOf(trial, title));
  return {
    ...{ slug, name, mustFail, failed: having('failed'), broken: having('broken') },
    caught: marks.length > 0 && marks.every((mark) => mark === 'killed' || mark === 'held'),
    ...(skipped && { skipped }),
  };
}

/** What a fault did to a claim: `killed` as it was to, `held` likewise; or missed it, failed it unnamed, broke it. */
export type Mark = 'killed' | 'held' | 'missed' | 'unnamed' | 'broken' | 'skipped';

export function markOf({ claims, mustFail }: Trial, title: string): Mark {
  const claim = claims.find((tried) => tried.title === title);
  if (!claim || claim.outcome === 'broken') return 'broken';
  if (claim.outcome === 'skipped') return 'skipped';
  const named = mustFail.includes(title);
  if (claim.outcome === 'failed') return named ? 'killed' : 'unnamed';
  return named ? 'missed' : 'held';
}
