/** The name of a run and its folder in `reports/`: sorts by time; the process tells runs of the same second apart. */
export function newRunId(now = new Date(), pid = process.pid): string {
  return `${now.toISOString().replace(/[-:]|\.\d+/g, '')}-${pid}`;
}
