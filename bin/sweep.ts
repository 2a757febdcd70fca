import { join } from 'node:path';
import { sweepOf } from '../fixtures/sweep.ts';
import { type Arm, armsFrom, projectOf } from '../helpers/arms.ts';
import { EXIT, UsageError } from '../helpers/errors.ts';
import { HASTY } from '../helpers/timeouts.ts';
import { counted, duration } from '../helpers/wording.ts';
import { loadScenarios } from './chapters.ts';
import { colours as pc } from './colours.ts';
import { INTERRUPTED } from './interrupted.ts';
import { ProofReporter } from './proof-reporter.ts';
import type { ProveOptions } from './prove.ts';
import { ROOT } from './root.ts';
import { chooseChapters, withVitest } from './run-chapters.ts';

/** What became of a fault of a sweep. */
interface Swept {
  slug: string;
  fault: string;
  /**
   * `noticed`: a claim failed; `refused`: the lab does not start with it, so nobody could run it unawares; `excused`: nothing
   * noticed it, and the scenario says why that does not matter.
   */
  outcome: 'noticed' | 'refused' | 'excused' | 'unnoticed';
  /** The claim that noticed it, what refused it, or the reason. */
  by?: string;
}

const SIGNS = {
  noticed: pc.green('●'),
  refused: pc.dim('○'),
  excused: pc.yellow('–'),
  unnoticed: pc.red('✗'),
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
  const [ground, ...more] = armsFrom(envoy === undefined ? process.env : { ENVOY_VERSIONS: envoy });
  if (more.length > 0) throw new UsageError('a proof is of one Envoy; name one version');
  const faults = new Map(scenarios.map((scenario) => [scenario.slug, Object.keys(sweepOf(scenario))]));
  const excuses = new Map(scenarios.map(({ slug, unnoticed }) => [slug, unnoticed]));
  const say = (line: string): void => {
    (json ? process.stderr : process.stdout).write(`${line}\n`);
  };

  const began = performance.now();
  const swept: Swept[] = [];
  let round: Record<string, string> = {};
  const reporter = new ProofReporter((_, slug, claims, ms) => {
    const fault = round[slug];
    if (fault === undefined) return;
    const failed = claims.find(({ outcome }) => outcome === 'failed');
    const broken = claims.find(({ outcome }) => outcome === 'broken');
    const excuse = excuses.get(slug)?.[fault];
    const outcome = failed ? 'noticed' : broken ? 'refused' : excuse !== undefined ? 'excused' : 'unnoticed';
    const by = failed?.title ?? broken?.error?.split('\n', 1)[0] ?? excuse;
    swept.push({ slug, fault, outcome, ...(by === undefined ? {} : { by }) });
    say(`${SIGNS[outcome]} ${slug}: ${fault}  ${pc.dim(`${by ?? ''}  ${duration(ms)}`)}`);
  });
  process.env[HASTY] = '1';
  const arm: Arm = { ...ground, leavesEvidence: false, sweep: {} };
  const refused = await withVitest([arm], reporter, { quiet: true }, async (vitest) => {
    const project = vitest.getProjectByName(projectOf(arm));
    const rounds = Math.max(...[...faults.values()].map((names) => names.length));
    for (let at = 0; at < rounds && !reporter.interrupted; at++) {
      const having = [...faults].flatMap(([slug, names]) => (names[at] === undefined ? [] : [[slug, names[at]]]));
      round = Object.fromEntries(having);
      project.provide('arm', { ...arm, sweep: round });
      await vitest.runTestSpecifications(
        Object.keys(round).map((slug) => project.createSpecification(join(ROOT, 'suites', `${slug}.test.ts`))),
      );
    }
  });
  if (refused) throw refused;

  const unnoticed = swept.filter(({ outcome }) => outcome === 'unnoticed');
  const stale = [...excuses].flatMap(([slug, reasons]) =>
    Object.keys(reasons)
      .filter((fault) => swept.some((each) => each.slug === slug && each.fault === fault && each.outcome !== 'excused'))
      .map((fault) => ({ slug, fault })),
  );
  if (unnoticed.length > 0) say(`\n${pc.red('no claim notices')}`);
  for (const { slug, fault } of unnoticed) say(`  ${slug}: ${fault}`);
  if (stale.length > 0) say(`\n${pc.red('said not to matter, and noticed')}`);
  for (const { slug, fault } of stale) say(`  ${slug}: ${fault}`);
  for (const error of reporter.errors) say(error);
  const counts = Object.keys(SIGNS).map(
    (outcome) => `${swept.filter((each) => each.outcome === outcome).length} ${outcome}`,
  );
  say(
    `\n${counted(swept.length, 'fault')} on Envoy ${ground.name} in ${duration(performance.now() - began)}: ${counts.join(', ')}`,
  );
  if (json) process.stdout.write(`${JSON.stringify({ faults: swept })}\n`);
  if (reporter.interrupted) return INTERRUPTED;
  if (reporter.errors.length > 0) return EXIT.setup;
  return unnoticed.length + stale.length > 0 ? EXIT.failed : EXIT.held;
}
