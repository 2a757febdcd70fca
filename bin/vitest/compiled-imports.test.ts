import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot, projectRoot } from '../../helpers/constants/project.mjs';
import { compiledImports } from './compiled-imports.ts';

const { resolveId } = compiledImports('/dist/harness-1');
const CLAIMS = join(projectRoot, 'suites/tcp-proxy/claims.test.ts');

test.each([
  ['../../fixtures/chapter.ts', '/dist/harness-1/fixtures/chapter.js'],
  ['../../helpers/util/suggestion.mjs', '/dist/harness-1/helpers/util/suggestion.mjs'],
  [join(packageRoot, 'helpers/constants/ports.ts'), '/dist/harness-1/helpers/constants/ports.js'],
])('an import of the harness, %s, leads to its compiled module', (specifier, compiled) => {
  expect(resolveId(specifier, CLAIMS)).toBe(compiled);
  expect(resolveId(specifier, `${CLAIMS}?fault=Zm9v`)).toBe(compiled);
});

test.each(['./scenario.ts', '../shared/faults.ts', '../../lib/own.ts', 'vitest', 'node:fs', '/elsewhere/a.ts'])(
  'an import of anything else, %s, stays',
  (specifier) => {
    expect(resolveId(specifier, CLAIMS)).toBeUndefined();
  },
);

test('tests of the harness have no compiled module', () => {
  expect(resolveId(join(packageRoot, 'fixtures/lab/lab.test.ts'), '/any')).toBeUndefined();
});
