import { HASTY } from '../../helpers/constants/timeouts.ts';
import { type ChapterTrials, type Proof, prove, type Trial } from '../../helpers/record/proof.ts';
import { onlyVariant, type Variant } from '../../helpers/record/variants.ts';
import { duration } from '../../helpers/report/wording.ts';
import { killedOf, titlesIn } from '../../helpers/scenario/faults.ts';
import type { Scenario } from '../../helpers/scenario/scenario.ts';
import { EXIT, UsageError } from '../../helpers/util/errors.ts';
import { loadScenarios } from '../run/chapters.ts';
import { declaredClaims } from '../run/claims.ts';
import { chooseChapters, throughVitest } from '../run/run-chapters.ts';
import { ProofReporter } from './proof-reporter.ts';
import { describeProof, describeTrial } from './proof-text.ts';

export interface ProveOptions {
  envoy?: string;
  sabotage?: string;
  json?: true;
}

/** The sabotages of a chapter that are to be tried, and its claims. */
interface Plan {
  slug: string;
  claims: string[];
  sabotages: { name: string; mustFail: string[] }[];
}

/**
 * Runs chapters with each of their sabotages put in, and judges whether the claims that it names fail and all others hold.
 *
 * @param slugs none stands for all
 * @returns the exit status
 * @throws UsageError for a slug, version or sabotage that cannot be meant, before anything starts; SetupError from the set-up
 */
export async function proveChapters(slugs: string[], { envoy, sabotage, json }: ProveOptions): Promise<number> {
  const scenarios = await loadScenarios(await chooseChapters(slugs));
  const ground = onlyVariant('a proof', envoy, process.env);
  const chosen = sabotage === undefined ? scenarios : scenarios.filter(({ sabotages }) => sabotage in sabotages);
  if (chosen.length === 0) {
    const known = scenarios.flatMap(({ sabotages }) => Object.keys(sabotages)).map((name) => `"${name}"`);
    throw new UsageError(`unknown sabotage "${sabotage}"; known: ${known.join(', ')}`);
  }
  const claims = await declaredClaims(chosen.map(({ slug }) => slug));
  const plans = chosen.map((scenario) =>
    planOf(scenario, claims.get(scenario.slug)?.map(({ title }) => title) ?? [], {
      only: sabotage,
      version: ground.version,
    }),
  );

  const say = (line: string): void => {
    (json ? process.stderr : process.stdout).write(`${line}\n`);
  };
  const began = performance.now();
  const { trials, errors, interrupted } = await tryAll(plans, ground, { verbose: sabotage !== undefined, say });
  const chapters = plans.map(({ slug, claims: titles }): ChapterTrials => {
    return { slug, claims: titles, trials: trials.filter((trial) => trial.slug === slug) };
  });
  const proof = prove(chapters);
  say(`\n${describeProof(chapters, proof, { whole: sabotage === undefined })}`);
  for (const error of errors) say(error);
  say(`\n${proof.sabotages.length} sabotages on Envoy ${ground.name} in ${duration(performance.now() - began)}`);
  if (json) process.stdout.write(`${JSON.stringify(proof)}\n`);
  if (interrupted) return EXIT.interrupted;
  if (errors.length > 0) return EXIT.setup;
  return holds(proof, { whole: sabotage === undefined }) ? EXIT.held : EXIT.failed;
}

/** Whether every sabotage that could be tried was caught and, where all were, every claim was killed by one. */
function holds({ sabotages, claims }: Proof, { whole }: { whole: boolean }): boolean {
  const skipped = new Set(sabotages.filter((each) => each.skipped).map(({ slug }) => slug));
  const unkilled = claims.filter(({ slug, killedBy }) => killedBy.length === 0 && !skipped.has(slug));
  return sabotages.every(({ caught, slug }) => caught || skipped.has(slug)) && (!whole || unkilled.length === 0);
}

function planOf(
  { slug, sabotages }: Scenario,
  claims: string[],
  { only, version }: { only: string | undefined; version: string | undefined },
): Plan {
  return {
    slug,
    claims,
    sabotages: Object.entries(sabotages)
      .filter(([name]) => only === undefined || name === only)
      .map(([name, { kills }]) => {
        const unknown = titlesIn(kills).filter((title) => !claims.includes(title));
        if (unknown.length > 0)
          throw new UsageError(`${slug}, "${name}": no claim is titled "${unknown.join('", "')}"`);
        return { name, mustFail: killedOf(kills, claims, version) };
      }),
  };
}

/** Tries every sabotage, all in one run: a variant has the first one of each chapter, another one the second ones, and so on. */
async function tryAll(
  plans: Plan[],
  ground: Variant,
  { verbose, say }: { verbose: boolean; say: (line: string) => void },
): Promise<{ trials: Trial[]; errors: string[]; interrupted: boolean }> {
  const trials: Trial[] = [];
  const planned = (variant: Variant, slug: string) =>
    plans.find((plan) => plan.slug === slug)?.sabotages.find(({ name }) => name === variant.sabotages?.[slug]);
  const variants = Array.from(
    { length: Math.max(...plans.map(({ sabotages }) => sabotages.length)) },
    (_, at): Variant => {
      const having = plans.flatMap(({ slug, sabotages }) => {
        const sabotage = sabotages[at];
        return sabotage ? [[slug, sabotage.name]] : [];
      });
      return {
        ...ground,
        name: `${ground.name} sabotaged ${at + 1}`,
        sabotages: Object.fromEntries(having),
        ...(!verbose && { leavesEvidence: false }),
      };
    },
  );
  if (variants.length === 0) return { trials, errors: [], interrupted: false };
  const reporter = new ProofReporter((name, slug, claims, { ms }) => {
    const variant = variants.find((each) => each.name === name);
    const sabotage = variant && planned(variant, slug);
    if (!sabotage) return;
    const trial = { slug, ...sabotage, claims };
    trials.push(trial);
    say(describeTrial(trial, ms, { verbose }));
  });
  process.env[HASTY] = '1';
  const refused = await throughVitest(
    variants,
    plans.filter(({ sabotages }) => sabotages.length > 0).map(({ slug }) => slug),
    reporter,
    { quiet: true },
  );
  if (refused) throw refused;
  const order = (trial: Trial) =>
    plans.find(({ slug }) => slug === trial.slug)?.sabotages.findIndex(({ name }) => name === trial.name) ?? 0;
  return {
    trials: trials.sort((a, b) => order(a) - order(b)),
    errors: reporter.errors,
    interrupted: reporter.interrupted,
  };
}
