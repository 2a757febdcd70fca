import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import { packageRoot } from '../helpers/constants/project.mjs';
import { TIMEOUTS } from '../helpers/constants/timeouts.ts';
import { instrument } from '../helpers/envoy/instrument.ts';
import type { RunRecord } from '../helpers/record/record.ts';
import { sampleChapter, sampleClaim, sampleEnvoy, sampleRun } from '../helpers/record/sample.ts';

interface ListedChapter {
  slug: string;
  claims: { title: string }[];
  faults: { name: string; kills: string[] }[];
}

// Each test starts a process, and all of them run side by side.
vi.setConfig({ testTimeout: TIMEOUTS.runMs });

interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

function bigbook(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['bin/bigbook.mjs', ...args],
      // The list of all claims is longer than the default, 1 MiB.
      { cwd: packageRoot, maxBuffer: 16 * 2 ** 20 },
      (_, stdout, stderr) => {
        resolve({ status: child.exitCode ?? -1, stdout, stderr });
      },
    );
  });
}

/** The commands of labs to play in. */
const PLAY = ['up', 'trace', 'exec', 'shell', 'logs', 'rules', 'conntrack', 'admin', 'edit', 'reset', 'down', 'ps'];

test.concurrent.each([
  'setup',
  'doctor',
  'list',
  'list changes',
  'config',
  'run',
  'compare',
  'merge',
  'new',
  'prove',
  'book',
  'gc',
  'bench',
  'bench proxies',
  'completion',
  ...PLAY,
])('%s has a help with an example, in at most 80 columns', async (command) => {
  const { status, stdout } = await bigbook(...command.split(' '), '--help');
  expect(status).toBe(0);
  expect(stdout).toContain(`Usage: npm run bigbook -- ${command}`);
  expect(stdout).toMatch(new RegExp(`Examples?:\\n  \\$ .*npm run bigbook -- ${command}`));
  // Commands to copy stay on one line.
  const long = stdout
    .split('\n')
    .filter((line) => line.length > 80 && !/^ {2}\$ |completion (bash|zsh|fish)/.test(line));
  expect(long).toEqual([]);
});

test.concurrent('the changes between two versions are listed, with the releases and the source of each', async () => {
  const [text, json] = await Promise.all([
    bigbook('list', 'changes', 'v1.37.3', 'latest'),
    bigbook('list', 'changes', '1.37.3', '1.40.0', '--json'),
  ]);
  const { changes } = JSON.parse(json.stdout) as { changes: { since: string[]; source: string }[] };
  expect(text.stdout).toContain(`1.37.3 → 1.40.0: ${changes.length} known changes\n`);
  expect(text.stdout).toContain('since 1.40.0: ');
  expect(text.stdout).not.toContain('since 1.36.7, 1.37.3');
});

test.concurrent.each([
  [['1.36', '1.40.0'], /^bigbook: 1\.36 names 4 versions, but one is compared: 1\.36\.2, /],
  [['1.36.4', 'newest'], /^bigbook: unknown Envoy version "newest"; known:/],
])('list changes %j is refused', async (versions, message) => {
  const { status, stderr } = await bigbook('list', 'changes', ...versions);
  expect(status).toBe(2);
  expect(stderr).toMatch(message);
});

test.concurrent('without a command it lists all commands', async () => {
  const { status, stdout } = await bigbook();
  expect(status).toBe(0);
  for (const command of [
    'setup',
    'doctor',
    'list',
    'run',
    'merge',
    'new',
    'prove',
    'book',
    'gc',
    'bench',
    'completion',
    ...PLAY,
  ])
    expect(stdout).toContain(`\n  ${command} `);
});

