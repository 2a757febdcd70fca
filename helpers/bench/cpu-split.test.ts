import { expect, test } from 'vitest';
import { cpuBetween } from './cpu-split.ts';

test('the engine has the CPU time of the machine that neither harness nor containers have', () => {
  const before = { harness: 100, machine: 5_000, containers: { total: 2_000, others: {} } };
  const after = { harness: 400, machine: 6_000, containers: { total: 2_600, others: {} } };
  expect(cpuBetween(before, after)).toEqual({ harness: 300, engine: 100, containers: 600, total: 1_000 });
});

test("the time of other processes is not the engine's", () => {
  const processes = (cpuMs: number) => new Map([[9, { parent: 1, name: 'make', started: '1', cpuMs }]]);
  const before = { harness: 0, machine: 0, containers: { total: 0, others: {} }, processes: processes(50) };
  const after = { harness: 300, machine: 1_000, containers: { total: 400, others: {} }, processes: processes(250) };
  expect(cpuBetween(before, after)).toMatchObject({ engine: 100, total: 800 });
});

test('services beside containers are not part of them, also those that started in between', () => {
  const before = { harness: 0, machine: 0, containers: { total: 2_000, others: { 'ssh.service': 500 } } };
  const others = { 'ssh.service': 700, 'cron.service': 50 };
  const after = { harness: 0, machine: 1_000, containers: { total: 3_000, others } };
  expect(cpuBetween(before, after)).toMatchObject({ containers: 750, engine: 250 });
});

test('a service that has ended in between does not lend its past', () => {
  const before = { harness: 0, machine: 0, containers: { total: 90_000, others: { 'apt.service': 80_000 } } };
  const after = { harness: 0, machine: 1_000, containers: { total: 90_400, others: {} } };
  expect(cpuBetween(before, after)).toMatchObject({ containers: 400 });
});

test('parts that cannot be read are absent, and so are the engine and the sum', () => {
  expect(cpuBetween({ harness: 1 }, { harness: 3 })).toEqual({ harness: 2 });
  expect(cpuBetween({ harness: 1, machine: 0 }, { harness: 3, machine: 9 })).toEqual({ harness: 2 });
  expect(cpuBetween({}, {})).toEqual({});
});

test('clocks of different precision give no negative time', () => {
  const group = { total: 0, others: {} };
  const after = { harness: 10, machine: 8, containers: group };
  expect(cpuBetween({ harness: 0, machine: 0, containers: group }, after)).toMatchObject({ engine: 0, total: 10 });
});
