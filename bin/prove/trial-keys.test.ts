import { expect, test } from 'vitest';
import { loadFaults } from '../../fixtures/compiled/chapter-faults.ts';
import { projectSources, withImports } from '../../fixtures/compiled/project-sources.mjs';
import { packageRoot } from '../../helpers/constants/project.mjs';
import { versionVariant } from '../../helpers/record/variants.ts';
import { claimsFile } from '../../helpers/scenario/suite-files.ts';
import { chapterSlugs } from '../run/chapters.ts';
import { TrialKeys } from './trial-keys.ts';
import { plannedOf } from './trials.ts';

const ENVIRONMENT = {
  kernel: '6.18.0',
  architecture: 'x86_64',
  engine: 'Docker 20.10.24',
  backend: 'iptables-nft' as const,
  sandbox: 'namespaces' as const,
  iptables: 'iptables v1.8.11 (nf_tables)',
  capabilities: [],
  hostImage: 'sha256:a',
  envoyImage: 'sha256:b',
  node: process.version,
};

test('every fault of every chapter has a key of its own, which stays the same', async () => {
  const slugs = await chapterSlugs();
  const chapters = slugs.map(async (slug) => ({ slug, faults: Object.keys((await loadFaults(slug)).faults) }));
  const trials = (await Promise.all(chapters)).flatMap(plannedOf);
  const keysOf = () => TrialKeys.of(trials, versionVariant('1.40.0'), async () => ENVIRONMENT);
  const [keys, again] = [await keysOf(), await keysOf()];
  const found = trials.map((trial) => keys.of(trial));
  expect(new Set(found).size).toBe(trials.length);
  expect(trials.map((trial) => again.of(trial))).toEqual(found);
});

test('the claims of a chapter count with all modules of the project that they import', () => {
  const files = withImports(projectSources(packageRoot), [claimsFile('original-dst')]).map(([file]) => file);
  expect(files).toContain('suites/original-dst/scenario.ts');
  expect(files).toContain('suites/shared/original-dst/claims.ts');
  expect(files).not.toContain('suites/tcp-proxy/claims.test.ts');
  expect(files.filter((file) => !file.startsWith('suites/'))).toEqual([]);
});
