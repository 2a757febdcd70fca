// Plain JavaScript: set-up refuses a version before there is anything to load TypeScript with.

/**
 * Why a name is refused: the names it may be a slip of, else all that are known, one a line.
 * @param {string} kind `chapter`
 * @param {string} name
 * @param {readonly string[]} known
 */
export function unknownName(kind, name, known) {
  const refused = `unknown ${kind} ${JSON.stringify(name)}`;
  const near = nearest(name, known);
  const [only] = near;
  if (only !== undefined && near.length === 1) return `${refused}; did you mean ${JSON.stringify(only)}?`;
  if (near.length > 0) return `${refused}; did you mean one of these?${list(near)}`;
  return known.length === 0 ? `${refused}; there is none` : `${refused}; known:${list(known)}`;
}

/** @param {readonly string[]} names */
const list = (names) => names.map((name) => `\n  ${name}`).join('');

/**
 * The known names that are a slip away from a name or, where none is, that have it as a part, itself perhaps misspelt.
 * @param {string} name
 * @param {readonly string[]} known
 */
function nearest(name, known) {
  const whole = closest(name, known, { part: false, most: Math.max(1, Math.floor(name.length / 4)) });
  return whole.length > 0 || name.length < 3
    ? whole
    : closest(name, known, { part: true, most: Math.floor(name.length / 6) });
}

/**
 * @param {string} name
 * @param {readonly string[]} known
 * @param {{ part: boolean, most: number }} how
 */
function closest(name, known, { part, most }) {
  const distances = known.map((each) => distance(name, each, part));
  const least = Math.min(most, ...distances);
  return known.filter((_, index) => distances[index] === least);
}

/**
 * How many letters must be inserted, left out or replaced to make one text of the other (Levenshtein) or, with `part`, of
 * any part of it (Sellers). Case does not count.
 * @param {string} text
 * @param {string} other
 * @param {boolean} part
 */
function distance(text, other, part) {
  const letters = [...other.toLowerCase()];
  let row = [0, ...letters.map((_, index) => (part ? 0 : index + 1))];
  for (const letter of text.toLowerCase()) {
    const next = [/** @type {number} */ (row[0]) + 1];
    letters.forEach((otherLetter, index) => {
      const [left = 0, above = 0, diagonal = 0] = [next[index], row[index + 1], row[index]];
      next.push(Math.min(left + 1, above + 1, diagonal + (letter === otherLetter ? 0 : 1)));
    });
    row = next;
  }
  return part ? Math.min(...row) : Number(row.at(-1));
}
