import type { CheckReport } from '../../helpers/check/report.ts';
import { given } from '../../helpers/util/given.ts';
import { check } from './check.ts';
import type { CheckOptions } from './options.ts';
import { type SetupCheck, settingsOptions, setupChecks } from './setup-options.ts';

/**
 * Checks configs or, without arguments or with their names, setups of the project.
 *
 * @throws as `check`
 */
export async function checkAll(args: readonly string[], options: CheckOptions): Promise<CheckReport> {
  const setups = options.fromDump === undefined ? await setupChecks(args) : [];
  const chosen = hasEnvoys(options) ? options : { ...options, ...(await envoysOfSettings()) };
  const [first, ...others] = setups;
  if (!first) return check(args, chosen);
  const report = await checkSetup(first, chosen);
  for (const setup of others) {
    const { configs, staleAccepted } = await checkSetup(setup, chosen);
    report.configs.push(...configs);
    report.staleAccepted.push(...staleAccepted);
  }
  return report;
}

/** @param chosen options whose values replace those of the setup */
function checkSetup({ configs, options }: SetupCheck, chosen: CheckOptions): Promise<CheckReport> {
  return check(configs, { ...options, ...given(chosen) });
}

function hasEnvoys({ envoy, envoyImage, envoyBinary }: CheckOptions): boolean {
  return envoy !== undefined || envoyImage !== undefined || envoyBinary !== undefined;
}

async function envoysOfSettings(): Promise<Pick<CheckOptions, 'envoy'>> {
  const { envoy } = await settingsOptions();
  return envoy === undefined ? {} : { envoy };
}
