import { loadFaults } from '../../fixtures/compiled/chapter-faults.ts';
import { PROGRAM } from '../../helpers/constants/program.ts';
import { NEWEST } from '../../helpers/envoy/versions.ts';
import { coverOf } from '../../helpers/record/cover.ts';
import { formatChanges } from '../../helpers/record/kills.ts';
import { updateOf } from '../../helpers/record/kills-update.ts';
import {
  type ChapterProof,
  type FaultProof,
  holds,
  type Plan,
  proveChapter,
  proveFault,
} from '../../helpers/record/proof.ts';
import { onlyVariant, type Variant } from '../../helpers/record/variants.ts';
import { counted, duration } from '../../helpers/report/wording.ts';
import { killsFile } from '../../helpers/scenario/suite-files.ts';
import { EXIT, UsageError } from '../../helpers/util/errors.ts';
import { given } from '../../helpers/util/given.ts';
import { colours as pc } from '../colours.ts';
import { chooseSuites, loadScenarios } from '../run/chapters.ts';
import { namesMatching } from '../run/chosen-claims.ts';
import { declaredClaims } from '../run/claims.ts';
import { readKills, writeKills } from '../run/kills-file.ts';
import { checkFaults } from './check-faults.ts';
import { describeProblems, describeReuse, describeTable, describeTrial } from './proof-text.ts';
import { refuseUnsound } from './sound-chapters.ts';
import { plannedOf, runTrials, type Trial } from './trials.ts';

export interface ProveOptions {
  envoy?: string;
  fault?: string;
  update?: true;
  quick?: true;
  json?: true;
  incremental?: true;
}

/**
 * Runs chapters with each of their faults injected; compares the result with `kills.json`, or writes it.
 *
 * @param slugs none stands for all
 * @returns the exit status
 * @throws UsageError for an unknown slug, version or fault; SetupError from the set-up
 */
export async function proveChapters(
  slugs: string[],
  { envoy, fault, update, quick, json, incremental }: ProveOptions,
): Promise<number> {
  const variant = onlyVariant('a proof', given({ envoy }), process.env);
  if ((update || quick) && variant.version === undefined)
    throw new UsageError(
      `--${update ? 'update' : 'quick'} needs a known Envoy version, found an image; choose one with --envoy`,
    );
  const wholePlans = await plansOf(await chooseSuites(slugs), fault);
  const plans = quick
    ? wholePlans.map((plan) => ({ ...plan, cover: coverOf(plan, variant.version ?? '') }))
    : wholePlans;
  const out = json ? process.stderr : process.stdout;
  const say = (line: string): boolean => out.write(`${line}\n`);

  const began = performance.now();
  const proved = plans.map(({ slug }) => slug);
  const unsound = update && (await refuseUnsound(variant, proved, say));
  if (unsound !== undefined) return unsound;
  const verbose = fault !== undefined;
  const total = plans.reduce((sum, { faults }) => sum + faults.length, 0);
  const trials: Trial[] = [];
  const trialed: Variant = {
    ...variant,
    injects: 'declared faults',
    ...given({ leavesEvidence: verbose ? undefined : false }),
  };
  const proofOf = ({ record, version }: Trial): FaultProof | undefined => {
    const plan = plans.find(({ slug }) => slug === record.slug);
    return plan && proveFault(plan, record.fault, record, variant.version ?? version);
  };
  const onEnd = (trial: Trial): void => {
    trials.push(trial);
    const proof = proofOf(trial);
    if (proof) say(describeTrial(proof, trial, { progress: `${trials.length}/${total}`, verbose }));
  };
  const planned = plans.flatMap(plannedOf);
  // A result that differs from kills.json is not reused: something may have disturbed its trial.
  const { left, run } = incremental
    ? await (await import('./incremental.ts')).reuseTrials(
        planned,
        trialed,
        (trial) => proofOf(trial)?.differences.length === 0,
        onEnd,
      )
    : { left: planned, run: runTrials };
  const { errors, interrupted } = await run([left], trialed, onEnd);
  const version = variant.version ?? trials.find((trial) => trial.version !== undefined)?.version;
  const records = trials.map(({ record }) => record);
  const proofs = plans.map((plan) => {
    const own = records.filter(({ slug }) => slug === plan.slug);
    const tried = plan.faults.filter((name) => !interrupted || own.some((record) => record.fault === name));
    return proveChapter({ ...plan, faults: tried }, own, version);
  });
  for (const proof of proofs) say(`\n${describeTable(proof)}`);
  for (const problems of update ? [] : proofs.map(describeProblems)) if (problems !== '') say(`\n${problems}`);
  for (const error of errors) say(`${pc.red('!')} ${error}`);
  const took = duration(performance.now() - began);
  const ran = proofs.flatMap(({ faults }) => faults).reduce((sum, { tried }) => sum + tried.length, 0);
  const counts = incremental ? `: ${describeReuse(records)}` : quick ? `: ${counted(ran, 'claim')} run` : '';
  say(`\n${counted(trials.length, 'fault')} on Envoy ${variant.name} in ${took}${counts}`);
  if (quick)
    say('not checked: whether a fault kills other claims than kills.json says; prove without --quick runs every claim');
  if (json) process.stdout.write(`${JSON.stringify({ envoy: variant.name, chapters: proofs })}\n`);
  if (interrupted) {
    say(`interrupted: ${total - trials.length} of ${counted(total, 'fault')} were not injected`);
    return EXIT.interrupted;
  }
  if (update)
    return (await updateAll(plans, proofs, variant.version, say)) && errors.length === 0 ? EXIT.passed : EXIT.failed;
  if (errors.length > 0) return EXIT.setup;
  if (proofs.every(holds)) return EXIT.passed;
  say(`If the result is right, \`${PROGRAM} prove --update\` writes kills.json.`);
  return EXIT.failed;
}

