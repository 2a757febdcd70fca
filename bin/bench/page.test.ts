import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packageRoot } from '../../helpers/constants/project.mjs';
import { ResultsPage } from './page.ts';

let file: string;

beforeEach(async () => {
  file = join(await mkdtemp(join(tmpdir(), 'page-')), 'page.md');
});

afterEach(async () => {
  await rm(join(file, '..'), { recursive: true });
});

const page = (results: string): string => `# Title

Before.

<!-- Begin of the output of bench. -->

${results}

<!-- End of the output of bench. -->

After.
`;

test('the results between the comments are replaced, and nothing else', async () => {
  await writeFile(file, page('old $& results'));
  ResultsPage.open(file).write('new $& results\n\n| a |\n');
  expect(await readFile(file, 'utf8')).toBe(page('new $& results\n\n| a |'));
});

test('a page without a place for results is wrong usage before anything is measured', async () => {
  await writeFile(file, '# Title\n');
  expect(() => ResultsPage.open(file)).toThrow(/^--write .*page\.md: expected the lines "<!-- Begin .*" and ".*"/);
  expect(() => ResultsPage.open(join(file, 'no'))).toThrow(/^--write .*: cannot read it: ENOTDIR.*; expected a page/);
});

test('the page on performance has a place for results', () => {
  expect(() => ResultsPage.open(join(packageRoot, 'docs/performance.md'))).not.toThrow();
});
