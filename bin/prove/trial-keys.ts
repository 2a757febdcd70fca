import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadFaults } from '../../fixtures/compiled/chapter-faults.ts';
import { harnessSources, sourcesRoot } from '../../fixtures/compiled/harness.mjs';
import { projectSources, withImports } from '../../fixtures/compiled/project-sources.mjs';
import { digestOf } from '../../fixtures/compiled/source-files.mjs';
import { envoyConfigFile, readEnvoyConfig } from '../../fixtures/lab/envoy-config.ts';
import { packageRoot, projectRoot } from '../../helpers/constants/project.mjs';
import { type TrialInputs, trialKey } from '../../helpers/record/trial-key.ts';
import type { Variant } from '../../helpers/record/variants.ts';
import { type Faults, faulted } from '../../helpers/scenario/faults.ts';
import { sweeper } from '../../helpers/scenario/mutations.ts';
import type { Scenario } from '../../helpers/scenario/scenario.ts';
import { claimsFile, faultsFile } from '../../helpers/scenario/suite-files.ts';
import { given } from '../../helpers/util/given.ts';
import { loadScenarios } from '../run/chapters.ts';
import { trialEnvironment } from './trial-environment.ts';
import type { PlannedTrial } from './trials.ts';

/** A file's time of change is that of the last tick of the kernel's clock. */
const TICK_MS = 20;

/** The config of vitest, and the versions of dependencies: those to install, and those installed. */
const BESIDE_HARNESS = ['vitest.config.ts', 'package.json', 'package-lock.json', 'node_modules/.package-lock.json'];

/** The keys of the trials of a run. */
export class TrialKeys {
  readonly #began = Date.now() - TICK_MS;
  /** By fault, by slug. */
  readonly #keys = new Map<string, Map<string, string>>();
  /** The files that the keys of a chapter are made of, by slug. */
  readonly #files = new Map<string, string[]>();

  /**
   * @param environmentOf the inputs that the machine decides
   * @throws UsageError for a scenario that is not plain data, SetupError from the set-up
   */
  static async of(trials: PlannedTrial[], variant: Variant, environmentOf = trialEnvironment): Promise<TrialKeys> {
    const keys = new TrialKeys();
    const slugs = [...new Set(trials.map(({ slug }) => slug))];
    const { injects = 'declared faults' } = variant;
    const [environment, scenarios] = await Promise.all([environmentOf(variant), loadScenarios(slugs)]);
    const ofHarness = [...harnessSources(), ...sourcesBesideHarness()];
    const harness = digestOf(ofHarness);
    const project = projectSources(projectRoot);
    for (const scenario of scenarios) {
      const { slug, envoy } = scenario;
      const ofClaims = withImports(project, [claimsFile(slug)]);
      const envoyConfig = await readEnvoyConfig(scenario);
      const claims = digestOf(ofClaims);
      const shared = { ...environment, ...given({ envoyConfig }), injects, harness, claims };
      const inject =
        injects === 'mutations' ? mutator(scenario, envoyConfig) : injector(scenario, (await loadFaults(slug)).faults);
      const own = trials.filter((trial) => trial.slug === slug);
      keys.#keys.set(slug, new Map(own.map(({ fault }) => [fault, trialKey({ ...shared, ...inject(fault) })])));
      keys.#files.set(slug, [
        ...ofHarness.map(([file]) => join(sourcesRoot, file)),
        ...[...ofClaims, ...withImports(project, [faultsFile(slug)])].map(([file]) => join(projectRoot, file)),
        ...(envoy ? [envoyConfigFile(envoy)] : []),
      ]);
    }
    return keys;
  }

  /** The key of a trial. */
  of({ slug, fault }: PlannedTrial): string {
    const key = this.#keys.get(slug)?.get(fault);
    if (key === undefined) throw new Error(`the run has no fault "${fault}" of ${slug}`);
    return key;
  }

  /** Whether no file that the key of a trial is made of has changed since. */
  hold({ slug }: PlannedTrial): boolean {
    return (this.#files.get(slug) ?? []).every((file) => {
      const changed = statSync(file, { throwIfNoEntry: false })?.ctimeMs;
      return changed !== undefined && changed < this.#began;
    });
  }
}

function sourcesBesideHarness(): [file: string, content: Buffer][] {
  const files = BESIDE_HARNESS.filter((file) => existsSync(join(packageRoot, file)));
  return files.map((file) => [file, readFileSync(join(packageRoot, file))]);
}

/** The inputs of a chapter's trials that differ by the mutation. */
function mutator(scenario: Scenario, envoyConfig: string | undefined) {
  const mutate = sweeper(scenario, envoyConfig);
  return (name: string): Pick<TrialInputs, 'scenario'> => ({ scenario: mutate(name) });
}

/** The inputs of a chapter's trials that differ by the fault. */
function injector(scenario: Scenario, faults: Faults) {
  return (name: string): Pick<TrialInputs, 'scenario' | 'misdated'> => {
    const declared = faults[name];
    if (!declared) throw new Error(`${scenario.slug} declares no fault "${name}"`);
    return 'misdated' in declared
      ? { scenario, misdated: declared.misdated.what }
      : { scenario: faulted(scenario, name, declared.fault) };
  };
}
