import { PROGRAM } from '../../helpers/constants/program.ts';
import { knownName } from '../../helpers/util/known-name.ts';
import { command, helpArguments, RUNNING_LAB } from './command.ts';

export const editCommand = command('edit', ['edit rules', 'edit config --file mine.yaml'])
  .description(
    'Edit the netfilter rules or the Envoy config of a running lab in $VISUAL or $EDITOR. `reset` restores both.',
  )
  .usage('[options] [slug] <rules|rules6|config>')
  .argument('[words...]')
  .configureHelp(
    helpArguments({
      slug: RUNNING_LAB,
      rules: "IPv4 netfilter rules of Envoy's host",
      rules6: "IPv6 netfilter rules of Envoy's host",
      config: 'Envoy config; Envoy restarts when it changes',
    }),
  )
  .option('--file <file>', 'read the new text from a file instead of an editor; - is stdin')
  .option('--print', 'print the current text and change nothing')
  .action(async (words: string[], { file, print }: { file?: string; print?: true }) => {
    const { EDITABLE } = await import('../../fixtures/playground/lab-calls.ts');
    const { callLab } = await import('../../fixtures/playground/lab-client.ts');
    const { lastAndSlug } = await import('../playground/split-command.ts');
    const { slug, last } = lastAndSlug(words, EDITABLE.join(' or '));
    const what = knownName('text to edit', last, EDITABLE);
    const before = await callLab(slug, 'editable', { what });
    if (print) return void process.stdout.write(before);
    const { editedText, givenText, keepText } = await import('../playground/edited-text.ts');
    const name = what === 'config' ? 'envoy.yaml' : `${what}.txt`;
    const text = file === undefined ? await editedText(name, before) : await givenText(file);
    if (text === before) return void process.stdout.write('unchanged\n');
    const { removed } = await callLab(slug, 'edit', { what, text }).catch(async (error: Error) => {
      error.message += `; your text is kept in ${file === undefined || file === '-' ? await keepText(name, text) : file}`;
      throw error;
    });
    for (const rule of removed) process.stdout.write(`removed, because its table is missing from the text: ${rule}\n`);
    process.stdout.write(`changed; restore it with \`${PROGRAM} reset${slug === undefined ? '' : ` ${slug}`}\`\n`);
  });