test.concurrent.each([
  { args: ['run', 'nope'], says: /^bigbook: unknown chapter "nope"; known:(\n {2}\S+)*\n {2}original-dst\n/ },
  { args: ['run', 'orignal-dst'], says: /^bigbook: unknown chapter "orignal-dst"; did you mean "original-dst"\?$/ },
  {
    args: ['up', 'tproxy'],
    says: /^bigbook: unknown chapter "tproxy"; did you mean one of these\?(\n {2}\S*tproxy\S*)+$/,
  },
  {
    args: ['run', '--envoy', '0.9'],
    says: /^bigbook: unknown Envoy version "0\.9"; known:(\n {2}\S+)*\n {2}1\.40\.0\n/,
  },
  { args: ['run', '--envoy', '1.40.1'], says: /^bigbook: unknown Envoy version "1\.40\.1"; did you mean .*1\.40\.0/s },
  {
    args: ['run', '--envoy-image', 'no image'],
    says: /^bigbook: invalid image "no image"; expected a reference such as/,
  },
  {
    args: ['run', '--shard', '4/3'],
    says: /^bigbook: --shard takes which part of how many, such as 1\/3, found "4\/3"/,
  },
  ...['0', 'many'].map((workers) => ({
    args: ['prove', '--workers', workers],
    says: new RegExp(
      `^bigbook: option '--workers <number>' argument '${workers}' is invalid. expected a whole number from 1.$`,
    ),
  })),
  {
    args: ['compare', '0.9', '1.40.0'],
    says: /^bigbook: unknown version, image, program file or record "0\.9"; known:\n {2}1\./,
  },
  { args: ['compare', '/nowhere/r.json', '1.40.0'], says: /^bigbook: cannot read the record \/nowhere\/r\.json/ },
  { args: ['merge', '/nowhere/r.json'], says: /^bigbook: cannot read the record \/nowhere\/r\.json/ },
  {
    args: ['run', '--backend', 'pf'],
    says: /^bigbook: unknown backend "pf"; known:\n {2}iptables-nft\n {2}iptables-legacy\n {2}nft$/,
  },
  {
    args: ['run', '--require', 'tproxy,magic'],
    says: /^bigbook: unknown capability "magic"; known:\n {2}redirect\n {2}owner\n/,
  },
  {
    args: ['run', '--record', '/nowhere/r.json'],
    says: /^bigbook: --record \/nowhere\/r\.json: there is no folder \/nowhere/,
  },
  {
    args: ['run', '--junit', tmpdir()],
    says: /^bigbook: --junit \S+: expected a file, found a folder; add a file name$/,
  },
  {
    args: ['run', 'original-dst', '--claim', 'nope'],
    says: /^bigbook: unknown claim "nope"; known:(\n {2}.+)+$/,
  },
  {
    args: ['prove', 'original-dst', '--fault', 'nope'],
    says: /^bigbook: unknown fault "nope"; known:\n {2}REDIRECT rule removed\n/,
  },
  {
    args: ['prove', '--sweep', 'xff', '--fault', 'nope'],
    says: /^bigbook: unknown fault "nope"; known:\n {2}listener /,
  },
  {
    args: ['prove', '--envoy', 'all'],
    says: /^bigbook: a proof takes one Envoy version, found 11; name one with --envoy$/,
  },
  { args: ['run', '--recrod', 'x'], says: /^bigbook: unknown option '--recrod' \(Did you mean --record\?\)/ },
  { args: ['bench', '--runs', '0'], says: /^bigbook: option '--runs <number>' .* expected a whole number from 1\./ },
  { args: ['bench', 'orignal-dst'], says: /^bigbook: unknown chapter "orignal-dst"; did you mean "original-dst"\?$/ },
  { args: ['bench', '--measure', 'lab'], says: /^bigbook: unknown part "lab"; did you mean "labs"\?$/ },
  {
    args: ['bench', '--measure', 'labs', '--against', 'HEAD'],
    says: /^bigbook: --against compares runs, but --measure is labs; add runs to it$/,
  },
  {
    args: ['bench', '--against', 'nope'],
    says: /^bigbook: --against: unknown revision "nope"; expected a commit, branch or tag of \S+, such as HEAD~1$/,
  },
  {
    args: ['bench', '--sandbox', 'vm'],
    says: /^bigbook: unknown sandbox "vm"; known:\n {2}namespaces\n {2}containers$/,
  },
  {
    args: ['bench', '--write', 'README.md'],
    says: /^bigbook: --write README\.md: expected the lines "<!-- Begin .*" and "<!-- End .*", between which/,
  },
  { args: ['bench', 'proxies', '--envoy', '0.9'], says: /^bigbook: unknown Envoy version "0\.9"; known:\n/ },
  { args: ['bench', 'proxies', '--requests', '9'], says: /^bigbook: .* expected a whole number from 1,000\./ },
  { args: ['bench', 'proxies', 'tcp'], says: /^bigbook: too many arguments for 'proxies'/ },
  {
    args: ['compare'],
    says: /^bigbook: missing required argument 'a'; usage: npm run bigbook -- compare \[options\] <a> <b>/,
  },
  {
    args: ['trace', 'tcp-proxy', '--pcap', 'package.json/captures'],
    says: /^bigbook: --pcap package\.json\/captures: expected a folder that can be written: ENOTDIR/,
  },
  {
    args: ['trace', 'tcp-proxy', '--pcap', '/proc/none'],
    says: /^bigbook: --pcap \/proc\/none: expected a folder that can be written: ENOENT/,
  },
  { args: ['new', 'tcp-proxy'], says: /^bigbook: suites\/tcp-proxy exists; choose another chapter name/ },
  { args: ['new', 'Tcp_Proxy'], says: /^bigbook: bad chapter name "Tcp_Proxy"; expected lower-case words/ },
  { args: ['config', 'tcp-prxy'], says: /^bigbook: unknown chapter "tcp-prxy"; did you mean "tcp-proxy"\?$/ },
  { args: ['config', 'simple-go-server'], says: /^bigbook: the chapter simple-go-server has no Envoy/ },
  {
    args: ['list', 'nope', '--tag', 'dns'],
    says: /^bigbook: no chapter matches "nope" and tag dns; `.* list` lists all chapters$/,
  },
  { args: ['list', '--tag', 'tpoxy'], says: /^bigbook: unknown tag "tpoxy"; did you mean "tproxy"\?$/ },
  {
    args: ['check', 'a.yaml', '--envoy', '1.37.0,1.38.3', '--envoy', '1.39.0,1.40.0'],
    says: /^bigbook: --envoy is given twice \(1\.37\.0,1\.38\.3 and 1\.39\.0,1\.40\.0\); give it once$/,
  },
  { args: ['run', '--workers', '1', '--workers', '2'], says: /^bigbook: --workers is given twice/ },
  { args: ['check', 'a.yaml', '--rules', 'nosuch.sh'], says: /^bigbook: --rules nosuch\.sh: no such file$/ },
  { args: ['check', 'a.yaml', '--accept', 'docs'], says: /^bigbook: --accept docs: expected a file, found a folder$/ },
  {
    args: ['check', 'a.yaml', '--fail-on', 'x'],
    says: /^bigbook: --fail-on: unknown level "x"; known: refused, crash, never-live, answer, /,
  },
  {
    args: ['check', 'a.yaml', '--print-accept', '--json'],
    says: /^bigbook: --print-accept and --json exclude each other/,
  },
  { args: ['frobnicate'], says: /^bigbook: unknown command 'frobnicate'/ },
])('$args is wrong usage: one line, candidates on lines of their own, and status 2', async ({ args, says }) => {
  const { status, stdout, stderr } = await bigbook(...args);
  expect(stderr.trimEnd()).toMatch(says);
  expect(stderr.trimEnd()).toMatch(/^.+(\n {2}.+)*$/);
  expect(stdout).toBe('');
  expect(status).toBe(2);
});

