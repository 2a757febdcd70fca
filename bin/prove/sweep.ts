import { loadFaults } from '../../fixtures/compiled/chapter-faults.ts';
import { readEnvoyConfig } from '../../fixtures/lab/envoy-config.ts';
import { judgeAlike, type Swept, staleReasons, sweptOf, unlikeBatches } from '../../helpers/record/sweep.ts';
import { onlyVariant, type Variant } from '../../helpers/record/variants.ts';
import { counted, duration } from '../../helpers/report/wording.ts';
import { acceptedReason, SHARED_REASONS, sweepOf } from '../../helpers/scenario/mutations.ts';
import { EXIT } from '../../helpers/util/errors.ts';
import { given } from '../../helpers/util/given.ts';
import { colours as pc } from '../colours.ts';
import { chooseSuites, loadScenarios, suiteSlugs } from '../run/chapters.ts';
import { namesMatching } from '../run/chosen-claims.ts';
import { describeReuse } from './proof-text.ts';
import type { ProveOptions } from './prove.ts';
import { refuseUnsound } from './sound-chapters.ts';
import { plannedOf, runTrials, type Trial } from './trials.ts';

const SIGNS: Record<Swept['outcome'], string> = {
  detected: pc.green('●'),
  refused: pc.dim('○'),
  accepted: pc.yellow('–'),
  survived: pc.red('✗'),
  error: pc.red('?'),
};

/**
 * Runs chapters with each mutation injected until a claim detects it, and lists the survivors.
 *
 * @param slugs none stands for all
 * @param options.fault chooses mutations by a part of their name or by a regular expression. Default: all
 * @returns the exit status
 * @throws UsageError for an unknown slug, version or fault; SetupError from the set-up
 */
export async function sweepChapters(
  slugs: string[],
  { envoy, fault, json, incremental }: Pick<ProveOptions, 'envoy' | 'fault' | 'json' | 'incremental'>,
): Promise<number> {
  const scenarios = await loadScenarios(await chooseSuites(slugs));
  const variant = onlyVariant('a sweep', given({ envoy }), process.env);
  const derived = await Promise.all(
    scenarios.map(async (scenario) => {
      const mutations = sweepOf(scenario, await readEnvoyConfig(scenario));
      const { accepted } = await loadFaults(scenario.slug);
      return { slug: scenario.slug, mutations, faults: Object.keys(mutations), accepted };
    }),
  );
  const names = derived.flatMap(({ faults }) => faults);
  const chosen = new Set(fault === undefined ? names : namesMatching('fault', fault, names));
  const chapters = derived.map((chapter) => ({
    ...chapter,
    faults: chapter.faults.filter((name) => chosen.has(name)),
  }));
  const sweeps = new Map(chapters.map((chapter) => [chapter.slug, chapter]));
  const alikeOf = ({ slug, fault }: Pick<Swept, 'slug' | 'fault'>) => sweeps.get(slug)?.mutations[fault]?.alike;
  const out = json ? process.stderr : process.stdout;
  const say = (line: string): boolean => out.write(`${line}\n`);

  const began = performance.now();
  const having = chapters.filter(({ faults }) => faults.length > 0).map(({ slug }) => slug);
  const unsound = await refuseUnsound(variant, having, say);
  if (unsound !== undefined) return unsound;
  const total = chapters.reduce((sum, { faults }) => sum + faults.length, 0);
  const tried: Swept[] = [];
  const detected = (key: string) => tried.some((each) => each.outcome === 'detected' && alikeOf(each) === key);
  const trialed: Variant = { ...variant, leavesEvidence: false, injects: 'mutations' };
  const becameOf = ({ record }: Trial) =>
    sweptOf(record, acceptedReason(sweeps.get(record.slug)?.accepted ?? {}, record.fault));
  const onEnd = (trial: Trial): void => {
    const { record, ms } = trial;
    const { slug, fault } = record;
    const became = becameOf(trial);
    tried.push({ slug, fault, ...became, ...given({ reused: record.reused }) });
    const [{ outcome, by = '' } = became] = judgeAlike(tried.slice(-1), alikeOf, false);
    const progress = pc.dim(`${tried.length}/${total}`);
    const how = `${by}  ${record.reused ? 'reused' : duration(ms)}`;
    say(`${SIGNS[outcome]} ${progress} ${slug}: ${fault}  ${pc.dim(how)}`);
  };
  const planned = chapters.flatMap(plannedOf);
  const { left, run } = incremental
    ? await (await import('./incremental.ts')).reuseTrials(
        planned,
        trialed,
        (trial) => becameOf(trial).outcome !== 'survived',
        onEnd,
      )
    : { left: planned, run: runTrials };
  const { errors, interrupted } = await run(unlikeBatches(left, alikeOf, detected), trialed, onEnd);

  const whole = fault === undefined && scenarios.length === (await suiteSlugs()).length;
  const swept = judgeAlike(tried, alikeOf, whole && !interrupted);
  const unexplained = swept.filter(({ outcome }) => outcome === 'survived' || outcome === 'error');
  const reasons = new Map(chapters.map(({ slug, accepted }) => [slug, Object.keys(accepted)]));
  const stale =
    interrupted || fault !== undefined
      ? []
      : staleReasons(swept, reasons, whole ? SHARED_REASONS.map(({ fault }) => fault) : []);
  if (unexplained.length > 0) say(`\n${pc.red('survivors: no claim detects these mutations')}`);
  for (const { slug, fault, by } of unexplained) say(`  ${slug}: ${fault}${by === undefined ? '' : `\n    ${by}`}`);
  if (stale.length > 0) say(`\n${pc.red('stale entries of `accepted`: the mutation is detected, or does not exist')}`);
  for (const reason of stale) say(`  ${reason}`);
  for (const error of errors) say(`${pc.red('!')} ${error}`);
  const counts = Object.keys(SIGNS).map(
    (outcome) => `${swept.filter((each) => each.outcome === outcome).length} ${outcome}`,
  );
  const took = duration(performance.now() - began);
  const results = [counts.join(', '), ...(incremental ? [describeReuse(tried)] : [])].join('; ');
  say(`\n${counted(swept.length, 'mutation')} on Envoy ${variant.name} in ${took}: ${results}`);
  if (json) process.stdout.write(`${JSON.stringify({ faults: swept })}\n`);
  if (interrupted) {
    say(`interrupted: ${total - tried.length} of ${counted(total, 'mutation')} were not tried`);
    return EXIT.interrupted;
  }
  if (errors.length > 0) return EXIT.setup;
  return unexplained.length + stale.length > 0 ? EXIT.failed : EXIT.passed;
}
