import { diffArrays } from 'diff';

/** The marking of removed and added text. */
export interface DiffStyle {
  removed: (text: string) => string;
  added: (text: string) => string;
}

/** Without colours, as `git diff --word-diff`. */
export const PLAIN: DiffStyle = { removed: (text) => `[-${text}-]`, added: (text) => `{+${text}+}` };

/** Marks the words in which two values differ. */
export function wordDiff(a: string, b: string, style: DiffStyle): [a: string, b: string] {
  const changes = diffArrays(words(a), words(b)).map(({ value, ...how }) => ({ ...how, text: value.join('') }));
  const left = changes.map(({ text, added, removed }) => (added ? '' : removed ? style.removed(text) : text));
  const right = changes.map(({ text, added, removed }) => (removed ? '' : added ? style.added(text) : text));
  return [left.join(''), right.join('')];
}

function words(text: string): string[] {
  return text.match(/\w+|\W/g) ?? [];
}
