/**
 * A paragraph in lines of at most `width` characters; a longer word has a line of its own.
 *
 * @param first the indentation of the first line
 */
export function wrapped(text: string, width: number, indent = '', first = indent): string {
  const lines: string[] = [];
  let line = first;
  for (const word of text.split(' ')) {
    const isEmpty = line === (lines.length === 0 ? first : indent);
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else line += isEmpty ? word : ` ${word}`;
  }
  return [...lines, line].join('\n');
}
