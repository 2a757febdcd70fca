/** The name of a run and of its folder in `reports/`: sorts by time, and two runs at the same second differ by their process. */
export function newRunId(now = new Date(), pid = process.pid): string {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  return `${time}-${pid}`;
}
