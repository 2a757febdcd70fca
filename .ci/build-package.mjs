// Compile what the package ships: `npm pack` and `npm publish` run this first.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compiledHarness, compilePackage, OF_CHECKOUT } from '../fixtures/compiled/harness.mjs';
import { PACKAGE_BUILD, packageRoot } from '../helpers/constants/project.mjs';

rmSync(join(packageRoot, PACKAGE_BUILD), { recursive: true, force: true });
const folder = await compilePackage();

/** @type {typeof import('../fixtures/lab/bundle.ts')} */
const { writePrograms } = await import(pathToFileURL(join(await compiledHarness(), 'fixtures/lab/bundle.js')).href);
mkdirSync(join(folder, 'programs'));
await writePrograms(join(folder, 'programs'));

const tsc = ['node_modules/typescript/bin/tsc', '--project', '.ci/tsconfig.package.json', '--outDir', folder];
execFileSync(process.execPath, tsc, { cwd: packageRoot, stdio: 'inherit' });

/** Modules that the package lacks, each with its importer. Those of the checkout are imported where they are. */
const missing = [...filesOf(folder, /\.m?js$/)].flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/(from |import\()"(\.\.?\/[^"]+)"/g)]
    .map(([, how, specifier = '']) => ({ how, target: relative(folder, resolve(dirname(file), specifier)) }))
    .filter(({ how, target }) => !existsSync(join(folder, target)) && !(how === 'import(' && OF_CHECKOUT.test(target)))
    .map(({ target }) => `${relative(folder, file)} → ${target}`),
);
if (missing.length > 0) throw new Error(`the package lacks modules: ${missing.join(', ')}`);

/** Modules by their compiled names, where declarations import the sources. @param {string} text */
const withCompiledNames = (text) => text.replaceAll(/(['"])(\.\.?\/[^'"\n]+)\.ts\1/g, '$1$2.js$1');

for (const file of filesOf(folder, /\.d\.ts$/)) writeFileSync(file, withCompiledNames(readFileSync(file, 'utf8')));

/** @param {string} folder @param {RegExp} name */
function* filesOf(folder, name) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (name.test(entry.name)) yield join(entry.parentPath, entry.name);
  }
}
