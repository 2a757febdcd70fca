import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { programIn } from './program.ts';
import { packageRoot } from './project.mjs';

test.each([packageRoot, join(packageRoot, 'helpers/envoy'), tmpdir(), '/', `${packageRoot}-other`])(
  'a hint typed in %s runs this installation',
  (folder) => {
    const cwd = folder.endsWith('-other') ? '/' : folder;
    const help = execFileSync('sh', ['-c', `${programIn(folder)} run --help`], { cwd, encoding: 'utf8' });
    expect(help).toMatch(/^Usage: .* run \[options\]/m);
  },
);
