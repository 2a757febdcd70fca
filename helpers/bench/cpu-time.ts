/** A clock tick of /proc in milliseconds: CLK_TCK is 100 on all architectures of Envoy. */
export const TICK_MS = 10;

/** The CPU time of all threads of a process since its start, in milliseconds. */
export interface CpuTime {
  userMs: number;
  kernelMs: number;
}

/**
 * Reads `utime` and `stime`, fields 14 and 15 of /proc/PID/stat (proc_pid_stat(5)).
 *
 * @throws Error where the text is not the line of such a file
 */
export function cpuTimeOf(stat: string): CpuTime {
  // The name, field 2, is in parentheses and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [utime, stime] = [fields[11], fields[12]].map(Number);
  if (utime === undefined || stime === undefined || Number.isNaN(utime + stime)) {
    throw new Error(`not a line of /proc/PID/stat: "${stat.trim()}"`);
  }
  return { userMs: utime * TICK_MS, kernelMs: stime * TICK_MS };
}

/** The CPU time between two readings of one process. */
export function cpuTimeBetween(before: CpuTime, after: CpuTime): CpuTime {
  return { userMs: after.userMs - before.userMs, kernelMs: after.kernelMs - before.kernelMs };
}
