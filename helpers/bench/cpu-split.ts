import { given } from '../util/given.ts';
import { othersBetween, type Processes } from './processes.ts';

/** The CPU time of programs so far, in milliseconds. A part that cannot be read is absent. */
export interface CpuReading {
  /** This process and its children that have ended. */
  harness?: number;
  /** All programs of the machine. */
  machine?: number;
  containers?: GroupReading;
  /** The processes of the machine. */
  processes?: Processes;
}

/** The CPU time of the control group that contains the engine's containers. */
export interface GroupReading {
  /** With every group that was ever in it. */
  total: number;
  /** The groups in it that are no container, such as services beside containers in `system.slice`. */
  others: Record<string, number>;
}

/** CPU time in milliseconds. A part that cannot be read is absent. */
export interface CpuSplit {
  harness?: number;
  /** What is neither the harness, nor in a container, nor another process of the machine. */
  engine?: number;
  containers?: number;
  /** The sum, only where every part is there. */
  total?: number;
}

/** The CPU time between two readings. @param self the id of the process that is the harness */
export function cpuBetween(before: CpuReading, after: CpuReading, self = 0): CpuSplit {
  const harness = difference(before.harness, after.harness);
  const machine = difference(before.machine, after.machine);
  const containers =
    before.containers && after.containers ? groupBetween(before.containers, after.containers) : undefined;
  if (harness === undefined || machine === undefined || containers === undefined) return given({ harness, containers });
  const others = othersBetween(before.processes ?? new Map(), after.processes ?? new Map(), self);
  // Clocks differ: the times of processes have ticks of 10 ms.
  const engine = Math.max(0, machine - harness - containers - others);
  return { harness, engine, containers, total: harness + engine + containers };
}

function difference(before: number | undefined, after: number | undefined): number | undefined {
  return before === undefined || after === undefined ? undefined : after - before;
}

/** The total keeps the time of groups that are removed, so only those that are still there are subtracted. */
function groupBetween(before: GroupReading, after: GroupReading): number {
  const others = Object.entries(after.others).map(([name, ms]) => ms - (before.others[name] ?? 0));
  return others.reduce((rest, ms) => rest - ms, after.total - before.total);
}
