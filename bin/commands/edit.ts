import { PROGRAM } from '../../helpers/constants/program.ts';
import { knownName } from '../../helpers/util/known-name.ts';
import { command } from './command.ts';

export const editCommand = command('edit', ['edit rules', 'edit config --file mine.yaml'])
  .description(
    'Changes the rules of Envoy’s host or Envoy’s config in a lab that is up, in $VISUAL or $EDITOR; `reset` puts them back. A changed config starts another Envoy.',
  )
  .usage('[options] [slug] <rules|rules6|config>')
  .argument('[words...]', 'the chapter (default: the only one that is up), and what to change')
  .option('--file <file>', 'take the new text from there instead of an editor; - is stdin')
  .option('--print', 'print the text as it is now and change nothing')
  .action(async (words: string[], { file, print }: { file?: string; print?: true }) => {
    const { EDITABLE } = await import('../../fixtures/playground/lab-calls.ts');
    const { askLab } = await import('../../fixtures/playground/lab-client.ts');
    const { lastAndSlug } = await import('../playground/split-command.ts');
    const { slug, last } = lastAndSlug(words, EDITABLE.join(' or '));
    const what = knownName('text to edit', last, EDITABLE);
    const before = await askLab(slug, 'editable', { what });
    if (print) return void process.stdout.write(before);
    const { editedText, givenText, keepText } = await import('../playground/edited-text.ts');
    const name = what === 'config' ? 'envoy.yaml' : `${what}.txt`;
    const text = file === undefined ? await editedText(name, before) : await givenText(file);
    if (text === before) return void process.stdout.write('nothing is changed\n');
    const { removed } = await askLab(slug, 'edit', { what, text }).catch(async (error: Error) => {
      error.message += `; the text is kept in ${file === undefined || file === '-' ? await keepText(name, text) : file}`;
      throw error;
    });
    for (const rule of removed) process.stdout.write(`removed, as its table is not in the text: ${rule}\n`);
    process.stdout.write(`changed; \`${PROGRAM} reset${slug === undefined ? '' : ` ${slug}`}\` puts it back\n`);
  });
