import { captureOptions } from '../../fixtures/rules/capture-options.ts';
import { captureRules } from '../../fixtures/rules/capture-rules.ts';
import { readRulesFile } from '../../fixtures/rules/rules-file.ts';
import type { SharedOptions } from '../../fixtures/setup/labs.ts';
import { readMappings } from '../../helpers/check/input/file-mappings.ts';
import { readVariables } from '../../helpers/check/input/variables.ts';
import type { CapturedRules } from '../../helpers/netfilter/captured-rules.ts';
import { TOPOLOGIES } from '../../helpers/project/config.ts';
import { UsageError } from '../../helpers/util/errors.ts';
import { given } from '../../helpers/util/given.ts';
import { knownName } from '../../helpers/util/known-name.ts';
import type { RulesOptions } from '../../helpers/world/under-rules.ts';
import type { CheckOptions } from './options.ts';

/** The rules of a check, captured. @throws UsageError */
export async function rulesOf(
  {
    rules,
    topology,
    env = [],
    uid = [],
    files = [],
  }: Pick<CheckOptions, 'rules' | 'topology' | 'env' | 'uid' | 'files'>,
  shared: SharedOptions,
): Promise<CapturedRules | undefined> {
  rulesOptions({ uid, ...given({ topology }) });
  if (rules === undefined) return undefined;
  const mapped = Object.fromEntries(readMappings(files).map(({ host, container }) => [container, host]));
  return captureRules(await readRulesFile(rules, mapped), {
    ...captureOptions(shared),
    users: parseUids(uid),
    env: readVariables(env),
  });
}

/** How rules meet the config of a check. @throws UsageError */
export function rulesOptions({ topology, uid = [] }: Pick<CheckOptions, 'topology' | 'uid'>): RulesOptions {
  const { envoy, app } = parseUids(uid);
  return {
    topology: topology === undefined ? undefined : knownName('topology', topology, TOPOLOGIES),
    uids: given({ envoy, app }),
  };
}

function parseUids(uids: string[]): Record<string, number> {
  return Object.fromEntries(
    uids.map((each) => {
      const [, name, id] = /^([\w-]+)=(\d+)$/.exec(each) ?? [];
      if (name === undefined) throw new UsageError(`--uid ${each}: expected NAME=ID, such as envoy=1337`);
      return [name, Number(id)];
    }),
  );
}
