/** A message in one line: a list of names on lines of their own has commas between them. */
export function inOneLine(message: string): string {
  let names = 0;
  return message
    .trim()
    .replaceAll(/[^\S\n]*\n([^\S\n]*)/g, (_, indent: string) => {
      names = indent === '' ? 0 : names + 1;
      return names > 1 ? ', ' : ' ';
    })
    .replaceAll(/ {2,}/g, ' ');
}
