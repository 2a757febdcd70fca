import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test, vi } from 'vitest';
import { compiledHarness } from '../../fixtures/compiled/harness.mjs';
import { packageRoot } from '../../helpers/constants/project.mjs';
import { TIMEOUTS } from '../../helpers/constants/timeouts.ts';

// Each test starts vitest, in a process of its own.
vi.setConfig({ testTimeout: TIMEOUTS.runMs });

const SIZES = { alpha: 10, beta: 2000, gamma: 1000, delta: 500, epsilon: 100 };

/** A project of chapters of these sizes, run by one worker. */
async function project() {
  const folder = await mkdtemp(join(tmpdir(), 'longest-first-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [slug, size] of Object.entries(SIZES)) {
    await mkdir(join(folder, 'suites', slug), { recursive: true });
    const wait = slug === 'alpha' ? 500 : 0;
    const claim = `import { test } from 'vitest'; test('one', () => new Promise((end) => setTimeout(end, ${wait})));`;
    await writeFile(join(folder, 'suites', slug, 'claims.test.ts'), `${claim} // ${'.'.repeat(size)}`);
  }
  const variants = ['2', '1'].map((version) => ({
    extends: true,
    test: { name: `Envoy ${version}`, include: ['suites/**/*.test.ts'] },
  }));
  await writeFile(
    join(folder, 'vitest.config.ts'),
    `import LongestFirst from ${JSON.stringify(join(await compiledHarness(), 'bin/vitest/longest-first.js'))};
export default { test: { isolate: false, maxWorkers: 1, sequence: { sequencer: LongestFirst }, reporters: ['tap'], projects: ${JSON.stringify(variants)} } };`,
  );
  await symlink(join(packageRoot, 'node_modules'), join(folder, 'node_modules'));
  const caches = join(folder, 'caches');
  /** @returns the chapters in the order in which they ran, each Envoy's after a colon */
  const run = async (...args: string[]): Promise<string> => {
    const vitest = join(packageRoot, 'node_modules/vitest/vitest.mjs');
    const log = join(folder, 'log.json');
    await execa('node', [vitest, 'run', ...args, '--reporter=json', `--outputFile=${log}`], {
      cwd: folder,
      env: { XDG_CACHE_HOME: caches },
    });
    const { testResults } = JSON.parse(await readFile(log, 'utf8')) as {
      testResults: { name: string; startTime: number }[];
    };
    const started = testResults.toSorted((a, b) => a.startTime - b.startTime);
    return started.map(({ name }) => name.split('/').at(-2)).join(' ');
  };
  return { run, durations: join(caches, 'envoy-big-book', 'chapter-durations.json') };
}

test('larger chapters run first, then those that took longer the last time, Envoy by Envoy', async () => {
  const { run, durations } = await project();
  const bySize = 'beta gamma delta epsilon alpha';
  expect(await run('-t', 'one')).toBe(`${bySize} ${bySize}`);
  await expect(readFile(durations)).rejects.toThrow('ENOENT');
  await run();
  expect(Object.keys(JSON.parse(await readFile(durations, 'utf8')) as object)).toEqual(Object.keys(SIZES).sort());
  await writeFile(durations, '{ "alpha": 900, "beta": 30, "gamma": 20, "delta": 50, "epsilon": 40 }');
  const byTime = 'alpha delta epsilon beta gamma';
  expect(await run()).toBe(`${byTime} ${byTime}`);
  expect((JSON.parse(await readFile(durations, 'utf8')) as { alpha: number }).alpha).toBeGreaterThan(400);
});

test('a shard has the same chapters whatever they took', async () => {
  const { run, durations } = await project();
  const part = async (): Promise<string[]> => (await run('--shard', '1/2')).split(' ').sort();
  const before = await part();
  await writeFile(durations, '{ "alpha": 9000, "epsilon": 500 }');
  expect(await part()).toEqual(before);
});
