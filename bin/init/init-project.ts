import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { nearestKnown } from '../../helpers/check/envoy-in-use.ts';
import { CONFIG_FILES, OWN_CLAIMS } from '../../helpers/constants/project.mjs';
import { NEWEST, VERSIONS } from '../../helpers/envoy/versions.ts';
import { claimsText } from '../../helpers/project/claims-text.ts';
import type { BigbookConfig, Setup } from '../../helpers/project/config.ts';
import { settingsText } from '../../helpers/project/settings-text.ts';
import { setupNames } from '../../helpers/project/setup-names.ts';
import { workflowText } from '../../helpers/project/workflow-text.ts';
import { messageOf, UsageError } from '../../helpers/util/errors.ts';
import { given } from '../../helpers/util/given.ts';
import { findEnvoyInUse } from '../check/envoy-choice.ts';
import { type FoundInputs, findInputs, rulesFor } from './find-inputs.ts';
import { variablesOf } from './variables-of.ts';

/** What `init` would write, or has written. */
export interface InitPlan {
  found: FoundInputs;
  settings: BigbookConfig;
  /** Texts by path, relative to the project. */
  files: Record<string, string>;
  /** Those that exist and stay as they are. */
  left: string[];
  /** A sentence each. */
  notes: string[];
}

const WORKFLOW = '.github/workflows/bigbook.yml';

/**
 * Searches a project and plans the files of its setups.
 *
 * @throws UsageError where it has no Envoy config
 */
export async function planInit(project: string): Promise<InitPlan> {
  const found = await findInputs(project);
  if (found.configs.length === 0) {
    throw new UsageError(
      `no Envoy config found in ${project}: no YAML or JSON file has static_resources or dynamic_resources; a saved /config_dump is checked with \`check --from-dump\``,
    );
  }
  const notes: string[] = [];
  const envoys = await versionsFor(join(project, found.configs[0] ?? ''), notes);
  const setups: Record<string, Setup> = {};
  for (const [config, name] of setupNames(found.configs)) {
    const env = await variablesOf(join(project, config));
    const rules = rulesFor(config, found.rules);
    const unset = Object.keys(env);
    if (unset.length > 0) notes.push(`Set ${unset.join(', ')} of ${config} in \`env\` of the setup ${name}.`);
    setups[name] = {
      config,
      ...given({ env: unset.length > 0 ? env : undefined, rules }),
    };
  }
  const used = new Set(Object.values(setups).map(({ rules }) => rules));
  for (const rules of found.rules.filter((path) => !used.has(path)))
    notes.push(`${rules} has rules, but it is not clear of which setup: name it there in \`rules\`.`);
  const settings = { envoys, setups };
  const [[name, { config }] = ['', { config: '' }]] = Object.entries(setups);
  const files: Record<string, string> = {
    'bigbook.config.ts': settingsText(settings),
    [join(OWN_CLAIMS, `${name}.test.ts`)]: claimsText(name, config),
    [WORKFLOW]: workflowText({ envoys, locked: existsSync(join(project, 'package-lock.json')) }),
  };
  const left = Object.keys(files).filter((path) => existsSync(join(project, path)));
  const own = CONFIG_FILES.find((file) => existsSync(join(project, file)));
  if (own !== undefined && !left.includes(own)) left.push(own);
  for (const path of left) delete files[path];
  // The claims would be of a setup that the settings may not have.
  if (own !== undefined) for (const path of Object.keys(files)) if (path !== WORKFLOW) delete files[path];
  return { found, settings, files, left, notes };
}

/** Writes the planned files, none of which exists. @throws UsageError */
export async function writeInit(project: string, { files }: InitPlan): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    try {
      await mkdir(dirname(join(project, path)), { recursive: true });
      await writeFile(join(project, path), text, { flag: 'wx' });
    } catch (error) {
      throw new UsageError(`cannot write ${path}: ${messageOf(error)}`);
    }
  }
}

/** The version in use, and the newest one. */
async function versionsFor(config: string, notes: string[]): Promise<string[]> {
  const found = await findEnvoyInUse(config);
  const known = found && nearestKnown(found.version);
  if (found && known !== undefined) {
    notes.push(`Envoy ${found.version} is taken from ${found.where}.`);
    if (known !== found.version) notes.push(`${known} is the nearest known release.`);
    if (known !== NEWEST) return [known, NEWEST];
    notes.push('It is the newest known version, so it is compared with the one before.');
  } else {
    notes.push('No Envoy version in use is found: set the first of `envoys` to yours.');
  }
  return [VERSIONS.at(-2) ?? NEWEST, NEWEST];
}
