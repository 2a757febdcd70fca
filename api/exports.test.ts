import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { PACKAGE_BUILD, packageRoot } from '../helpers/constants/project.mjs';
import * as api from './index.ts';

interface Manifest {
  files: string[];
  exports: Record<string, string | { types: string; default: string }>;
}

const manifest: Manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));

test('every export of the package is one file of api/, compiled with its types, and nothing else is exported', () => {
  const { './package.json': self, ...entries } = manifest.exports;
  expect(self).toBe('./package.json');
  for (const [entry, target] of Object.entries(entries)) {
    const name = entry === '.' ? 'index' : basename(entry);
    expect(existsSync(join(packageRoot, 'api', `${name}.ts`))).toBe(true);
    expect(target).toEqual({
      types: `./${PACKAGE_BUILD}/api/${name}.d.ts`,
      default: `./${PACKAGE_BUILD}/api/${name}.js`,
    });
  }
});

test('the package holds the compiled harness and its launcher, and no sources', () => {
  expect(manifest.files).toEqual(['bin/bigbook.mjs', PACKAGE_BUILD, 'CHANGELOG.md']);
});

test('inside vitest, the main export declares claims', () => {
  expect(api.differs()).toEqual({ meta: { changes: [] } });
  expect(api.changesEnvoy).toEqual({ meta: { changesEnvoy: true } });
});
