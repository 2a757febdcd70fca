import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../../helpers/constants/project.mjs';
import { NEWEST } from '../../helpers/envoy/versions.ts';
import { emptyObservation } from '../../helpers/exchange/observation.ts';
import type { ClaimRecord, RunRecord } from '../../helpers/record/record.ts';
import { sampleChapter, sampleClaim, sampleEnvoy, sampleRun } from '../../helpers/record/sample.ts';

/** A copy of the project without pages and reports, and a record in which every claim passed. */
let folder: string;
let record: RunRecord;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'book-'));
  const left = ['node_modules', 'dist', 'reports', '.git', '.vitepress'];
  await cp(projectRoot, folder, {
    recursive: true,
    filter: (path) => path === projectRoot || !left.includes(basename(path)),
  });
  await symlink(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
  const { stdout } = await execa('node', ['bin/bigbook.mjs', 'list', '--json'], {
    ...{ cwd: folder, env: ofCopy(), extendEnv: false },
  });
  const { scenarios } = JSON.parse(stdout) as { scenarios: { slug: string; claims: { title: string }[] }[] };
  const chapters = scenarios.map(({ slug, claims }) =>
    sampleChapter(
      claims.map(({ title }) => sampleClaim({ title, observations: [{ ...emptyObservation('GET'), read: [] }] })),
      { slug },
    ),
  );
  record = sampleRun([], { envoys: [sampleEnvoy(chapters, { name: NEWEST })] });
  return () => rm(folder, { recursive: true });
}, 60_000);

/** The environment without what names this run and this project. */
function ofCopy(): NodeJS.ProcessEnv {
  const { BIGBOOK_RUN: _run, BIGBOOK_PROJECT: _project, ...env } = process.env;
  return env;
}

async function book(...args: string[]): Promise<{ stdout: string; stderr: string; exitCode?: number | undefined }> {
  return execa('node', ['bin/bigbook.mjs', 'book', ...args], {
    ...{ cwd: folder, reject: false, env: ofCopy(), extendEnv: false },
  });
}

async function change(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(join(folder, file), 'utf8');
  expect(text).toContain(from);
  await writeFile(
    join(folder, file),
    text.replace(from, () => to),
  );
}

/** Writes `record.json`, in which the first claims of chapters have these outcomes. */
async function writeOutcomes(outcomes: Record<string, ClaimRecord['outcome']>): Promise<void> {
  const envoys = record.envoys.map((envoy) => ({
    ...envoy,
    chapters: envoy.chapters.map(({ claims: [first, ...claims], ...chapter }) => ({
      ...chapter,
      claims: [...(first ? [{ ...first, outcome: outcomes[chapter.slug] ?? first.outcome }] : []), ...claims],
    })),
  }));
  await writeFile(join(folder, 'record.json'), JSON.stringify({ ...record, envoys }));
}

test('without a record the pages are not checked: exit code 2, and the command that makes one', {
  timeout: 60_000,
}, async () => {
  const { exitCode, stderr } = await book('--check');
  expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/reports\/ has no record .*run --in-order` makes one$/);
  expect(exitCode).toBe(2);
});

test('a check passes on what was written; it names failed claims, changed sources, and what it did not check', {
  timeout: 180_000,
}, async () => {
  const report = join(folder, 'reports/20261122T235900Z-1');
  await mkdir(report, { recursive: true });
  await writeFile(join(report, 'record.json'), JSON.stringify(record));
  await book('--no-trace');
  const same = await book('--check');
  expect(same.stdout).toMatch(/^not checked: the traces .*\ndocs\/ agrees with reports\/.*record\.json$/);
  expect(same.exitCode).toBe(0);

  await change('suites/shared/original-dst/rules.ts', '--reject-with tcp-reset', '--reject-with icmp-port-unreachable');
  await change('envoy-configs/simple-front-proxy.yaml', 'connect_timeout: 0.5s', 'connect_timeout: 0.6s');
  await change('suites/tcp-proxy/claims.test.ts', "test('", "test('now ");
  await writeOutcomes({ 'websocket-upgrade': 'failed', 'local-ratelimit': 'skipped' });
  const { stdout, exitCode } = await book('--check', '--record', 'record.json');
  const names = stdout.split('\n').flatMap((line) => /^docs\/([\w-]+\.md): /.exec(line)?.[1] ?? []);
  expect(names).toEqual(['original-dst.md', 'original-dst-ipv6.md', 'simple-front-proxy.md', 'tcp-proxy.md']);
  expect(stdout).toMatch(/^record\.json: websocket-upgrade: ".*" ended with failed$/m);
  expect(stdout).toContain('not checked: the exchanges of local-ratelimit: 1 claim skipped');
  expect(stdout).toContain('not checked: the exchanges of tcp-proxy: 1 claim not in the record');
  expect(stdout).toMatch(/`npm run book` writes docs\/ again; commit what it changes$/);
  expect(exitCode).toBe(1);
});
