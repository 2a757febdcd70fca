import { InvalidArgumentError } from 'commander';

/** Reads an option's whole number; a smaller one than `least` or something else is wrong usage. */
export function wholeFrom(least: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!Number.isInteger(number) || number < least) {
      throw new InvalidArgumentError(`expected a whole number from ${least.toLocaleString('en-US')}.`);
    }
    return number;
  };
}
