import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { commitOf, setUpRevision } from './revision.ts';

let checkout: string;

beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'checkout-'));
});

afterEach(async () => {
  await rm(checkout, { recursive: true });
});

function git(...args: string[]): string {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
  return execFileSync('git', ['-C', checkout, ...identity, ...args], { encoding: 'utf8' }).trim();
}

/** Commits files with the content of programs, and nothing else. */
async function commit(files: Record<string, string>): Promise<string> {
  if (!existsSync(join(checkout, '.git'))) git('init', '--quiet');
  await mkdir(join(checkout, 'bin'), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(checkout, name), text);
  git('add', '.');
  git('commit', '--quiet', '--allow-empty', '-m', 'a commit');
  return git('rev-parse', 'HEAD');
}

const HELP = 'console.log("--json")';
const project = (setup: string): Record<string, string> => ({ 'bin/bigbook.mjs': HELP, 'bin/setup.mjs': setup });

/** The paths of worktrees besides the checkout itself. */
function worktrees(): string[] {
  const paths = [...git('worktree', 'list', '--porcelain').matchAll(/^worktree (.*)$/gm)].map(([, path]) => path);
  return paths.slice(1).flatMap((path) => path ?? []);
}

function setUp(name: string, commit: string) {
  const { signal } = new AbortController();
  return setUpRevision(name, commit, { log: () => undefined, signal, checkout });
}

test('a branch, a tag and a short hash lead to their commit', async () => {
  const first = await commit(project(''));
  git('tag', 'before');
  await commit({ other: '' });
  expect(await commitOf('before', checkout)).toBe(first);
  expect(await commitOf('HEAD~1', checkout)).toBe(first);
  expect(await commitOf(first.slice(0, 8), checkout)).toBe(first);
});

test.each(['nope', '--all', '', 'HEAD~99', 'HEAD:bin'])('the revision "%s" is wrong usage', async (name) => {
  await commit(project(''));
  const error = await commitOf(name, checkout).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'UsageError' });
  expect(String(error)).toContain(`unknown revision "${name}"; expected a commit, branch or tag of ${checkout}`);
});

test('a revision without the command line is wrong usage', async () => {
  await commit({ 'bin/setup.mjs': '' });
  await expect(commitOf('HEAD', checkout)).rejects.toMatchObject({
    name: 'UsageError',
    message: '--against HEAD: expected a revision that runs chapters, but it has no bin/bigbook.mjs',
  });
});

test('a folder without git is a set-up error', async () => {
  const error = await commitOf('HEAD', checkout).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'SetupError' });
  expect(String(error)).toContain(`${checkout} is not a git checkout, or git is not installed`);
});

test('a revision is set up in a worktree of its own, which is removed at the end', async () => {
  const first = await commit(project('import { writeFileSync } from "node:fs"; writeFileSync("made", "");'));
  await commit({ later: '' });
  let folder = '';
  {
    using revision = await setUp('HEAD~1', first);
    folder = revision.folder;
    expect(worktrees()).toEqual([folder]);
    expect(existsSync(join(folder, 'made'))).toBe(true);
    expect(existsSync(join(folder, 'later'))).toBe(false);
    expect(revision.sandboxes).toBe(false);
  }
  expect(worktrees()).toEqual([]);
  expect(existsSync(join(folder, '..'))).toBe(false);
  expect(process.listeners('exit').length).toBeLessThan(10);
});

test('whether a revision has sandboxes is read from its help', async () => {
  const head = await commit({ 'bin/bigbook.mjs': 'console.log("  --sandbox <sandbox>")', 'bin/setup.mjs': '' });
  using revision = await setUp('HEAD', head);
  expect(revision.sandboxes).toBe(true);
});

test('a revision whose set-up fails is a set-up error with its output, and leaves no worktree', async () => {
  const head = await commit(project('console.error("no registry"); process.exit(3);'));
  const error = await setUp('HEAD', head).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'SetupError' });
  expect(String(error)).toContain('--against HEAD: its `npm run setup` failed');
  expect(String(error)).toContain('no registry');
  expect(worktrees()).toEqual([]);
});

test('an interrupted set-up leaves no worktree', async () => {
  const head = await commit(project('setInterval(() => undefined, 1000); console.log("started")'));
  const stop = new AbortController();
  const log = (line: string): void => {
    if (line.endsWith('set up')) setImmediate(() => stop.abort(new Error('interrupted')));
  };
  const { signal } = stop;
  await expect(setUpRevision('HEAD', head, { log, signal, checkout })).rejects.toThrow('interrupted');
  expect(worktrees()).toEqual([]);
});

test('a worktree of a killed process is forgotten', async () => {
  const head = await commit(project(''));
  const lost = join(checkout, '.work-4194304-abc', 'worktree');
  git('worktree', 'add', '--quiet', '--detach', lost, 'HEAD');
  await rm(lost, { recursive: true });
  expect(worktrees()).toEqual([lost]);
  using revision = await setUp('HEAD', head);
  expect(worktrees()).toEqual([revision.folder]);
});
