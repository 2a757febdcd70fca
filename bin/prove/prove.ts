import { HASTY } from '../../helpers/constants/timeouts.ts';
import { type ChapterTrials, type Proof, prove, type Trial } from '../../helpers/record/proof.ts';
import { onlyVariant, type Variant } from '../../helpers/record/variants.ts';
import { duration } from '../../helpers/report/wording.ts';
import { type ChapterFaults, loadFaults } from '../../helpers/scenario/chapter-faults.ts';
import { killedOf, titlesIn } from '../../helpers/scenario/faults.ts';
import { EXIT, UsageError } from '../../helpers/util/errors.ts';
import { declaredClaims } from '../run/claims.ts';
import { chooseChapters, throughVitest } from '../run/run-chapters.ts';
import { ProofReporter } from './proof-reporter.ts';
import { describeProof, describeTrial } from './proof-text.ts';

export interface ProveOptions {
  envoy?: string;
  fault?: string;
  json?: true;
}

/** The faults of a chapter that are to be tried, and its claims. */
interface Plan {
  slug: string;
  claims: string[];
  faults: { name: string; mustFail: string[] }[];
}

/**
 * Runs chapters with each of their faults injected, and judges whether the claims that it names fail and all others hold.
 *
 * @param named none stands for all
 * @returns the exit status
 * @throws UsageError for a slug, version or fault that cannot be meant, before anything starts; SetupError from the set-up
 */
export async function proveChapters(named: string[], { envoy, fault, json }: ProveOptions): Promise<number> {
  const slugs = await chooseChapters(named);
  const ground = onlyVariant('a proof', envoy, process.env);
  const chapters = await Promise.all(slugs.map(async (slug) => ({ slug, ...(await loadFaults(slug)) })));
  const chosen = fault === undefined ? chapters : chapters.filter(({ faults }) => fault in faults);
  if (chosen.length === 0) {
    const known = chapters.flatMap(({ faults }) => Object.keys(faults)).map((name) => `"${name}"`);
    throw new UsageError(`unknown fault "${fault}"; known: ${known.join(', ')}`);
  }
  const claims = await declaredClaims(chosen.map(({ slug }) => slug));
  const plans = chosen.map((chapter) =>
    planOf(chapter, claims.get(chapter.slug)?.map(({ title }) => title) ?? [], {
      only: fault,
      version: ground.version,
    }),
  );

  const say = (line: string): void => {
    (json ? process.stderr : process.stdout).write(`${line}\n`);
  };
  const began = performance.now();
  const { trials, errors, interrupted } = await tryAll(plans, ground, { verbose: fault !== undefined, say });
  const tried = plans.map(({ slug, claims: titles }): ChapterTrials => {
    return { slug, claims: titles, trials: trials.filter((trial) => trial.slug === slug) };
  });
  const proof = prove(tried);
  say(`\n${describeProof(tried, proof, { whole: fault === undefined })}`);
  for (const error of errors) say(error);
  say(`\n${proof.faults.length} faults on Envoy ${ground.name} in ${duration(performance.now() - began)}`);
  if (json) process.stdout.write(`${JSON.stringify(proof)}\n`);
  if (interrupted) return EXIT.interrupted;
  if (errors.length > 0) return EXIT.setup;
  return holds(proof, { whole: fault === undefined }) ? EXIT.held : EXIT.failed;
}

/** Whether every fault that could be tried was caught and, where all were, every claim was killed by one. */
function holds({ faults, claims }: Proof, { whole }: { whole: boolean }): boolean {
  const skipped = new Set(faults.filter((each) => each.skipped).map(({ slug }) => slug));
  const unkilled = claims.filter(({ slug, killedBy }) => killedBy.length === 0 && !skipped.has(slug));
  return faults.every(({ caught, slug }) => caught || skipped.has(slug)) && (!whole || unkilled.length === 0);
}

function planOf(
  { slug, faults }: ChapterFaults & { slug: string },
  claims: string[],
  { only, version }: { only: string | undefined; version: string | undefined },
): Plan {
  return {
    slug,
    claims,
    faults: Object.entries(faults)
      .filter(([name]) => only === undefined || name === only)
      .map(([name, { kills = [] }]) => {
        const unknown = titlesIn(kills).filter((title) => !claims.includes(title));
        if (unknown.length > 0)
          throw new UsageError(`${slug}, "${name}": no claim is titled "${unknown.join('", "')}"`);
        return { name, mustFail: killedOf(kills, claims, version) };
      }),
  };
}

/** Tries every fault, all in one run: a variant has the first one of each chapter, another one the second ones, and so on. */
async function tryAll(
  plans: Plan[],
  ground: Variant,
  { verbose, say }: { verbose: boolean; say: (line: string) => void },
): Promise<{ trials: Trial[]; errors: string[]; interrupted: boolean }> {
  const trials: Trial[] = [];
  const planned = (variant: Variant, slug: string) =>
    plans.find((plan) => plan.slug === slug)?.faults.find(({ name }) => name === variant.faults?.[slug]);
  const variants = Array.from({ length: Math.max(...plans.map(({ faults }) => faults.length)) }, (_, at): Variant => {
    const having = plans.flatMap(({ slug, faults }) => {
      const fault = faults[at];
      return fault ? [[slug, fault.name]] : [];
    });
    return {
      ...ground,
      name: `${ground.name} faulted ${at + 1}`,
      faults: Object.fromEntries(having),
      ...(!verbose && { leavesEvidence: false }),
    };
  });
  if (variants.length === 0) return { trials, errors: [], interrupted: false };
  const reporter = new ProofReporter((name, slug, claims, { ms }) => {
    const variant = variants.find((each) => each.name === name);
    const fault = variant && planned(variant, slug);
    if (!fault) return;
    const trial = { slug, ...fault, claims };
    trials.push(trial);
    say(describeTrial(trial, ms, { verbose }));
  });
  process.env[HASTY] = '1';
  const refused = await throughVitest(
    variants,
    plans.filter(({ faults }) => faults.length > 0).map(({ slug }) => slug),
    reporter,
    { quiet: true },
  );
  if (refused) throw refused;
  const order = (trial: Trial) =>
    plans.find(({ slug }) => slug === trial.slug)?.faults.findIndex(({ name }) => name === trial.name) ?? 0;
  return {
    trials: trials.sort((a, b) => order(a) - order(b)),
    errors: reporter.errors,
    interrupted: reporter.interrupted,
  };
}
