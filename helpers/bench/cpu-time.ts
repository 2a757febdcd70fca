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
 * @throws Error where the text is not a line of /proc/PID/stat
 */
export function cpuTimeOf(stat: string): CpuTime {
  return timesOf(stat, 14);
}

/**
 * Reads `cutime` and `cstime`, fields 16 and 17 of /proc/PID/stat: the CPU time of the children
 * that have ended and been waited for, and of their own such children.
 *
 * @throws Error where the text is not a line of /proc/PID/stat
 */
export function childrenCpuTimeOf(stat: string): CpuTime {
  return timesOf(stat, 16);
}

/** Two consecutive fields, by the number that proc_pid_stat(5) gives the first. */
function timesOf(stat: string, field: number): CpuTime {
  // The name, field 2, is in parentheses and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, kernel] = [fields[field - 3], fields[field - 2]].map(Number);
  if (user === undefined || kernel === undefined || Number.isNaN(user + kernel)) {
    throw new Error(`not a line of /proc/PID/stat: "${stat.trim()}"`);
  }
  return { userMs: user * TICK_MS, kernelMs: kernel * TICK_MS };
}

/** The CPU time between two readings of one process. */
export function cpuTimeBetween(before: CpuTime, after: CpuTime): CpuTime {
  return { userMs: after.userMs - before.userMs, kernelMs: after.kernelMs - before.kernelMs };
}
