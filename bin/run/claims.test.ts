import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { packageRoot } from '../../helpers/constants/project.mjs';
import version1Titles from '../../helpers/record/version-1-titles.json' with { type: 'json' };
import type { DeclaredClaim } from './claims.ts';

const LONGEST = 120;
/** Words that refer to a neighbouring title, and so say nothing in a list of failed claims. */
const UNCLEAR_ALONE = /^(it|that|such|these|this|who|whom|what|the same)\b/i;

interface Titled {
  slug: string;
  title: string;
  claims: DeclaredClaim[];
}

// By a process of its own, as vitest cannot collect tests inside a test.
const { stdout } = await promisify(execFile)(process.execPath, ['bin/bigbook.mjs', 'list', '--json'], {
  cwd: packageRoot,
  maxBuffer: Number.POSITIVE_INFINITY,
});
const { scenarios }: { scenarios: Titled[] } = JSON.parse(stdout);

/** Titles of each chapter, of its groups and of its claims. */
const titles = scenarios.flatMap(({ slug, title, claims }) => {
  const ofChapter = new Set([title, ...claims.flatMap(({ group, title }) => (group ? [group, title] : [title]))]);
  return [...ofChapter].map((title) => ({ slug, title }));
});

test('titles of chapters, groups and claims are clear without their neighbours', () => {
  expect(titles.length).toBeGreaterThan(scenarios.length);
  expect(titles.filter(({ title }) => UNCLEAR_ALONE.test(title))).toEqual([]);
});

test(`titles of chapters, groups and claims have at most ${LONGEST} characters`, () => {
  expect(titles.filter(({ title }) => title.length > LONGEST)).toEqual([]);
});

test('every claim of version 1 has a present title, so that its records compare with new ones', () => {
  const declared = scenarios.flatMap(({ slug, claims }) => claims.map(({ title }) => `${slug}: ${title}`));
  const renamed = Object.entries(version1Titles).flatMap(([slug, to]) =>
    Object.values(to).map((title) => `${slug}: ${title}`),
  );
  expect(renamed.filter((title) => !declared.includes(title))).toEqual([]);
});
