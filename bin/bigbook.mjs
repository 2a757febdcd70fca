#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const isCheckout = existsSync(new URL('../fixtures', import.meta.url));
if (isCheckout && !existsSync(new URL('../node_modules/esbuild', import.meta.url))) {
  process.stderr.write('bigbook: the dependencies are not installed: run `npm run setup` in the project first\n');
  process.exit(3);
}

// The package has no sources, only the compiled harness.
const root = new URL(isCheckout ? '..' : '../dist/package/', import.meta.url);
/** @type {typeof import('../fixtures/setup/environment.mjs')} */
const { prepareEnvironment } = await import(new URL('fixtures/setup/environment.mjs', root).href);
/** @type {typeof import('../fixtures/compiled/harness.mjs')} */
const { compiledHarness } = await import(new URL('fixtures/compiled/harness.mjs', root).href);

/** @type {string} */
let harness;
try {
  prepareEnvironment();
  harness = await compiledHarness();
} catch (error) {
  process.stderr.write(`bigbook: ${/** @type {Error} */ (error).message.replaceAll(/\s*\n\s*/g, ' ')}\n`);
  process.exit(3);
}
await import(pathToFileURL(`${harness}/bin/cli.js`).href);
