import { expect, test } from 'vitest';
import { unsupported } from './platform.mjs';

test.each([
  ['linux', 'x64'],
  ['linux', 'arm64'],
  ['darwin', 'x64'],
  ['darwin', 'arm64'],
])('%s on %s is supported', (platform, arch) => {
  expect(unsupported({ platform, arch })).toBeUndefined();
});

test.each([
  ['win32', 'x64', /^Windows is not supported: .*WSL 2/],
  ['freebsd', 'x64', /^freebsd is not supported: run this on Linux, or on macOS/],
  ['linux', 'riscv64', /^the architecture riscv64 is not supported: .*x86_64 and arm64$/],
  ['linux', 'ia32', /^the architecture ia32 is not supported/],
])('%s on %s is refused in one line', (platform, arch, refusal) => {
  expect(unsupported({ platform, arch })).toMatch(refusal);
  expect(unsupported({ platform, arch })).not.toContain('\n');
});
