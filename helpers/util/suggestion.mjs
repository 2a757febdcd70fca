// Plain JavaScript: set-up checks versions before TypeScript can be loaded.

/**
 * The message for an unknown name, with the nearest known names, else with all of them.
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

/** More names than a list of chapters has; a list of faults would push the error off the screen. */
const MOST_LISTED = 60;

/** @param {readonly string[]} names */
function list(names) {
  const others = names.length - MOST_LISTED;
  const lines = names.slice(0, MOST_LISTED).map((name) => `\n  ${name}`);
  return `${lines.join('')}${others > 0 ? `\n  and ${others} others` : ''}`;
}

/**
 * The known names with few spelling errors, else those with a part that resembles the name.
 * @param {string} name
 * @param {readonly string[]} known
 */
function nearest(name, known) {
  const whole = closest(name, known, false, Math.max(1, Math.floor(name.length / 4)));
  return whole.length > 0 || name.length < 3 ? whole : closest(name, known, true, Math.floor(name.length / 6));
}

/**
 * @param {string} name
 * @param {readonly string[]} known
 * @param {boolean} part
 * @param {number} most the greatest distance
 */
function closest(name, known, part, most) {
  const distances = known.map((each) => distance(name, each, part));
  const least = Math.min(most, ...distances);
  return known.filter((_, index) => distances[index] === least);
}

/**
 * The edit distance of two texts (optimal string alignment: two letters in the wrong order are one error) or,
 * with `part`, to any part of the other (Sellers).
 * @param {string} text
 * @param {string} other
 * @param {boolean} part
 */
function distance(text, other, part) {
  const letters = [...other.toLowerCase()];
  let row = [0, ...letters.map((_, index) => (part ? 0 : index + 1))];
  /** @type {number[]} */
  let rowBefore = [];
  let letterBefore = '';
  for (const letter of text.toLowerCase()) {
    const next = [/** @type {number} */ (row[0]) + 1];
    letters.forEach((otherLetter, index) => {
      const [left = 0, above = 0, diagonal = 0] = [next[index], row[index + 1], row[index]];
      const swapped = letter === letters[index - 1] && letterBefore === otherLetter;
      const swap = swapped ? (rowBefore[index - 1] ?? Number.POSITIVE_INFINITY) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(left + 1, above + 1, diagonal + (letter === otherLetter ? 0 : 1), swap));
    });
    [rowBefore, row, letterBefore] = [row, next, letter];
  }
  return part ? Math.min(...row) : Number(row.at(-1));
}
