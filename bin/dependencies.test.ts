import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { packageRoot } from '../helpers/constants/project.mjs';

/** The folders of the architecture, lowest first: a file imports from its own folder and from those before it. */
const LAYERS = ['helpers', 'fixtures', 'suites', 'bin', 'api'];
const PROGRAMS = 'fixtures/programs/';
const FILES_IN_A_FOLDER = 14;

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...LAYERS], {
  cwd: packageRoot,
  encoding: 'utf8',
}).split('\n');
const sources = files.filter((file) => /\.(ts|mjs)$/.test(file) && !/\.(test|d)\.ts$/.test(file));

/**
 * The project's own modules that each source imports.
 *
 * @param types whether `import type` counts: esbuild drops it, so its keyword is taken away first
 */
async function importsOf(types: boolean): Promise<Map<string, string[]>> {
  const { metafile } = await build({
    absWorkingDir: packageRoot,
    entryPoints: sources,
    outdir: 'unused',
    format: 'esm',
    bundle: true,
    write: false,
    metafile: true,
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    plugins: [
      {
        name: 'every import is external',
        setup({ onLoad, onResolve }) {
          onResolve({ filter: /./ }, ({ kind, path }) => (kind === 'entry-point' ? null : { path, external: true }));
          onLoad({ filter: /\.ts$/ }, async ({ path }) => {
            const text = await readFile(path, 'utf8');
            const contents = types ? text.replaceAll(/^(import|export) type (?=[\w{*].* from |\{$)/gm, '$1 ') : text;
            return { contents, loader: 'ts' };
          });
        },
      },
    ],
  });
  return new Map(
    Object.entries(metafile.inputs).map(([file, { imports }]) => [
      file,
      imports.flatMap(({ path }) => (path.startsWith('.') ? normalize(join(file, '..', path)) : [])),
    ]),
  );
}

const all = await importsOf(true);
const values = await importsOf(false);

const layer = (file: string): number => LAYERS.indexOf(file.split('/', 1)[0] ?? '');

/** `from → to` for each import that a rule forbids. */
function violations(imports: Map<string, string[]>, forbids: (from: string, to: string) => boolean): string[] {
  return [...imports].flatMap(([from, targets]) =>
    targets.filter((to) => forbids(from, to)).map((to) => `${from} → ${to}`),
  );
}

test('the imports of every source are seen, types as well', () => {
  expect([...all.keys()].sort()).toEqual(sources.toSorted());
  expect(all.get('fixtures/programs/agent.ts')).toContain('helpers/exchange/protocol.ts');
  expect(values.get('fixtures/programs/agent.ts')).not.toContain('helpers/exchange/protocol.ts');
});

test('dependencies point down: api, bin, suites, fixtures, helpers', () => {
  expect(violations(all, (from, to) => layer(to) > layer(from))).toEqual([]);
});

test('programs that run inside hosts import types alone from outside their folder', () => {
  const leaves = (from: string, to: string) => from.startsWith(PROGRAMS) && !to.startsWith(PROGRAMS);
  expect(violations(values, leaves)).toEqual([]);
  expect(violations(all, (from, to) => leaves(from, to) && layer(to) > 0)).toEqual([]);
});

test('no module outside suites/ imports a chapter, and no chapter imports another', () => {
  const folder = (file: string): string => file.split('/').slice(0, 2).join('/');
  const isChapter = (file: string) => file.startsWith('suites/') && folder(file) !== 'suites/shared';
  expect(violations(all, (from, to) => isChapter(to) && folder(from) !== folder(to))).toEqual([]);
});

test('no import cycle exists', () => {
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (path.includes(file) || done.has(file)) return;
    for (const next of all.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of all.keys()) visit(file, []);
  expect(cycles).toEqual([]);
});

test.each(['helpers', 'fixtures', 'bin'])(`at most ${FILES_IN_A_FOLDER} files stand directly in %s/`, (folder) => {
  const direct = files.filter((file) => file.startsWith(`${folder}/`) && file.split('/').length === 2);
  expect(direct.length).toBeLessThanOrEqual(FILES_IN_A_FOLDER);
});