test.concurrent('prove reuses no results where CI is set', async () => {
  const { status, stderr } = await new Promise<Ended>((resolve) => {
    const env = { ...process.env, CI: 'true' };
    const child = execFile(
      process.execPath,
      ['bin/bigbook.mjs', 'prove', '--incremental'],
      { cwd: packageRoot, env },
      (_, stdout, stderr) => resolve({ status: child.exitCode ?? -1, stdout, stderr }),
    );
  });
  expect(stderr).toMatch(/^bigbook: --incremental is refused where CI is set \(found CI=true\), .+\n$/);
  expect(status).toBe(2);
});

test.concurrent('config prints the file of a chapter, or what its Envoy starts with', async () => {
  const config = await readFile(join(packageRoot, 'envoy-configs/tcp-proxy.yaml'), 'utf8');
  expect(await bigbook('config', 'tcp-proxy')).toEqual({ status: 0, stdout: config, stderr: '' });
  const { stdout } = await bigbook('config', 'tcp-proxy', '--instrumented');
  expect(stdout).toBe(instrument(config, 'NONCE').config);
});

test.concurrent('it has the version of the package', async () => {
  const { version } = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8'));
  expect(await bigbook('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
});

test.concurrent.each([['list'], ['run', '--help']])('%s fits a narrow terminal', async (...args) => {
  const { stdout } = await promisify(execFile)(process.execPath, ['bin/bigbook.mjs', ...args], {
    cwd: packageRoot,
    env: { ...process.env, COLUMNS: '40' },
  });
  // A command to copy stays on one line, and so does a word.
  const lines = stdout.split('\n').filter((line) => !/^(Usage:| {2}\$) /.test(line));
  expect(lines.filter((line) => line.length > 40 && line.trim().includes(' '))).toEqual([]);
});

test.concurrent('output that cannot be written is one line and status 3', async () => {
  const list = `"${process.execPath}" bin/bigbook.mjs --help > /dev/full`;
  const ended = await promisify(execFile)('bash', ['-c', list], { cwd: packageRoot }).catch((error) => error);
  expect(ended).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/^bigbook: cannot write the output: ENOSPC.*\n$/),
  });
});

