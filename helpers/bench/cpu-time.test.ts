import { readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { expect, test } from 'vitest';
import { childrenCpuTimeOf, cpuTimeBetween, cpuTimeOf, TICK_MS } from './cpu-time.ts';

test('utime and stime are read behind any process name', () => {
  const rest = 'S 1 7 7 0 -1 4194560 2213 0 1 0 120 34 5 6 20 0 9 0 12345 1 2';
  expect(cpuTimeOf(`7 (envoy) ${rest}\n`)).toEqual({ userMs: 1200, kernelMs: 340 });
  expect(cpuTimeOf(`7 (a) b (c 9 9) ${rest}\n`)).toEqual({ userMs: 1200, kernelMs: 340 });
});

test('cutime and cstime are the CPU time of ended children', () => {
  const rest = 'S 1 7 7 0 -1 4194560 2213 0 1 0 120 34 5 6 20 0 9 0 12345 1 2';
  expect(childrenCpuTimeOf(`7 (node) ${rest}\n`)).toEqual({ userMs: 50, kernelMs: 60 });
});

test.runIf(platform() === 'linux')('the CPU time matches the one of this process', () => {
  const { user, system } = process.cpuUsage();
  const { userMs, kernelMs } = cpuTimeOf(readFileSync('/proc/self/stat', 'utf8'));
  expect(Math.abs(userMs + kernelMs - (user + system) / 1000)).toBeLessThan(10 * TICK_MS);
});

test('cpuTimeBetween returns the difference of two readings', () => {
  expect(cpuTimeBetween({ userMs: 10, kernelMs: 20 }, { userMs: 40, kernelMs: 20 })).toEqual({
    userMs: 30,
    kernelMs: 0,
  });
});

test('another text is an error', () => {
  expect(() => cpuTimeOf('cat: /proc/7/stat: No such file\n')).toThrow(
    'not a line of /proc/PID/stat: "cat: /proc/7/stat: No such file"',
  );
});
