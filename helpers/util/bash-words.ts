/**
 * Removes the quotes from words of a bash completion, and joins options that bash split at `=`.
 *
 * @returns the words, and the quote in which the last one ends
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

/** An open quote. */
type Quote = '' | "'" | '"';

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

/** Quotes a value that replaces a word; bash keeps and closes the quote that the word has open. */
export function quoteForBash(value: string, quote: Quote): string {
  if (quote === "'") return value.replaceAll("'", `'\\''`);
  if (quote === '"') return value.replace(/["$`\\]/g, '\\$&');
  if (/^[\w@%+=:,./-]*$/.test(value)) return value;
  if (!value.includes("'")) return `'${value}'`;
  // Bash cannot complete further behind the four characters of an apostrophe in single quotes.
  return `"${value.replace(/["$`\\]/g, '\\$&')}"`;
}
