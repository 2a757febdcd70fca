/** How what is only in the one and only in the other is set off. */
export interface Marks {
  gone: (text: string) => string;
  come: (text: string) => string;
}

/** Without colours, as `git diff --word-diff` has it. */
export const PLAIN: Marks = { gone: (text) => `[-${text}-]`, come: (text) => `{+${text}+}` };

/** Two values with the part in which they differ set off: what stands between what both begin and end with. Whole words. */
export function marked(a: string, b: string, { gone, come }: Marks): [a: string, b: string] {
  const [one, other] = [words(a), words(b)];
  let start = 0;
  while (start < Math.min(one.length, other.length) && one[start] === other[start]) start++;
  let end = 0;
  while (end < Math.min(one.length, other.length) - start && one.at(-1 - end) === other.at(-1 - end)) end++;
  const show = (all: string[], mark: (text: string) => string): string => {
    const middle = all.slice(start, all.length - end).join('');
    return [...all.slice(0, start), middle === '' ? '' : mark(middle), ...all.slice(all.length - end)].join('');
  };
  return [show(one, gone), show(other, come)];
}

function words(text: string): string[] {
  return text.match(/\w+|\W/g) ?? [];
}
