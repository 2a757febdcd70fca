/**
 * Words as bash hands them to a completion function, quotes and all, as the program would get them. Bash cuts a word at `=`, which this
 * mends for options.
 *
 * @returns the words, and the quote that the last one is still in
 */
export function wordsFromBash(raw: string[]): { words: string[]; quote: Quote } {
  const joined: string[] = [];
  let assigns = false;
  for (const [at, word] of raw.entries()) {
    const before = joined.at(-1);
    const isSign = word === '=' && at > 0 && before?.startsWith('--') === true;
    if (before !== undefined && (isSign || assigns)) joined[joined.length - 1] = before + word;
    else joined.push(word);
    assigns = isSign;
  }
  const read = joined.map(readWord);
  return { words: read.map(({ text }) => text), quote: read.at(-1)?.quote ?? '' };
}

/** The quote that a word has been begun with and not ended. */
export type Quote = '' | "'" | '"';

function readWord(word: string): { text: string; quote: Quote } {
  let text = '';
  let quote: Quote = '';
  for (let at = 0; at < word.length; at++) {
    const sign = word.charAt(at);
    if (sign === quote) quote = '';
    else if (quote === '' && (sign === "'" || sign === '"')) quote = sign;
    else if (sign === '\\' && quote !== "'") text += word.charAt(++at);
    else text += sign;
  }
  return { text, quote };
}

/**
 * A value as bash has to put it in the place of a word.
 *
 * @param quote the one that the word is in; bash keeps it, and ends it itself
 */
export function quoteForBash(value: string, quote: Quote): string {
  if (quote === "'") return value.replaceAll("'", `'\\''`);
  if (quote === '"') return value.replace(/["$`\\]/g, '\\$&');
  if (/^[\w@%+=:,./-]*$/.test(value)) return value;
  if (!value.includes("'")) return `'${value}'`;
  // An apostrophe in single quotes takes four signs, which bash could not complete further.
  return `"${value.replace(/["$`\\]/g, '\\$&')}"`;
}
