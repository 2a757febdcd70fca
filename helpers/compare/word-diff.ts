import { diffArrays } from 'diff';

/** How text that only one of two values has is set off. */
export interface Marks {
  gone: (text: string) => string;
  come: (text: string) => string;
}

/** Without colours, as `git diff --word-diff` has it. */
export const PLAIN: Marks = { gone: (text) => `[-${text}-]`, come: (text) => `{+${text}+}` };

/** Two values with the words set off in which they differ. */
export function wordDiff(a: string, b: string, { gone, come }: Marks): [a: string, b: string] {
  const changes = diffArrays(words(a), words(b)).map(({ value, ...how }) => ({ ...how, text: value.join('') }));
  const left = changes.map(({ text, added, removed }) => (added ? '' : removed ? gone(text) : text));
  const right = changes.map(({ text, added, removed }) => (removed ? '' : added ? come(text) : text));
  return [left.join(''), right.join('')];
}

function words(text: string): string[] {
  return text.match(/\w+|\W/g) ?? [];
}
