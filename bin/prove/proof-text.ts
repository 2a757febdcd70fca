import { type ChapterTrials, type Mark, markOf, type Proof, type Trial } from '../../helpers/record/proof.ts';
import { counted, duration, indented } from '../../helpers/report/wording.ts';
import { colours as pc } from '../colours.ts';

const SIGNS: Record<Mark, string> = {
  killed: '●',
  held: '·',
  missed: '✗',
  unnamed: '!',
  broken: '?',
  skipped: '–',
};

const PAINT: Record<Mark, (text: string) => string> = {
  killed: pc.green,
  held: pc.dim,
  missed: pc.red,
  unnamed: pc.red,
  broken: pc.red,
  skipped: pc.yellow,
};

/** What of a trial is not as its fault says, mark by mark. */
const AMISS = {
  missed: 'held',
  unnamed: 'failed, but not named',
  broken: 'failed otherwise than by an assertion',
} as const;

/**
 * One line for a fault that has been tried, with what was not as it says.
 *
 * @param verbose how each claim failed, too
 */
export function describeTrial(trial: Trial, ms: number, { verbose }: { verbose: boolean }): string {
  const { slug, name, claims, mustFail } = trial;
  const marked = claims.map((claim) => ({ ...claim, mark: markOf(trial, claim.title) }));
  const skipped = marked.length > 0 && marked.every(({ mark }) => mark === 'skipped');
  const amiss = marked.filter(({ mark }) => mark in AMISS);
  const sign = skipped ? pc.yellow('–') : amiss.length > 0 || claims.length === 0 ? pc.red('✗') : pc.green('✓');
  const errors = verbose
    ? marked.filter(({ error }) => error !== undefined)
    : marked.filter(({ mark }) => mark === 'broken' || mark === 'unnamed');
  return [
    `${sign} ${slug}: ${name}  ${pc.dim(`${mustFail.length} of ${counted(claims.length, 'claim')}  ${duration(ms)}`)}`,
    ...(verbose ? [] : distinctErrors(errors)),
    ...(verbose
      ? marked.map(
          ({ title, mark, error }) => `  ${PAINT[mark](SIGNS[mark])} ${title}${error ? `\n${indented(error, 6)}` : ''}`,
        )
      : []),
  ].join('\n');
}

function distinctErrors(claims: { title: string; error?: string }[]): string[] {
  return [...new Set(claims.map(({ error = '' }) => error))].map((error) => pc.red(indented(error, 6)));
}

/**
 * Each chapter's claims down, its faults across, and in words what is not as it shall be.
 *
 * @param whole whether every fault was tried, so that a claim which none of them killed is one that nothing kills
 */
export function describeProof(chapters: ChapterTrials[], proof: Proof, { whole }: { whole: boolean }): string {
  return chapters.map((chapter) => describeChapter(chapter, proof, whole)).join('\n\n');
}

function describeChapter({ slug, claims, trials }: ChapterTrials, proof: Proof, whole: boolean): string {
  const heads = trials.map((_, at) => String(at + 1));
  const row = (title: string): string => {
    const cells = trials.map((trial, at) => {
      const mark = markOf(trial, title);
      return PAINT[mark](SIGNS[mark].padStart(heads[at]?.length ?? 1));
    });
    return `  ${cells.join(' ')}  ${title}`;
  };
  const skipped = proof.faults.some((each) => each.slug === slug && each.skipped);
  const killers = new Map(
    proof.claims.filter((claim) => claim.slug === slug).map((claim) => [claim.title, claim.killedBy]),
  );
  const unkilled = whole && !skipped ? claims.filter((title) => killers.get(title)?.length === 0) : [];
  return [
    pc.bold(slug),
    ...trials.map(({ name }, at) => `  ${pc.dim(`${heads[at]}`.padStart(2))} ${name}`),
    ...(trials.length > 0 ? [`  ${heads.join(' ')}`, ...claims.map(row)] : []),
    ...trials.flatMap((trial) => amissOf(trial)),
    ...unkilled.map((title) => `  ${pc.red('no fault kills:')} ${title}`),
  ].join('\n');
}

/** As it can be pasted into the fault. */
function amissOf(trial: Trial): string[] {
  const said = Object.entries(AMISS).flatMap(([mark, words]) => {
    const titles = trial.claims.flatMap(({ title }) =>
      markOf(trial, title) === mark ? [`      ${quoted(title)},`] : [],
    );
    return titles.length > 0 ? [`    ${pc.red(words)}`, ...titles] : [];
  });
  return said.length > 0 ? [`  ${pc.red('✗')} ${trial.name}`, ...said] : [];
}

function quoted(title: string): string {
  return title.includes("'") ? JSON.stringify(title) : `'${title}'`;
}
