import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keptFiles, type Places, removeKept } from './kept-files.ts';
import { describeKept } from './kept-text.ts';

const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.parse('2026-11-29T00:00:00Z');

let folder: string;
let places: Places;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kept-'));
  places = { reports: join(folder, 'reports'), copies: [join(folder, 'dist')], state: join(folder, 'state') };
});

afterEach(() => rm(folder, { recursive: true }));

/** A folder with a file of 10 kB that was written some days ago. */
async function kept(path: string, days: number): Promise<void> {
  await mkdir(join(folder, path), { recursive: true });
  await writeFile(join(folder, path, 'file'), Buffer.alloc(10_000));
  const then = new Date(NOW - days * DAY);
  for (const each of [join(folder, path, 'file'), join(folder, path)]) await utimes(each, then, then);
}

test('reports and caches are listed, oldest first; other files are not', async () => {
  await kept('reports/20261101T000000Z-1', 28);
  await kept('reports/20261127T000000Z-2', 2);
  await symlink('20261127T000000Z-2', join(places.reports, 'latest'));
  await kept('reports/my notes', 90);
  await kept('dist/harness-0123456789abcdef', 10);
  await kept('dist/suites-0123456789abcdef', 0.5);
  await kept('dist/other', 90);
  await kept('state/trials', 5);
  await kept('state/labs', 90);
  const found = await keptFiles(places, NOW);
  expect(found.map(({ kind, path, inUse }) => [kind, basename(path), inUse])).toEqual([
    ['report', '20261101T000000Z-1', undefined],
    ['cache', 'harness-0123456789abcdef', undefined],
    ['cache', 'trials', undefined],
    ['report', '20261127T000000Z-2', 'the latest report'],
    ['cache', 'suites-0123456789abcdef', 'younger than a day'],
  ]);
  for (const { bytes } of found) expect(bytes).toBeGreaterThanOrEqual(10_000);
});

test('only what is older and not in use is removed, and a listing says how much', async () => {
  await kept('reports/20261101T000000Z-1', 28);
  await kept('reports/20261102T000000Z-2', 27);
  await symlink('20261102T000000Z-2', join(places.reports, 'latest'));
  await kept('reports/20261128T000000Z-3', 1);
  const found = await keptFiles(places, NOW);
  expect(describeKept(found, undefined, NOW)).toMatch(
    /^28 d {2}\S+ \w+ {2}.*20261101T000000Z-1\n27 d .*20261102T000000Z-2 \(the latest report\)\n1 d .*-3\n\nreports: 3, \S+ kB; caches: 0, 0 bytes\nnothing was removed; `.*gc --reports --older-than 7d` removes what is older and not in use\n$/,
  );
  const removed = await removeKept(found, 7 * DAY, NOW);
  expect(removed.map(({ path }) => basename(path))).toEqual(['20261101T000000Z-1']);
  expect(existsSync(join(places.reports, '20261101T000000Z-1'))).toBe(false);
  expect(existsSync(join(places.reports, '20261102T000000Z-2'))).toBe(true);
  expect(describeKept(removed, 'removed', NOW)).toMatch(/\n\nremoved reports: 1, \S+ kB; caches: 0, 0 bytes\n$/);
});

test('a project without reports has nothing to remove', async () => {
  expect(await keptFiles(places, NOW)).toEqual([]);
  expect(describeKept([], 'removed', NOW)).toBe('nothing to remove\n');
});
