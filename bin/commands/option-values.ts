import { InvalidArgumentError, Option } from 'commander';
import { parseSandbox, SANDBOXES, type SandboxName } from '../../helpers/constants/sandboxes.ts';
import { DEFAULT_WORKERS } from '../../helpers/record/workers.ts';

/** The description of an option that takes any list of known Envoy versions. */
export const ENVOY_VERSIONS =
  'Envoy versions, separated by commas: 1.36.4, a minor version (1.38), a range (1.36.4..1.38), latest or all (default: latest)';

/** The option `--envoy-image`. @param effect what it does in this command */
export function envoyImageOption(effect: string): Option {
  return new Option('--envoy-image <image>', `an image that contains Envoy: ${effect}`).argParser(gathered);
}

/** The option `--envoy-binary`. @param effect what it does in this command */
export function envoyBinaryOption(effect: string): Option {
  return new Option('--envoy-binary <path>', `a Linux program file of Envoy: ${effect}`).argParser(gathered);
}

/** Collects the values of an option that may be given several times. */
export function gathered(value: string, before: string[] = []): string[] {
  return [...before, value];
}

/** Reads a whole number of at least `least`. @throws InvalidArgumentError for anything else */
export function wholeFrom(least: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!Number.isInteger(number) || number < least) {
      throw new InvalidArgumentError(`expected a whole number from ${least.toLocaleString('en-US')}.`);
    }
    return number;
  };
}

/** The values of `--workers` and `--sandbox`. */
export interface LabSettings {
  workers?: number;
  sandbox?: SandboxName;
}

/** The option `--workers`. */
export function workersOption(count: number = DEFAULT_WORKERS): Option {
  return new Option('--workers <number>', 'how many chapters run at once')
    .argParser(wholeFrom(1))
    .default(count)
    .env('BIGBOOK_WORKERS');
}

/** The option `--sandbox`. @param description default: that of commands that use one sandbox */
export function sandboxOption(
  description = `what isolates hosts: ${SANDBOXES.join(', ')} (default: namespaces where \`doctor\` finds that it works)`,
): Option {
  return new Option('--sandbox <sandbox>', description).argParser(parseSandbox).env('BIGBOOK_SANDBOX');
}

/** Passes the settings to vitest's config and to the set-up of labs. */
export function useLabSettings({ workers, sandbox }: LabSettings): void {
  if (workers !== undefined) process.env.BIGBOOK_WORKERS = String(workers);
  if (sandbox !== undefined) process.env.BIGBOOK_SANDBOX = sandbox;
}
