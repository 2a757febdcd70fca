import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { architectureIn, HEADER_BYTES } from './program-file.ts';

/** The header of a 64-bit little-endian ELF file. */
function header(machine: number): Uint8Array {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.write('\x7fELF\x02\x01', 'latin1');
  bytes.writeUInt16LE(machine, 18);
  return bytes;
}

test.each([
  [0x3e, 'x86_64'],
  [0xb7, 'aarch64'],
  [0xf3, 'other'],
])('machine %i is %s', (machine, architecture) => {
  expect(architectureIn(header(machine))).toBe(architecture);
});

test('the running Node is a program', () => {
  expect(architectureIn(readFileSync(process.execPath).subarray(0, HEADER_BYTES))).toMatch(/^(x86_64|aarch64)$/);
});

test.each([
  ['an empty file', ''],
  ['a cut file', '\x7fELF\x02\x01'],
  ['a script', '#!/bin/sh\nexec envoy "$@"\n'],
])('%s is no program', (_what, text) => {
  expect(architectureIn(Buffer.from(text, 'latin1'))).toBeUndefined();
});
