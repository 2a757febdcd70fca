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
  const side = (own: keyof DiffStyle, other: keyof DiffStyle): string =>
    changes.map((change) => (change[other] ? '' : change[own] ? style[own](change.text) : change.text)).join('');
  return [side('removed', 'added'), side('added', 'removed')];
}

function words(text: string): string[] {
  return text.match(/[\w-]+|[^\w-]/g) ?? [];
}
