/** How wide text may be: as COLUMNS says, else as the terminal is; in a file or a pipe as wide as it gets. */
export function columns(): number {
  return Number(process.env.COLUMNS) || process.stdout.columns || Number.POSITIVE_INFINITY;
}
