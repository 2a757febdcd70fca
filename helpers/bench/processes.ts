import { childrenCpuTimeOf, cpuTimeOf } from './cpu-time.ts';

/** A process as proc_pid_stat(5) shows it. */
export interface ProcessTime {
  parent: number;
  name: string;
  /** Distinguishes it from a later process with the same id. */
  started: string;
  /** Its CPU time, and that of its children that have ended, in milliseconds. */
  cpuMs: number;
}

/** The processes of the machine by id. */
export type Processes = ReadonlyMap<number, ProcessTime>;

/** The first process of the system; it also gets the time of processes whose parents have ended. */
const INIT = 1;

/** The programs of a Docker engine, whose descendants include every container. */
const ENGINE = /^(dockerd|containerd|containerd-shim.*)$/;

/** Reads a line of /proc/PID/stat. */
export function processOf(stat: string): ProcessTime {
  const [own, ofChildren] = [cpuTimeOf(stat), childrenCpuTimeOf(stat)];
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    parent: Number(fields[1]),
    name: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
    started: fields[19] ?? '',
    cpuMs: own.userMs + own.kernelMs + ofChildren.userMs + ofChildren.kernelMs,
  };
}

/**
 * The CPU time between two readings that is neither the engine's, nor a container's, nor that of
 * this process and its children. Without processes that ended after their parents.
 */
export function othersBetween(before: Processes, after: Processes, self: number): number {
  let sum = 0;
  for (const [pid, { cpuMs }] of after) if (isOther(after, pid, self)) sum += cpuMs;
  for (const [pid, { cpuMs }] of before) {
    if (!isOther(before, pid, self)) continue;
    // The time of an ended process moves to its parent.
    const heir = survivor(before, after, pid);
    if (heir !== undefined && isOther(after, heir, self)) sum -= cpuMs;
  }
  return sum;
}

function isOther(processes: Processes, pid: number, self: number): boolean {
  if (pid === INIT) return false;
  return !lineOf(processes, pid).some((each) => each === self || ENGINE.test(processes.get(each)?.name ?? ''));
}

/** A process and its ancestors. */
function lineOf(processes: Processes, pid: number): number[] {
  const line: number[] = [];
  for (let at: number | undefined = pid; at !== undefined && at > 0; at = processes.get(at)?.parent) {
    if (line.includes(at)) break;
    line.push(at);
  }
  return line;
}

/** The process itself, or its nearest ancestor, that still runs. */
function survivor(before: Processes, after: Processes, pid: number): number | undefined {
  return lineOf(before, pid).find((each) => after.get(each)?.started === before.get(each)?.started);
}
