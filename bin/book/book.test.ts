import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { projectRoot } from '../../helpers/constants/project.mjs';

/** A copy of the project with what its pages are made from, and no reports. */
async function copyOfTheProject(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'book-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const left = ['node_modules', 'reports', '.git', '.vitepress'];
  await cp(projectRoot, folder, { recursive: true, filter: (path) => !left.includes(basename(path)) });
  await symlink(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

async function change(folder: string, file: string, from: string, to: string): Promise<void> {
  const text = await readFile(join(folder, file), 'utf8');
  expect(text).toContain(from);
  await writeFile(
    join(folder, file),
    text.replace(from, () => to),
  );
}

test('a changed claim, comment of a rule or line of a config makes `book --check` fail, and names the pages', {
  timeout: 60_000,
}, async () => {
  const folder = await copyOfTheProject();
  await change(folder, 'suites/tcp-proxy/claims.test.ts', "test('", "test('now ");
  await change(
    folder,
    'suites/shared/original-dst/rules.ts',
    "capture HTTP, except Envoy's own connections",
    'capture HTTP',
  );
  await change(folder, 'envoy-configs/simple-front-proxy.yaml', 'stat_prefix: ingress', 'stat_prefix: entrance');
  const { BIGBOOK_RUN: _, ...env } = process.env;
  const { stdout, exitCode } = await execa('node', ['bin/bigbook.mjs', 'book', '--check'], {
    ...{ cwd: folder, reject: false, env, extendEnv: false },
  });
  expect(exitCode).toBe(1);
  const lines = stdout.split('\n');
  const told = [...new Set(lines.map((line) => /^docs\/[\w/-]+\.\w+/.exec(line)?.[0]))];
  expect(told).toEqual(
    expect.arrayContaining(
      ['evidence/tcp-proxy.json', 'tcp-proxy.md', 'original-dst.md', 'simple-front-proxy.md'].map(
        (name) => `docs/${name}`,
      ),
    ),
  );
  expect(told).not.toContain('docs/custom-headers.md');
  expect(lines.at(-1)).toBe('`npm run book` makes docs/ again; commit what it changes');
});
