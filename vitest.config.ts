import { pathToFileURL } from 'node:url';
import type * as Config from './bin/vitest/config.ts';
import { compiledHarness } from './fixtures/compiled/harness.mjs';
import { EXIT, messageOf } from './helpers/util/errors.ts';

// An unknown version is one line and not the trace of a config that does not load.
const config = await (async () => {
  try {
    const { vitestConfig }: typeof Config = await import(
      pathToFileURL(`${await compiledHarness()}/bin/vitest/config.js`).href
    );
    return vitestConfig({ ownTests: true });
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(error instanceof Error && error.name === 'SetupError' ? EXIT.setup : EXIT.usage);
  }
})();

export default config;
