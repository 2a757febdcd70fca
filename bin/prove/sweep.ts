import { join } from 'node:path';
import { projectRoot } from '../../helpers/constants/project.mjs';
import { HASTY } from '../../helpers/constants/timeouts.ts';
import type { TrialClaim } from '../../helpers/record/proof.ts';
import { onlyVariant, projectOf, repeated, type Variant } from '../../helpers/record/variants.ts';
import { counted, duration } from '../../helpers/report/wording.ts';
import { loadFaults } from '../../helpers/scenario/chapter-faults.ts';
import { excuseOf, SHARED_REASONS, sweepOf } from '../../helpers/scenario/mutations.ts';
import { claimsFile } from '../../helpers/scenario/suite-files.ts';
import { EXIT } from '../../helpers/util/errors.ts';
import { colours as pc } from '../colours.ts';
import { loadScenarios } from '../run/chapters.ts';
import { chooseChapters, withVitest } from '../run/run-chapters.ts';
import { ProofReporter } from './proof-reporter.ts';
import type { ProveOptions } from './prove.ts';

/** What became of a fault of a sweep. */
interface Swept {
  slug: string;
  fault: string;
  /**
   * `noticed`: a claim failed; `refused`: the lab does not start with it, so nobody could run it unawares; `excused`: nothing
   * noticed it, and the scenario says why that does not matter; `unclear`: a claim ended otherwise than by an assertion, and
   * no other one failed.
   */
  outcome: 'noticed' | 'refused' | 'excused' | 'unnoticed' | 'unclear';
  /** The claim that noticed it and how it failed, what refused it, or the reason. */
  by?: string;
}

const SIGNS = {
  noticed: pc.green('●'),
  refused: pc.dim('○'),
  excused: pc.yellow('–'),
  unnoticed: pc.red('✗'),
  unclear: pc.red('?'),
} as const;

/**
 * Runs chapters with each fault of their sweeps put in, until a claim notices it, and says which ones none does.
 *
 * @param slugs none stands for all
 * @returns the exit status
 * @throws UsageError for a slug or version that cannot be meant, before anything starts; SetupError from the set-up
 */
export async function sweepChapters(
  slugs: string[],
  { envoy, json }: Pick<ProveOptions, 'envoy' | 'json'>,
): Promise<number> {
  const scenarios = await loadScenarios(await chooseChapters(slugs));
  const ground = onlyVariant('a proof', envoy, process.env);
  const faults = scenarios.map((scenario) => ({ slug: scenario.slug, names: Object.keys(sweepOf(scenario)) }));
  const reasons = new Map(
    await Promise.all(scenarios.map(async ({ slug }) => [slug, (await loadFaults(slug)).accepted] as const)),
  );
  const say = (line: string): void => {
    (json ? process.stderr : process.stdout).write(`${line}\n`);
  };

  const began = performance.now();
  const swept: Swept[] = [];
  // Two, so that a chapter with many faults has two of them tried at once when no other chapter is left.
  const variants = [ground, repeated(ground, 'again')].map(
    (variant): Variant => ({ ...variant, leavesEvidence: false, sweep: {} }),
  );
  const round = new Map<string, Record<string, string>>();
  const reporter = new ProofReporter((variant, slug, claims, { ms, stood }) => {
    const fault = round.get(variant)?.[slug];
    if (fault === undefined) return;
    const became = { slug, fault, ...judged(claims, stood, excuseOf(reasons.get(slug) ?? {}, fault)) };
    swept.push(became);
    say(`${SIGNS[became.outcome]} ${slug}: ${fault}  ${pc.dim(`${became.by ?? ''}  ${duration(ms)}`)}`);
  });
  process.env[HASTY] = '1';
  const refused = await withVitest(variants, reporter, { quiet: true }, async (vitest) => {
    const most = Math.max(...faults.map(({ names }) => names.length));
    for (let at = 0; at < most && !reporter.interrupted; at += variants.length) {
      const chapters = variants.flatMap((variant, nth) => {
        const project = vitest.getProjectByName(projectOf(variant));
        const sweep = Object.fromEntries(
          faults.flatMap(({ slug, names }) => (names[at + nth] === undefined ? [] : [[slug, names[at + nth]]])),
        ) as Record<string, string>;
        round.set(variant.name, sweep);
        project.provide('variant', { ...variant, sweep });
        return Object.keys(sweep).map((slug) => project.createSpecification(join(projectRoot, claimsFile(slug))));
      });
      await vitest.runTestSpecifications(chapters);
    }
  });
  if (refused) throw refused;

  const unexplained = swept.filter(({ outcome }) => outcome === 'unnoticed' || outcome === 'unclear');
  const stale = staleReasons(swept, reasons);
  if (unexplained.length > 0) say(`\n${pc.red('no claim notices')}`);
  for (const { slug, fault, by } of unexplained) say(`  ${slug}: ${fault}${by === undefined ? '' : `\n    ${by}`}`);
  if (stale.length > 0) say(`\n${pc.red('said not to matter, but noticed, or no fault of the sweep')}`);
  for (const reason of stale) say(`  ${reason}`);
  for (const error of reporter.errors) say(error);
  const counts = Object.keys(SIGNS).map(
    (outcome) => `${swept.filter((each) => each.outcome === outcome).length} ${outcome}`,
  );
  say(
    `\n${counted(swept.length, 'fault')} on Envoy ${ground.name} in ${duration(performance.now() - began)}: ${counts.join(', ')}`,
  );
  if (json) process.stdout.write(`${JSON.stringify({ faults: swept })}\n`);
  if (reporter.interrupted) return EXIT.interrupted;
  if (reporter.errors.length > 0) return EXIT.setup;
  return unexplained.length + stale.length > 0 ? EXIT.failed : EXIT.held;
}

/** @param stood whether the lab ever did */
function judged(claims: TrialClaim[], stood: boolean, excuse: string | undefined): Pick<Swept, 'outcome' | 'by'> {
  const said = ({ error = '' }: TrialClaim): string => error.split('\n', 1)[0] ?? '';
  const failed = claims.find(({ outcome }) => outcome === 'failed');
  if (failed) return { outcome: 'noticed', by: `${failed.title}: ${said(failed)}` };
  const broken = claims.find(({ outcome }) => outcome === 'broken');
  if (broken && !stood) return { outcome: 'refused', by: said(broken) };
  if (broken) return { outcome: 'unclear', by: `${broken.title}: ${said(broken)}` };
  return excuse === undefined ? { outcome: 'unnoticed' } : { outcome: 'excused', by: excuse };
}

/** The reasons that excuse nothing: of faults that were noticed, or that there are none of. */
function staleReasons(swept: Swept[], reasons: Map<string, Record<string, string>>): string[] {
  const excused = (slug: string, fault: string): boolean =>
    swept.some((each) => each.slug === slug && each.fault === fault && each.outcome === 'excused');
  const own = [...reasons].flatMap(([slug, accepted]) =>
    swept.some((each) => each.slug === slug)
      ? Object.keys(accepted)
          .filter((fault) => !excused(slug, fault))
          .map((fault) => `${slug}: ${fault}`)
      : [],
  );
  const shared = SHARED_REASONS.filter(({ fault }) => {
    const met = swept.filter((each) => fault.test(each.fault));
    return met.length > 0 && !met.some(({ outcome }) => outcome === 'excused');
  });
  return [...own, ...shared.map(({ fault }) => `every chapter: ${fault}`)];
}
