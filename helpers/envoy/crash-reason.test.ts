import { expect, test } from 'vitest';
import { crashReason } from './crash-reason.ts';

const line = (component: string, text: string): string =>
  `[2026-11-28 07:00:00.000000][12][critical][${component}] [source/server/backtrace.h:129] ${text}\n`;
const BACKTRACE = line('backtrace', 'Backtrace (use tools/stack_decode.py to get line numbers):');

test('the signal handler names the signal above the backtrace', () => {
  const log = line('backtrace', 'Caught Segmentation fault, suspect faulting address 0x0') + BACKTRACE;
  expect(crashReason(log)).toBe('Caught Segmentation fault, suspect faulting address 0x0');
});

test('an uncaught exception is the reason, not the abort that follows it', () => {
  const text = "std::terminate called! Uncaught EnvoyException 'invalid ipv6 address', see trace.";
  const log =
    line('main', text) + BACKTRACE + line('backtrace', 'Caught Aborted, suspect faulting address 0x6500000001');
  expect(crashReason(log)).toBe("std::terminate called! Uncaught EnvoyException 'invalid ipv6 address'");
});

test('a log without a crash has no reason', () => {
  expect(
    crashReason('[2026-11-28 07:00:00.000][1][critical][main] [a.cc:1] error initializing config'),
  ).toBeUndefined();
});
