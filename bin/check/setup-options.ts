import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { projectSettings, setupNamed } from '../../fixtures/project/settings.ts';
import { projectRoot } from '../../helpers/constants/project.mjs';
import { GENERATED, type Setup } from '../../helpers/project/config.ts';
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
  return Promise.all(names.map(async (name) => ({ name, ...optionsOf(await setupNamed(name)) })));
}

/** What settings decide for every check. */
export async function settingsOptions(): Promise<Pick<CheckOptions, 'envoy' | 'accept'>> {
  const { envoys, accept } = await projectSettings();
  return given({ envoy: envoys?.join(','), accept: accept === undefined ? undefined : fromHere(accept) });
}

function optionsOf({ config, env, files, requests, rules, topology }: Setup): Omit<SetupCheck, 'name'> {
  const path = fromHere(config);
  const dump = isDump(path);
  const options: CheckOptions = given({
    fromDump: dump ? path : undefined,
    env: env && Object.entries(env).map(([name, value]) => `${name}=${value}`),
    files:
      files &&
      Object.entries(files).flatMap(([place, host]) => (host === GENERATED ? [] : [`${fromHere(host)}:${place}`])),
    requests: requests === undefined ? undefined : [requests].flat().map(fromHere),
    rules: rules === undefined ? undefined : fromHere(rules),
    topology,
  });
  return { configs: dump ? [] : [path], options };
}

/** A path of the settings for the current folder. */
function fromHere(path: string): string {
  return relative(process.cwd(), join(projectRoot, path)) || path;
}

/** Whether a file is a saved `/config_dump`. */
function isDump(path: string): boolean {
  if (!path.endsWith('.json')) return false;
  try {
    return Array.isArray((JSON.parse(readFileSync(path, 'utf8')) as { configs?: unknown }).configs);
  } catch {
    return false;
  }
}
