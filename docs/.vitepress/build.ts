import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vitepress';
import { readRecord } from '../../helpers/record/read-record.ts';
import { EXIT, messageOf } from '../../helpers/util/errors.ts';

/** `npm run site [-- --record FILE]`: builds the site, with the tables over all versions of a record. */
async function main(): Promise<void> {
  try {
    const { values } = parseArgs({ options: { record: { type: 'string' } } });
    if (values.record !== undefined) {
      await readRecord(values.record);
      process.env.SITE_RECORD = resolve(values.record);
    }
  } catch (error) {
    process.stderr.write(`site: ${messageOf(error)}\n`);
    process.exitCode = EXIT.usage;
    return;
  }
  await build(fileURLToPath(new URL('..', import.meta.url)));
  process.stdout.write('The site is in site/; `npm run site:preview` serves it.\n');
}

await main();
