/** The width of text: COLUMNS, else that of the terminal; unlimited in a file or a pipe. */
export function columns(): number {
  return Number(process.env.COLUMNS) || process.stdout.columns || Number.POSITIVE_INFINITY;
}
