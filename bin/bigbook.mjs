#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

if (!existsSync(new URL('../node_modules/esbuild', import.meta.url))) {
  process.stderr.write('bigbook: the dependencies are not installed: run `npm run setup` in the project first\n');
  process.exit(3);
}

const { prepareEnvironment } = await import('../fixtures/setup/environment.mjs');
const { compiledHarness } = await import('../fixtures/compiled/harness.mjs');

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
