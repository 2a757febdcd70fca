import { checkEnvironment } from '../../fixtures/check/environment.ts';
import { expectFile } from '../../fixtures/check/expect-file.ts';
import { closeNamespaces } from '../../fixtures/sandbox/namespaces.ts';
import { readVariables } from '../../helpers/check/input/variables.ts';
import { CHECK_SCHEMA, type CheckReport } from '../../helpers/check/report.ts';
import { maskSecrets, maskText, type Secrets } from '../../helpers/check/secrets.ts';
import { newRunId } from '../../helpers/record/run-id.ts';
import { Authority } from '../../helpers/util/authority.ts';
import { UsageError } from '../../helpers/util/errors.ts';
import { given } from '../../helpers/util/given.ts';
import { inOneLine } from '../../helpers/util/in-one-line.ts';
import { checkConfig } from './check-config.ts';
import { chooseEnvoys } from './envoy-choice.ts';
import { checkGuards, parseGuards } from './guards.ts';
import { type CheckOptions, repeatedOptions } from './options.ts';
import { inputsOf, stagesOf } from './real-stages.ts';
import { givenRequests } from './requests.ts';

/**
 * Checks configs on two Envoys: how these load them, and how they answer requests that are derived from
 * them. Prints nothing. No text of the report or of an error contains a secret.
 *
 * @param configs files, folders and globs
 * @throws UsageError for an input that cannot be checked; SetupError where labs cannot start
 */
export async function check(configs: readonly string[], options: CheckOptions = {}): Promise<CheckReport> {
  const { log = () => undefined, command = `bigbook check ${configs.join(' ')}` } = options;
  const secrets: Secrets & { texts: string[] } = { variables: readVariables(options.env ?? []), texts: [] };
  const started = new Date();
  const id = newRunId(started);
  const say = (line: string): void => log(maskText(line, secrets));
  try {
    expectInputs(options);
    const authority = await Authority.create('the lab');
    const inputs = await inputsOf(configs, options, authority);
    secrets.texts.push(...inputs.flatMap((input) => input.secrets));
    const near = options.fromDump ?? inputs[0]?.name;
    const { a, b, notes } = await chooseEnvoys(options, near);
    const environment = await checkEnvironment([a, b], id, say);
    try {
      await checkGuards(parseGuards(options.guard ?? []), environment.envoys);
      const reports = [];
      const repeated = repeatedOptions(options, [a, b]);
      const stages = stagesOf({ variants: [a, b], authority, log: say }, options);
      for (const input of inputs) {
        const checked = await checkConfig(input, environment, stages, {
          ...{ explain: options.explain, only: options.only !== undefined, log: say },
        });
        secrets.texts.push(...checked.secrets);
        checked.report.notes.unshift(...notes);
        checked.report.options = repeated;
        reports.push(checked.report);
      }
      const report: CheckReport = {
        ...{ schema: CHECK_SCHEMA, id, started: started.toISOString(), command, configs: reports, staleAccepted: [] },
        ...given({ machine: environment.machine }),
      };
      return maskSecrets(report, secrets);
    } finally {
      await environment.end();
      await closeNamespaces();
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // A bad input is one line.
    const message = error instanceof UsageError ? inOneLine(error.message) : error.message;
    error.message = maskText(message, secrets);
    if (error.stack !== undefined) error.stack = maskText(error.stack, secrets);
    throw error;
  }
}

/** Checks the files that options name, before anything starts. @throws UsageError */
function expectInputs({ rules, requests, fromDump }: CheckOptions): void {
  if (rules !== undefined) expectFile('--rules', rules);
  if (fromDump !== undefined) expectFile('--from-dump', fromDump);
  for (const file of requests ?? []) expectFile('--requests', file);
  if (requests) givenRequests(requests);
}
