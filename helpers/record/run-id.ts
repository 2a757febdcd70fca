/** The name of a run and its folder in `reports/`: sorts by time, unique by process. */
export function newRunId(now = new Date(), pid = process.pid): string {
  return `${now.toISOString().replace(/[-:]|\.\d+/g, '')}-${pid}`;
}
