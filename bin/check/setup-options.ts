import { join } from 'node:path';
import { projectSettings, setupNamed } from '../../fixtures/project/settings.ts';
import { inputsOfSetup } from '../../fixtures/project/setup-inputs.ts';
import { requestFiles } from '../../fixtures/project/setup-requests.ts';
import { projectRoot } from '../../helpers/constants/project.mjs';
import type { Setup } from '../../helpers/project/config.ts';
import { fromHere } from '../../helpers/util/from-here.ts';
import { given } from '../../helpers/util/given.ts';
import type { CheckOptions } from './options.ts';

/** The config of a setup, as an argument of `check`, and its options. */
export interface SetupCheck {
  name: string;
  configs: string[];
  options: CheckOptions;
}

/**
 * The setups that arguments of `check` name: all of the project without arguments, none where one is no setup.
 *
 * @throws UsageError for bad settings
 */
export async function setupChecks(args: readonly string[]): Promise<SetupCheck[]> {
  const { setups = {} } = await projectSettings();
  const names = args.length === 0 ? Object.keys(setups) : [...new Set(args)];
  if (!names.every((name) => Object.hasOwn(setups, name))) return [];
  return Promise.all(names.map(async (name) => ({ name, ...(await optionsOf(name, await setupNamed(name))) })));
}

/** What settings decide for every check. */
export async function settingsOptions(): Promise<Pick<CheckOptions, 'envoy' | 'accept'>> {
  const { envoys, accept } = await projectSettings();
  return given({
    envoy: envoys?.join(','),
    accept: accept === undefined ? undefined : fromHere(join(projectRoot, accept)),
  });
}

async function optionsOf(name: string, setup: Setup): Promise<Omit<SetupCheck, 'name'>> {
  const { configs, fromDump, env, files, requests, rules } = inputsOfSetup(name, setup);
  const options: CheckOptions = {
    ...{ setup: name, env, files: files.map(fromHere) },
    ...given({
      fromDump: fromDump.map(fromHere)[0],
      requests: requests.length > 0 ? (await requestFiles(requests)).map(fromHere) : undefined,
      rules: rules === undefined ? undefined : fromHere(rules),
      topology: setup.topology,
      uids: setup.uids,
      uid: setup.uids && Object.entries(setup.uids).map(([name, id]) => `${name}=${id}`),
    }),
  };
  return { configs: configs.map(fromHere), options };
}
