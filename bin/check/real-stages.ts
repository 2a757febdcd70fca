import { ask, askEach } from '../../fixtures/check/ask.ts';
import type { AskedEnvoy, AskOptions } from '../../fixtures/check/asking.ts';
import type { CheckEnvironment } from '../../fixtures/check/environment.ts';
import { load } from '../../fixtures/check/load.ts';
import { readInputs } from '../../fixtures/check/read-inputs.ts';
import { surroundings } from '../../fixtures/world/surroundings.ts';
import { coverageOf } from '../../helpers/check/coverage.ts';
import { loadFindings } from '../../helpers/check/findings/load-findings.ts';
import type { CheckInput } from '../../helpers/check/input.ts';
import type { CheckRequest } from '../../helpers/check/request.ts';
import { unsteadyIn } from '../../helpers/check/steady.ts';
import type { CapturedRules } from '../../helpers/netfilter/captured-rules.ts';
import { repeated, type Variant } from '../../helpers/record/variants.ts';
import type { Authority } from '../../helpers/util/authority.ts';
import { SetupError } from '../../helpers/util/errors.ts';
import { given } from '../../helpers/util/given.ts';
import { parseGuards } from './guards.ts';
import { askingMs, type CheckOptions } from './options.ts';
import { chosenRequests, givenRequests, saveRequests } from './requests.ts';
import { rulesOf, rulesOptions } from './rules.ts';
import type { Stages, Surrounded } from './stages.ts';

/** The name of a check's lab, and of the chapter in its records. */
export const CHECK_LAB = 'check';

/** The configs of a check. @throws UsageError */
export function inputsOf(
  configs: readonly string[],
  { env, files, fromDump }: CheckOptions,
  authority: Authority,
): Promise<CheckInput[]> {
  return readInputs(configs, {
    authority,
    ...given({ env, files, fromDump: fromDump === undefined ? undefined : [fromDump] }),
  });
}

/** What all configs of a check have in common. */
export interface CheckContext {
  variants: readonly [a: Variant, b: Variant];
  /** Issues the certificates of labs and of files that are made. */
  authority: Authority;
  log: (line: string) => void;
}

/** The stages of a check on this machine. */
export function stagesOf({ variants, authority, log }: CheckContext, options: CheckOptions): Stages {
  const guards = parseGuards(options.guard ?? []);
  let captured: Promise<CapturedRules | undefined> | undefined;
  const envoyOf = (which: 0 | 1, { envoys }: CheckEnvironment): AskedEnvoy => {
    const { name } = variants[which];
    const envoy = envoys[which];
    if (!envoy) throw new SetupError(`Envoy ${name}`, 'there is no image for it');
    return { ...envoy, name, guards };
  };
  const optionsOf = (around: Surrounded, { shared, machine }: CheckEnvironment): AskOptions => ({
    ...{ lab: { ...shared, authority }, name: CHECK_LAB, machine },
    ...{ tokens: around.world.tokens, httpAuthz: around.world.httpAuthz, unsteady: unsteadyIn(around.dump) },
  });
  return {
    load: async (input, { envoys, shared }) => {
      const images = envoys.map(({ envoyImage, envoySource }, at) => ({
        ...{ name: variants[at]?.name ?? '', image: envoyImage, source: envoySource, guards },
      }));
      const [a, b] = await load(input, images, shared);
      if (!a || !b) throw new SetupError(`load ${input.name}`, 'an Envoy has no result');
      return [a, b];
    },
    loadFindings,
    surround: async (input, dump, environment) => {
      captured ??= rulesOf(options, environment.shared);
      const rules = await captured;
      const around = surroundings(input, dump, { authority, slug: CHECK_LAB, rules, ...rulesOptions(options) });
      const saved =
        options.writeRequests === undefined
          ? undefined
          : saveRequests(options.writeRequests, options.setup ?? input.name, around.requests);
      const derived = options.requests
        ? givenRequests(options.requests, around.world.scenario.envoy?.listenerPort)
        : around.requests;
      return {
        ...around,
        ...{ dump, derived, requests: chosenRequests(derived, options) },
        notSeen: options.requests ? around.world.notSeen : around.notSeen,
        notes: [...around.notes, ...(saved === undefined ? [] : [writtenNote(saved, input, around.requests)])],
      };
    },
    ask: async (around, environment) => {
      const envoys = ([0, 1] as const).flatMap((which) => {
        const one = envoyOf(which, environment);
        return [one, { ...one, name: repeated(variants[which], 'again').name }];
      });
      const progress: AskOptions['progress'] = (envoy, request, of) => {
        if (request === 1) log(`Envoy ${envoy}: ${of} requests`);
      };
      const asking = { ...optionsOf(around, environment), progress, ...given({ withinMs: askingMs(options) }) };
      const [a, aAgain, b, bAgain] = await ask(around.scenario, around.requests, envoys, asking);
      if (!a || !aAgain || !b || !bAgain) throw new SetupError('check', 'an Envoy has no record');
      const { dump, derived, requests: sent, world } = around;
      const coverage = coverageOf({ dump, derived, sent, record: a, world, only: options.only !== undefined });
      return { records: { a, aAgain, b, bAgain }, ...coverage };
    },
    askWithGuards: (around, requests, sets, environment) => {
      const envoys = sets.map((set) => ({ ...envoyOf(1, environment), guards: { ...guards, ...set } }));
      return askEach(around.scenario, requests, envoys, optionsOf(around, environment));
    },
  };
}

/** Requests need the keys and passwords that a config compares: the file has them in clear. */
function writtenNote(file: string, { secrets }: CheckInput, requests: CheckRequest[]): string {
  const text = JSON.stringify(requests);
  const hasSecrets = secrets.some((secret) => secret.length > 3 && text.includes(JSON.stringify(secret).slice(1, -1)));
  return `The derived requests are written to ${file}.${hasSecrets ? ' The file has secrets of the config in clear, which the requests need: do not commit it as it is.' : ''}`;
}
