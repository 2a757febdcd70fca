import { knownName } from '../util/known-name.ts';

/**
 * Values of `--sandbox`: what isolates the hosts of a lab.
 * - `namespaces`: network namespaces in one container for all labs of a process
 * - `containers`: one container for each host and each Envoy
 */
export const SANDBOXES = ['namespaces', 'containers'] as const;

export type SandboxName = (typeof SANDBOXES)[number];

/** @throws UsageError for an unknown sandbox */
export function parseSandbox(name: string): SandboxName {
  return knownName('sandbox', name, SANDBOXES);
}

/**
 * The sandbox that the variable `BIGBOOK_SANDBOX` chooses, which `--sandbox` sets.
 *
 * @throws UsageError for an unknown one
 */
export function sandboxFrom({ BIGBOOK_SANDBOX: name }: NodeJS.ProcessEnv): { sandbox?: SandboxName } {
  return name === undefined || name === '' ? {} : { sandbox: parseSandbox(name) };
}
