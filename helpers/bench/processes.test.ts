import { expect, test } from 'vitest';
import { othersBetween, type Processes, processOf } from './processes.ts';

const SELF = 50;

/** Processes as `[pid, parent, name, CPU time]`. */
function processes(...list: [pid: number, parent: number, name: string, cpuMs: number][]): Processes {
  return new Map(list.map(([pid, parent, name, cpuMs]) => [pid, { parent, name, cpuMs, started: `${pid}` }]));
}

test('a line of /proc is read with the time of ended children', () => {
  const stat = '7 (a) b) S 3 7 7 0 -1 4194560 2213 0 1 0 120 34 5 6 20 0 9 0 12345 1 2\n';
  expect(processOf(stat)).toEqual({ parent: 3, name: 'a) b', started: '12345', cpuMs: 1650 });
});

test('the engine, containers and this process with its children are no other processes', () => {
  const engine = processes([60, 1, 'dockerd', 5], [61, 60, 'containerd', 5], [62, 1, 'containerd-shim', 1]);
  const others = processes([1, 0, 'init', 100], [2, 1, 'bash', 10]);
  const own = processes([SELF, 2, 'node', 10], [51, SELF, 'node', 0], [63, 62, 'envoy', 1]);
  const before = new Map([...engine, ...others, ...own]);
  const after = new Map([...before].map(([pid, each]) => [pid, { ...each, cpuMs: each.cpuMs + 7 }]));
  expect(othersBetween(before, after, SELF)).toBe(7);
});

test('the time of a process that has ended counts once, at its parent, without its past', () => {
  const before = processes([1, 0, 'init', 0], [2, 1, 'bash', 10], [3, 2, 'make', 100], [4, 3, 'cc', 5_000]);
  expect(othersBetween(before, processes([1, 0, 'init', 0], [2, 1, 'bash', 5_150]), SELF)).toBe(40);
});

test('a process that began in between counts, and one with a reused id as well', () => {
  const before = processes([1, 0, 'init', 0], [2, 1, 'bash', 10], [3, 2, 'make', 900]);
  const after = new Map([...before, [3, { parent: 2, name: 'cc', started: 'later', cpuMs: 30 }]]);
  after.set(2, { parent: 1, name: 'bash', started: '2', cpuMs: 920 });
  expect(othersBetween(before, after, SELF)).toBe(40);
});

test('the time of a process that ended after its parent goes to init, and is not subtracted', () => {
  const before = processes([1, 0, 'init', 0], [2, 1, 'bash', 10], [3, 1, 'daemon', 900]);
  const after = processes([1, 0, 'init', 910], [2, 1, 'bash', 10]);
  expect(othersBetween(before, after, SELF)).toBe(0);
});
