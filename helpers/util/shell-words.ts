/** Quotes a command for a POSIX shell. */
export function shellWords(argv: string[]): string {
  return argv.map((word) => (/^[\w@%+=:,./[\]-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
}
