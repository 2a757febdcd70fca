import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { execa } from 'execa';
import { messageOf, UsageError } from '../../helpers/util/errors.ts';

/**
 * Lets the user change a text in their editor.
 *
 * @param name of the file for the editor, which may select a mode by it
 * @throws UsageError if no editor is set, or it exits with an error
 */
export async function editedText(name: string, before: string): Promise<string> {
  const editor = process.env.VISUAL || process.env.EDITOR;
  if (!editor) throw new UsageError('no editor is set; set EDITOR, or give the new text with --file');
  const folder = await mkdtemp(join(tmpdir(), 'bigbook-edit-'));
  const file = join(folder, name);
  try {
    await writeFile(file, before);
    // It may have options of its own, as `code --wait`.
    const { failed } = await execa('sh', ['-c', `${editor} "$1"`, editor, file], { stdio: 'inherit', reject: false });
    if (failed) throw new UsageError(`the editor ${editor} exited with an error; nothing is changed`);
    return await readFile(file, 'utf8');
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** @throws UsageError for a file that cannot be read */
export async function givenText(file: string): Promise<string> {
  try {
    return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${messageOf(error)}`);
  }
}

/** Writes a refused text to a file that is kept. @returns its path */
export async function keepText(name: string, refused: string): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'bigbook-refused-')), name);
  await writeFile(file, refused);
  return file;
}
