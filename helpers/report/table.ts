interface Column {
  title: string;
  align?: 'right';
}

/**
 * Lays out a table as plain text: columns as wide as their widest cell, two spaces apart.
 *
 * @param paint colours a padded cell of the body without changing its width
 */
export function formatTable(
  columns: Column[],
  rows: string[][],
  paint: (cell: string, column: number, row: number) => string = (cell) => cell,
): string {
  const widths = columns.map((column, at) => Math.max(column.title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const pad = (text: string, at: number) =>
    columns[at]?.align === 'right' ? text.padStart(widths[at] ?? 0) : text.padEnd(widths[at] ?? 0);
  const head = columns.map((column, at) => pad(column.title, at));
  const body = rows.map((row, number) => columns.map((_, at) => paint(pad(row[at] ?? '', at), at, number)));
  return [head, ...body].map((cells) => cells.join('  ').trimEnd()).join('\n');
}
