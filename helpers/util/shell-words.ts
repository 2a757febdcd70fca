/** A command as a POSIX shell reads it back unchanged. */
export function shellWords(argv: string[]): string {
  return argv.map((word) => (/^[\w@%+=:,./[\]-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
}
