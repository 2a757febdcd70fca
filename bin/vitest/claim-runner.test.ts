import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test, vi } from 'vitest';
import { packageRoot } from '../../helpers/constants/project.mjs';
import { TIMEOUTS } from '../../helpers/constants/timeouts.ts';
import type { Variant } from '../../helpers/record/variants.ts';

// Each test starts vitest, in a process of its own.
vi.setConfig({ testTimeout: TIMEOUTS.runMs });

const CLAIMS = `
import { appendFileSync } from 'node:fs';
import { beforeAll, beforeEach, describe, inject, test } from 'vitest';
const note = (text) => appendFileSync(inject('variant').name, text);
const changesEnvoy = { meta: { changesEnvoy: true } };
const claims = (titles) => {
  for (const title of titles) test(title, title === title.toUpperCase() ? changesEnvoy : {}, () => note(title));
};
claims('Ab');
describe('one', () => {
  beforeEach(() => note('.'));
  claims('Cde');
  describe('inner', () => claims('F'));
});
describe('two', () => claims('GHI'));
describe('whole', () => {
  beforeAll(() => note('<'));
  beforeAll(() => () => note('>'));
  claims('Jk');
});
claims('l');
`;

/** The order in which each variant runs the claims. `.` is the hook of a group, `<…>` are those around a whole one. */
async function ordersOf(variants: Variant[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'claim-runner-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const own = (name: string): string => join(packageRoot, 'bin/vitest', name);
  const projects = variants.map((variant) => ({
    extends: true,
    test: { name: variant.name, include: ['*.test.ts'], runner: own('claim-runner.ts'), provide: { variant } },
  }));
  const config = { reporters: ['tap'], sequence: { seed: 4711 }, isolate: false, projects };
  await symlink(join(packageRoot, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'claims.test.ts'), CLAIMS);
  await writeFile(join(folder, 'vitest.config.mjs'), `export default { test: ${JSON.stringify(config)} };`);
  const vitest = join(packageRoot, 'node_modules/vitest/vitest.mjs');
  const { stdout } = await execa('node', [vitest, 'run'], { cwd: folder });
  expect(stdout).not.toContain('not ok');
  return Promise.all(variants.map(({ name }) => readFile(join(folder, name), 'utf8')));
}

test('claims that change Envoy run last, except in the order of the file, as in trials; a group with hooks of its own stays whole', async () => {
  const [inOrder, trial, shuffled = '', again] = await ordersOf([
    { name: 'in order', inOrder: true },
    { name: 'trial', injects: 'declared faults' },
    { name: 'shuffled' },
    { name: 'again' },
  ]);
  expect(inOrder).toBe('Ab.C.d.e.FGHI<Jk>l');
  expect(trial).toBe(inOrder);
  expect(again).toBe(shuffled);
  expect(shuffled).toMatch(/^(b|l|\.d\.e|\.e\.d){3}<kJ>([AGHI]|\.C|\.F){6}$/);
  expect([...shuffled].sort()).toEqual([...(inOrder ?? '')].sort());
});
