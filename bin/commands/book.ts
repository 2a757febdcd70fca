import { UsageError } from '../../helpers/util/errors.ts';
import type { BookOptions } from '../book/make-book.ts';
import { command } from './command.ts';

export const bookCommand = command('book', [
  'run --in-order && book',
  'run --in-order tcp-proxy && book tcp-proxy',
  'book --check',
])
  .description(
    'Generate the pages in docs/ from a record of a run on the newest Envoy version, a trace of each chapter and the list of known changes.',
  )
  .argument('[slug...]', 'write the pages of these chapters, the index and the versions page (default: every page)')
  .option('--record <file>', 'use this record of `run --in-order` (default: the newest one in reports/)')
  .option('--trace', 'with --check: trace every chapter, and compare the traces too')
  .option('--no-trace', 'do not trace; use the traces in suites/*/trace.json')
  .option(
    '--check',
    'write nothing: print how docs/ differs and what was not checked; exit with 1 on a difference or a claim that did not pass, with 2 if there is no record',
  )
  .action(async (slugs: string[], options: BookOptions & { check?: true }) => {
    if (options.check && slugs.length > 0)
      throw new UsageError(`--check covers every page; leave out ${slugs.join(' ')}`);
    if (options.check) {
      const { checkBook } = await import('../book/check-book.ts');
      process.exitCode = await checkBook(options);
    } else {
      const { makeBook } = await import('../book/make-book.ts');
      process.exitCode = await makeBook(slugs, options);
    }
  });