test.concurrent('a closed output pipe ends it silently', async () => {
  const program = `"${process.execPath}" bin/bigbook.mjs --help`;
  const { stdout, stderr } = await new Promise<Pick<Ended, 'stdout' | 'stderr'>>((resolve) => {
    const piped = `${program} | true; echo "\${PIPESTATUS[0]}"`;
    execFile('bash', ['-c', piped], { cwd: packageRoot }, (_, stdout, stderr) => resolve({ stdout, stderr }));
  });
  expect({ stdout, stderr }).toEqual({ stdout: '141\n', stderr: '' });
});

test.concurrent('list is a line of at most 80 columns for each chapter, filtered by tag and pattern', async () => {
  const list = async (...args: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(process.execPath, ['bin/bigbook.mjs', 'list', ...args], {
      cwd: packageRoot,
      env: { ...process.env, COLUMNS: '80' },
    });
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    return stdout;
  };
  const slugs = (stdout: string) => stdout.split('\n').flatMap((line) => /^ {2}([a-z0-9-]+) {2}/.exec(line)?.[1] ?? []);
  expect(slugs(await list())).toContain('simple-go-server');
  expect(await list()).toMatch(/^Intercept traffic\n( {2}.+\n)* {2}forward-proxy /);
  expect(slugs(await list('--tag', 'tproxy', '--tag', 'ipv6'))).toEqual(['tproxy-outgoing-ipv6']);
  expect(slugs(await list('^tcp|^websocket'))).toEqual(['tcp-proxy', 'websocket-upgrade']);
  expect(await list('tcp-proxy', '--faults')).toMatch(/\n {4}✗ .+ \(detected by \d+ claims?\)\n/);
  expect(await list('--versions')).toMatch(/^1\.36\.2\n(1\..+\n)+1\.40\.0\n/);
});

test.concurrent('list --json is one JSON value: every chapter with its claims, every version', async () => {
  const { status, stdout } = await bigbook('list', '--json');
  expect(status).toBe(0);
  const { scenarios, envoys } = JSON.parse(stdout);
  expect(envoys).toContainEqual({ version: '1.40.0', officialImage: 'envoyproxy/envoy:v1.40.0' });
  expect(scenarios).toContainEqual({
    slug: 'original-dst',
    task: 'intercept',
    tags: ['redirect'],
    title: expect.any(String),
    requirement: expect.any(String),
    topology: 'same host',
    envoyConfig: 'original-dst.yaml',
    claims: expect.arrayContaining([expect.objectContaining({ title: expect.any(String), group: expect.any(String) })]),
    faults: expect.arrayContaining([
      { name: 'REDIRECT rule removed', why: expect.any(String), kills: expect.anything() },
    ]),
  });
  // Records, replays and proofs find a claim by its title.
  const repeated = scenarios.flatMap(({ slug, claims }: ListedChapter) => {
    const titles = claims.map(({ title }) => title);
    return titles.filter((title, at) => titles.indexOf(title) < at).map((title) => `${slug}: ${title}`);
  });
  expect(repeated).toEqual([]);
  // A claim that is renamed shall not be forgotten where a fault names it.
  const unknown = scenarios.flatMap(({ slug, claims, faults }: ListedChapter) =>
    faults.flatMap(({ name, kills }) =>
      kills
        .filter((title) => !claims.some((claim) => claim.title === title))
        .map((title) => `${slug}, ${name}: ${title}`),
    ),
  );
  expect(unknown).toEqual([]);
});

test.concurrent('records that share no chapter or hold several Envoy versions are an error of one line', async ({
  onTestFinished,
}) => {
  const folder = await mkdtemp(join(tmpdir(), 'cli-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const save = async (name: string, record: RunRecord): Promise<string> => {
    await writeFile(join(folder, name), JSON.stringify(record));
    return join(folder, name);
  };
  const one = await save('one.json', sampleRun([sampleChapter([sampleClaim()])]));
  const other = await save('other.json', sampleRun([sampleChapter([sampleClaim()], { slug: 'tproxy-local' })]));
  const envoys = ['1.36.4', '1.40.0'].map((name) => sampleEnvoy([sampleChapter([])], { name }));
  const several = await save('several.json', sampleRun([], { envoys }));
  const refusals = await Promise.all([bigbook('compare', one, other), bigbook('compare', one, several)]);
  expect(refusals.map(({ status, stderr }) => [status, stderr.trimEnd()])).toEqual([
    [2, expect.stringMatching(/^bigbook: no chapter to compare: the two sides share none of .*$/)],
    [
      2,
      `bigbook: the record ${several} holds 2 Envoy versions, expected one; select one of 1.36.4, 1.40.0: ${several}@1.36.4`,
    ],
  ]);
});
