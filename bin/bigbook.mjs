#!/usr/bin/env node
import { existsSync } from 'node:fs';

if (!existsSync(new URL('../node_modules/tsx', import.meta.url))) {
  process.stderr.write('bigbook: the dependencies are not installed: run `npm run setup` in the project first\n');
  process.exit(3);
}

const { prepareEnvironment } = await import('../fixtures/setup/environment.mjs');
try {
  prepareEnvironment();
} catch (error) {
  process.stderr.write(`bigbook: ${/** @type {Error} */ (error).message.replaceAll(/\s*\n\s*/g, ' ')}\n`);
  process.exit(3);
}
await import('./loader.mjs');
await import('./cli.ts');
