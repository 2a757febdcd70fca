/** A line of a diff: its text without the sign, and the depth of its indentation. */
interface DiffLine {
  text: string;
  changed: boolean;
  depth: number;
}

/**
 * Reduces a printed diff of two values to what differs: the changed lines, the keys that lead to them, and the lines next to
 * them on the same level. `…` replaces omitted lines.
 *
 * @param diff lines that begin with `- `, `+ ` or two spaces
 */
export function differingLines(diff: string): string {
  const lines = diff.split('\n').map(lineOf);
  const kept = new Set(lines.flatMap(({ changed }, at) => (changed ? [at, ...contextOf(lines, at)] : [])));
  const texts = lines.flatMap(({ text, depth }, at) => {
    if (kept.has(at) || text.trim() === '') return [text];
    // A run of omitted lines is one line; closing brackets need none.
    const isFirst = at === 0 || kept.has(at - 1);
    return isFirst && !isClosing(text) ? [`${' '.repeat(depth)}…`] : [];
  });
  return texts.join('\n');
}

function lineOf(text: string): DiffLine {
  const changed = /^[-+]( |$)/.test(text);
  return { text, changed, depth: 2 + (/^ */.exec(text.slice(2))?.[0].length ?? 0) };
}

/** The lines above that lead to a line, and its neighbours on the same level. */
function contextOf(lines: DiffLine[], at: number): number[] {
  const { depth = 0 } = lines[at] ?? {};
  const parents: number[] = [];
  let level = depth;
  for (let above = at - 1; above >= 0 && level > 2; above--) {
    const line = lines[above];
    if (!line || line.text.trim() === '' || line.depth >= level || isClosing(line.text)) continue;
    if (!line.changed) parents.push(above);
    level = line.depth;
  }
  const isNeighbour = (index: number): boolean => {
    const line = lines[index];
    return line !== undefined && !line.changed && line.depth === depth && !isClosing(line.text);
  };
  return [...parents, ...[at - 1, at + 1].filter(isNeighbour)];
}

function isClosing(text: string): boolean {
  return /^[\s]*[\]}],?$/.test(text);
}
