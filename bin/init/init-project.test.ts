import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { NEWEST } from '../../helpers/envoy/versions.ts';
import { planInit, writeInit } from './init-project.ts';

let project: string;

beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'init-'));
  onTestFinished(() => rm(project, { recursive: true }));
});

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(project, file)), { recursive: true });
  await writeFile(join(project, file), text);
}

const BOOTSTRAP = 'static_resources:\n  clusters: []\n';
/** A variable of a config. */
const variable = (name: string): string => `$\{${name}}`;

const RULES = 'iptables -t nat -A OUTPUT -j RETURN\n';

test('configs, their variables, rules and the version in use become settings, claims and a workflow', async () => {
  await write(
    'deploy/envoy.yaml',
    `${BOOTSTRAP}# ${variable('SERVICE_PORT')}\nadmin: {a: "${variable('HOST')}:${variable('LOG_LEVEL:-info')}"}\n`,
  );
  await write('deploy/iptables.sh', RULES);
  await write('values.yaml', 'static_resources: {{ .Values.x }}\n');
  await write('.envoy-version', '1.36.4\n');
  await write('package-lock.json', '{}');
  const plan = await planInit(project);
  expect(plan.settings).toEqual({
    envoys: ['1.36.4', NEWEST],
    setups: { deploy: { config: 'deploy/envoy.yaml', env: { HOST: 'host' }, rules: 'deploy/iptables.sh' } },
  });
  expect(Object.keys(plan.files)).toEqual([
    'bigbook.config.ts',
    'bigbook/deploy.test.ts',
    '.github/workflows/bigbook.yml',
  ]);
  await writeInit(project, plan);
  const workflow = await readFile(join(project, '.github/workflows/bigbook.yml'), 'utf8');
  expect(workflow).toContain(`npm ci\n      - run: npx bigbook setup --envoy 1.36.4,${NEWEST}\n`);
});

test('files that exist stay, and are named', async () => {
  await write('edge.yaml', BOOTSTRAP);
  await write('bigbook/edge.test.ts', '// mine');
  const plan = await planInit(project);
  expect([Object.keys(plan.files), plan.left]).toEqual([
    ['bigbook.config.ts', '.github/workflows/bigbook.yml'],
    ['bigbook/edge.test.ts'],
  ]);
  await write('bigbook.config.mjs', 'export default {};');
  const later = await planInit(project);
  expect([Object.keys(later.files), later.left]).toEqual([
    ['.github/workflows/bigbook.yml'],
    ['bigbook/edge.test.ts', 'bigbook.config.mjs'],
  ]);
});

test('rules are taken where it is clear to which config they belong, and named where not', async () => {
  await write('a/envoy.yaml', BOOTSTRAP);
  await write('b/envoy.yaml', BOOTSTRAP);
  await write('b/rules.sh', RULES);
  await write('c/rules.sh', RULES);
  const { settings, notes } = await planInit(project);
  expect(settings.setups).toEqual({
    a: { config: 'a/envoy.yaml' },
    b: { config: 'b/envoy.yaml', rules: 'b/rules.sh' },
  });
  expect(notes).toContain('c/rules.sh has rules, but it is not clear of which setup: name it there in `rules`.');
});

test('a project without an Envoy config is one line', async () => {
  await write('compose.yaml', 'services: {}\n');
  await expect(planInit(project)).rejects.toThrow(/^no Envoy config found in \S+: no YAML or JSON file has static_res/);
});
