/** The shortest repetition that is written by its length. */
const LONGEST_PLAIN = 200;

/** A text as a file has it: a long repetition of one character by its length. */
export function shortText(text: string): string {
  return text.replaceAll(/(.)\1{200,}/gsu, (run, character: string) =>
    run.length > LONGEST_PLAIN ? `{{repeat ${character} ${run.length}}}` : run,
  );
}

/** A text with its variables filled in; tokens stay, as a check signs them. @throws Error for an unknown one */
export function filledText(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\{\{(.*?)\}\}/gs, (whole, name: string) => {
    const [, character, times] = /^repeat (.) (\d+)$/su.exec(name) ?? [];
    if (character !== undefined) return character.repeat(Number(times));
    const value = variables.get(name.trim());
    if (value !== undefined) return value;
    if (name.startsWith('token ')) return whole;
    throw new Error(`unknown variable ${whole}; define it by a line "@${name.trim()} = value"`);
  });
}
