/** A longer expression is no name. */
const LONGEST = 60;

/** The first argument of the `expect(…)` that a source text begins with; undefined where it is long or has no end. */
export function subjectOf(asserted: string): string | undefined {
  const text = asserted.slice(asserted.indexOf('(') + 1);
  let depth = 0;
  // A string literal, or one character.
  for (const match of text.matchAll(/(['"`])(?:\\.|(?!\1).)*\1|./gs)) {
    const [sign] = match;
    if (depth === 0 && (sign === ',' || sign === ')')) {
      const subject = text
        .slice(0, match.index)
        .replace(/^\s*await /, '')
        .trim();
      return subject.length > LONGEST ? undefined : subject;
    }
    if ('([{'.includes(sign)) depth += 1;
    if (')]}'.includes(sign)) depth -= 1;
  }
  return undefined;
}
