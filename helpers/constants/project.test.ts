import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { installed, nearestProject, setupCommand } from './project.mjs';

test('a project is the nearest folder with a file of settings', async () => {
  const root = await mkdtemp(join(tmpdir(), 'project-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const inner = join(root, 'deploy/envoy');
  await mkdir(inner, { recursive: true });
  expect(nearestProject(inner)).toBe(undefined);
  await writeFile(join(root, 'bigbook.config.ts'), '');
  expect(nearestProject(inner)).toBe(root);
  await writeFile(join(inner, 'bigbook.config.mjs'), '');
  expect(nearestProject(inner)).toBe(inner);
});

test('hints in a checkout name the script that installs what is missing', () => {
  expect(installed).toBe(false);
  expect([setupCommand(), setupCommand('--envoy 1.40.0')]).toEqual([
    'npm run setup',
    'npm run setup -- --envoy 1.40.0',
  ]);
});
