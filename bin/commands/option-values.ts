import { InvalidArgumentError } from 'commander';

/** The description of an option that takes any list of known Envoy versions. */
export const ENVOY_VERSIONS =
  'Envoy versions, separated by commas: 1.36.4, a minor version (1.38), a range (1.36.4..1.38), latest or all (default: latest)';

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
