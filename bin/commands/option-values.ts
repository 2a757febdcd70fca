import { InvalidArgumentError } from 'commander';

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
