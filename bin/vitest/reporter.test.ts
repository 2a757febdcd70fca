import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { compiledHarness } from '../../fixtures/compiled/harness.mjs';
import { packageRoot } from '../../helpers/constants/project.mjs';
import { readRecord } from '../../helpers/record/read-record.ts';
import { claimsOf } from '../../helpers/record/record.ts';
import { literal } from '../../helpers/util/literal.ts';

const HEAD = `import { beforeEach, expect, test } from 'vitest';\n`;

/** What the `test` of a chapter leaves with each claim. */
const chapterOf = (slug: string) => `${HEAD}
beforeEach(({ task }) => {
  task.meta.bigbook = {
    chapter: { slug: '${slug}', title: 'The title of ${slug}', requirement: 'It holds.', topology: 'router', envoyConfig: '${slug}.yaml' },
    envoy: { version: '1.40.0', commit: '0123456789abcdef', fullVersion: 'b', image: 'i', source: 'release binary' },
    observations: [],
    evidence: 'reports/r/evidence/${slug}',
  };
});\n`;

/** A project with the given files, whose tests vitest runs with this reporter as `vitest.config.ts` does. */
async function project(files: Record<string, string>, seed?: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'reporter-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const harness = await compiledHarness();
  const config = {
    reporters: [[join(harness, 'bin/vitest/reporter.js'), { root: folder }]],
    isolate: false,
    sequence: { seed },
    execArgv: ['--import', join(harness, 'bin/vitest/worker.mjs')],
    projects: [
      { extends: true, test: { name: 'unit', include: ['helpers/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'Envoy 1.40.0',
          include: ['suites/**/*.test.ts'],
          runner: join(harness, 'bin/vitest/claim-runner.js'),
          setupFiles: [join(harness, 'bin/vitest/report-at-once.js')],
          provide: { variant: { name: '1.40.0', ...(seed === undefined && { inOrder: true }) } },
        },
      },
    ],
  };
  const external = `server: { deps: { external: [new RegExp(${JSON.stringify(`^${literal(harness)}/`)})] } }`;
  const all = {
    ...files,
    'vitest.config.mjs': `export default { test: { ...${JSON.stringify(config)}, ${external} } };`,
  };
  for (const [name, content] of Object.entries(all)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  await symlink(join(packageRoot, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

function vitest(folder: string, args: string[] = []) {
  return spawn(process.execPath, [join(packageRoot, 'node_modules/vitest/vitest.mjs'), 'run', ...args], {
    cwd: folder,
    // Colours in a value that is compared would tell terminals apart.
    env: { ...process.env, BIGBOOK_RUN: 'r', NO_COLOR: '1', FORCE_COLOR: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs to the end; durations are masked. */
async function run(
  folder: string,
  args?: string[],
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = vitest(folder, args);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { status: child.exitCode, stdout: stdout.replaceAll(/ +[\d.]+ m?s\b/g, '  N ms'), stderr };
}

test('claims come as sentences, then what failed, the table, what ran on what and the counts', async () => {
  const folder = await project({
    'suites/alpha/claims.test.ts': `${chapterOf('alpha')}
test('the first claim holds', () => {});
test('the second does not', () => expect('green').toBe('blue'));
test('the third cannot be tried here', ({ task, skip }) => { task.meta.bigbook.skipped = 'ipv6: off'; skip('ipv6: off'); });`,
    'helpers/own.test.ts': `${HEAD} test('is no claim', () => {});`,
  });
  const { status, stdout } = await run(folder);
  expect(stdout).toContain(`
alpha  The title of alpha
  ✓ the first claim holds  N ms
  ✗ the second does not  N ms
  – the third cannot be tried here  skipped
`);
  expect(stdout).toContain('✓ helpers/own.test.ts  1 test  N ms\n');
  expect(stdout).toContain(`
✗ alpha: the second does not
    expected 'green' to be 'blue'
    at suites/alpha/claims.test.ts:13:51: expect('green').toBe('blue'))
    bundle    reports/r/evidence/alpha
    replay    npm run bigbook -- run alpha --claim 'the second does not' --envoy 1.40.0

chapter  passed  failed  skipped  error  lab start  claims
alpha         1       1        1      0  N ms

failed: Envoy 1.40.0 (commit 0123456789ab, release binary),  N ms
– 1 claim skipped: ipv6: off
report: reports/r/report.html

2 passed, 1 failed, 1 skipped
`);
  expect(status).toBe(1);
  const record = await readRecord(join(folder, 'reports/latest/record.json'));
  expect(record.outcome).toBe('failed');
  expect(record.envoys.flatMap(claimsOf).map(({ title, outcome }) => [title, outcome])).toEqual([
    ['the first claim holds', 'passed'],
    ['the second does not', 'failed'],
    ['the third cannot be tried here', 'skipped'],
  ]);
  expect(await readFile(join(folder, 'reports/r/junit.xml'), 'utf8')).toContain('failures="1" errors="0" skipped="1"');
  expect(await readFile(join(folder, 'reports/r/summary.md'), 'utf8')).toContain('**At least one claim failed.**');
  expect(await readFile(join(folder, 'reports/r/report.html'), 'utf8')).toContain(
    '<strong>At least one claim failed.</strong>',
  );
});

test('a run of selected claims has its command and counts the claims of the chapter that it left out', async () => {
  const folder = await project({
    'suites/alpha/claims.test.ts': `${chapterOf('alpha')}
test('one', () => {});
test('two', () => {});
test('three', () => {});`,
  });
  const { stdout } = await run(folder, ['-t', 'one|three$']);
  expect(stdout).toContain('\n1 claim not selected\nreport: ');
  const record = await readRecord(join(folder, 'reports/r/record.json'));
  expect(record.command).toBe("npx vitest run -t 'one|three$'");
  expect(record.envoys.flatMap(({ chapters }) => chapters).map(({ notSelected }) => notSelected)).toEqual([1]);
});

test('a seed shuffles claims and their groups, the same one in the same way; the record keeps the order of the file', async () => {
  const titles = ['a', 'b', 'c', 'd', 'e', 'f'];
  const suite = `${chapterOf('alpha')}
import { appendFileSync } from 'node:fs';
import { describe } from 'vitest';
for (const title of ${JSON.stringify(titles)}) test(title, () => appendFileSync('order', title));
describe('group', () => { for (const title of [1, 2, 3, 4, 5]) test(String(title), () => appendFileSync('order', String(title))); });`;
  const orders = [7, 7, 8].map(async (seed) => {
    const folder = await project({ 'suites/alpha/claims.test.ts': suite }, seed);
    const { status, stdout } = await run(folder);
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`^seed ${seed}: --seed ${seed} repeats this order of claims\n`));
    const record = await readRecord(join(folder, 'reports/latest/record.json'));
    expect(record.seed).toBe(seed);
    const claims = record.envoys.flatMap(claimsOf).map(({ title }) => title.at(-1));
    expect(claims).toEqual([...titles, '1', '2', '3', '4', '5']);
    return readFile(join(folder, 'order'), 'utf8');
  });
  const [first, again, other] = await Promise.all(orders);
  expect(again).toBe(first);
  expect(other).not.toBe(first);
  expect([first, other]).not.toContain('abcdef12345');
  expect(first).not.toMatch(/abcdef|12345/);
});

test('a lab that does not start and a chapter that does not load are set-up errors, reported once, exit code 3', async () => {
  const folder = await project({
    'suites/alpha/claims.test.ts': `${chapterOf('alpha')}
const noLab = () => { throw Object.assign(new Error('lab alpha: Envoy ended'), { name: 'SetupError' }); };
test('one', noLab);
test('two', noLab);`,
    'suites/beta/claims.test.ts': `import './missing.ts';`,
  });
  const { status, stdout } = await run(folder);
  expect(stdout).toContain('! alpha: 2 claims without a result\n    lab alpha: Envoy ended\n');
  expect(stdout).toMatch(/! suites\/beta\/claims\.test\.ts: Cannot find module .*missing\.ts/);
  expect(stdout).toMatch(/\n0 passed, 3 failed\n$/);
  expect(status).toBe(3);
  expect((await readRecord(join(folder, 'reports/r/record.json'))).outcome).toBe('error');
});

test('an assertion that failed is a failed claim, whatever went wrong after it', async () => {
  const folder = await project({
    'suites/alpha/claims.test.ts': `${chapterOf('alpha')}
import { afterEach } from 'vitest';
afterEach(() => { throw Object.assign(new Error('lab alpha: gone'), { name: 'SetupError' }); });
test('one', () => expect(1).toBe(2));`,
  });
  const { status, stdout } = await run(folder);
  expect(stdout).toContain('✗ alpha: one\n    expected 1 to be 2');
  expect(stdout).toContain('    lab alpha: gone\n');
  expect(status).toBe(1);
});

test('own tests leave no report, and nothing that goes wrong in or beside them is lost', async () => {
  const folder = await project({
    'helpers/a.test.ts': `${HEAD} test('adds up', () => expect(1 + 1).toBe(3));`,
    'helpers/b.test.ts': `${HEAD} test('looks well', () => { Promise.reject(new Error('rejected outside a test')); });`,
    'helpers/c.test.ts': `import './missing.ts';`,
  });
  const { status, stdout, stderr } = await run(folder);
  expect(stderr).toContain('expected 2 to be 3');
  expect(stderr).toContain('rejected outside a test');
  expect(stderr).toContain('missing.ts');
  expect(stdout).toMatch(/\n1 passed, 3 failed\n$/);
  expect(status).toBe(1);
  await expect(readRecord(join(folder, 'reports/r/record.json'))).rejects.toThrow('ENOENT');
});

test('a killed run leaves a record that says running, with every claim that had ended, and no process', async () => {
  const folder = await project({
    'suites/alpha/claims.test.ts': `${chapterOf('alpha')}
import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync('gone', ''));
test('ends', () => {});
test('does not end', () => { writeFileSync('begun', ''); return new Promise(() => setInterval(() => {}, 1000)); }, 60_000);`,
  });
  const child = vitest(folder);
  await vi.waitFor(() => access(join(folder, 'begun')), { timeout: 10_000 });
  const record = await vi.waitFor(() => readRecord(join(folder, 'reports/r/record.json')), { timeout: 1_000 });
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await readRecord(join(folder, 'reports/r/record.json'))).toEqual(record);
  expect(record.outcome).toBe('running');
  expect(record.envoys.flatMap(claimsOf).map(({ title, outcome }) => [title, outcome])).toEqual([['ends', 'passed']]);
  await vi.waitFor(() => access(join(folder, 'gone')), { timeout: 2_000 });
});

test('reports that cannot be written are named before and after the claims, whose outcomes count', async () => {
  const folder = await project({
    reports: 'a file where a folder should be',
    'suites/alpha/claims.test.ts': `${chapterOf('alpha')}test('one', () => {});\ntest('two', () => {});`,
  });
  const child = vitest(folder);
  const [output, [status]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  expect(output).toMatch(/^no report: cannot write reports\/r: EEXIST.*\n/);
  expect(output).toMatch(/passed: .*\nno report: cannot write reports\/r: EEXIST.*\n\n2 passed, 0 failed\n$/);
  expect(status).toBe(0);
});
