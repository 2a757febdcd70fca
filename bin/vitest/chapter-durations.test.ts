import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { trialModule } from '../../helpers/scenario/suite-files.ts';
import { estimated, keepDurations, readDurations } from './chapter-durations.ts';

/** Makes an empty folder of caches. @returns the path of the file with durations */
async function caches(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'durations-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  vi.stubEnv('XDG_CACHE_HOME', folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  return join(folder, 'envoy-big-book', 'chapter-durations.json');
}

test('durations are kept beside those of other chapters', async () => {
  const file = await caches();
  expect(await readDurations()).toEqual({});
  await keepDurations({ beta: 200, alpha: 100 });
  await keepDurations({ beta: 300 });
  expect(await readDurations()).toEqual({ alpha: 100, beta: 300 });
  expect(await readFile(file, 'utf8')).toMatch(/alpha.*beta/s);
  expect(await readdir(join(file, '..'))).toEqual(['chapter-durations.json']);
});

test.each(['', 'no JSON', 'null', '[]', '{ "alpha": "long" }'])(
  'a damaged file holds no durations: %s',
  async (text) => {
    const file = await caches();
    await keepDurations({ alpha: 100 });
    await writeFile(file, text);
    expect(await readDurations()).toEqual({});
  },
);

test('a chapter and a trial take as long as the last time, an unknown chapter in proportion to its size', () => {
  const file = (slug: string): string => `/project/suites/${slug}/claims.test.ts`;
  const [alpha, beta, gamma] = [file('alpha'), file('beta'), file('gamma')];
  const known = trialModule(alpha, 'a rule is removed');
  const unknown = trialModule(alpha, 'a new fault');
  const sizes = new Map([alpha, beta, gamma, known, unknown].map((id) => [id, id === beta ? 3000 : 1000]));
  expect(estimated(sizes, {})).toEqual(sizes);
  const durations = { alpha: 4000, 'alpha: a rule is removed': 9000, beta: 1000, other: 1 };
  expect(estimated(sizes, durations)).toEqual(
    new Map([
      [alpha, 4000],
      [beta, 1000],
      [gamma, 3000],
      [known, 9000],
      [unknown, 4000],
    ]),
  );
});
