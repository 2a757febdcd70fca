import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../helpers/constants/project.mjs';

/** Words of the harness's former private dialect, and phrases that make persons of programs. */
const BANNED =
  /\b(told|tells|nobody|whom|whoever|otherwise|keeper|sabotages?|workbench|unnoticed|looks around|takes leave|puts? back|is gone|(could not|cannot|can) be had|arms?|ground)\b/i;

/** Derived from titles that are checked at their source, data, or not the project's own text. */
const EXEMPT = /^(LICENSE|CHANGELOG\.md|package-lock\.json|bin\/words\.test\.ts|bin\/run\/claims\.test\.ts)$|\.json$/;
const HAND_WRITTEN =
  /^docs\/(check|commands|compatibility|glossary|how-it-works|layout|own-chapters|performance|setup|troubleshooting)\.md$/;

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: packageRoot,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && !EXEMPT.test(file) && (!/^docs\/[^/]+\.md$/.test(file) || HAND_WRITTEN.test(file)));

test('titles, help, errors, comments and docs use standard terms', async () => {
  const hits = await Promise.all(
    files.map(async (file) => {
      // A file of the index may be deleted in the work tree.
      const text = await readFile(join(packageRoot, file), 'utf8').catch(() => '');
      return text.split('\n').flatMap((line, at) => (BANNED.test(line) ? `${file}:${at + 1}: ${line.trim()}` : []));
    }),
  );
  expect(hits.flat()).toEqual([]);
});