async function plansOf(slugs: string[], fault: string | undefined): Promise<Plan[]> {
  const declared = await Promise.all(
    slugs.map(async (slug) => {
      const { faults } = await loadFaults(slug);
      return { slug, names: Object.keys(faults), kills: await readKills(slug) };
    }),
  );
  const names = declared.flatMap((chapter) => chapter.names);
  const chosen = fault === undefined ? names : namesMatching('fault', fault, names);
  const having = declared.filter(({ names }) => fault === undefined || names.some((name) => chosen.includes(name)));
  const scenarios = await loadScenarios(having.map(({ slug }) => slug));
  for (const scenario of scenarios) await checkFaults(scenario, chosen);
  const claims = await declaredClaims(having.map(({ slug }) => slug));
  return having.map(({ slug, names: declaredFaults, kills }) => {
    const faults = declaredFaults.filter((name) => chosen.includes(name));
    return { slug, faults, declaredFaults, claims: claims.get(slug) ?? [], ...given({ kills }) };
  });
}

/** @returns whether every file is up to date now; a refused one stays as it was */
async function updateAll(
  plans: Plan[],
  proofs: ChapterProof[],
  version: string | undefined,
  say: (line: string) => unknown,
): Promise<boolean> {
  let refused = false;
  for (const plan of plans) {
    const proof = proofs.find(({ slug }) => slug === plan.slug);
    const update = proof && updateOf(plan, proof, version === NEWEST ? undefined : version);
    if (!update) continue;
    const file = killsFile(plan.slug);
    if ('refusals' in update) {
      refused = true;
      for (const why of update.refusals) say(`${pc.red('✗')} ${file} is not written: ${why}`);
      continue;
    }
    const changes = formatChanges(plan.kills, update.kills);
    if (changes.length > 0) await writeKills(plan.slug, update.kills);
    say(`${pc.green('✓')} ${file} ${changes.length > 0 ? 'written' : 'is up to date'}`);
    for (const line of changes) say(`  ${line.startsWith('+') ? pc.green(line) : pc.red(line)}`);
  }
  return !refused;
}
