/** The part of a command that completion needs. */
export interface CommandShape {
  name: string;
  description: string;
  options: OptionShape[];
  commands: CommandShape[];
}

interface OptionShape {
  /** `--envoy`. */
  flag: string;
  description: string;
  takesValue: boolean;
  /** Its declared values; empty where any is allowed. */
  choices: string[];
}

/** A completion of a word. */
interface Candidate {
  value: string;
  description?: string;
}

/** The position of the word to complete. */
export interface Place {
  /** The words of the command's name: `run`, `bench proxies`. */
  command: string;
  /** The command's arguments before the word. */
  before: string[];
  /** The option whose value the word is; absent where it is an argument. */
  option?: string;
}

/** `files` where any file is allowed. */
export type Completion = Candidate[] | 'files';

/** Returns the candidates at a position. */
export type Source = (place: Place) => Promise<Completion>;

/** Completes the last of the words behind the program's name, which have no quotes. */
export async function complete(root: CommandShape, words: string[], source: Source): Promise<Completion> {
  const current = words.at(-1) ?? '';
  let command = root;
  let name = '';
  const before: string[] = [];
  let waiting: OptionShape | undefined;
  for (const word of words.slice(0, -1)) {
    if (waiting) {
      waiting = undefined;
    } else if (word === '--') {
      return 'files';
    } else if (word.startsWith('-')) {
      const option = command.options.find(({ flag }) => flag === word);
      if (option?.takesValue) waiting = option;
    } else {
      const next = before.length === 0 ? command.commands.find((each) => each.name === word) : undefined;
      if (next) {
        command = next;
        name = name === '' ? word : `${name} ${word}`;
      } else {
        before.push(word);
      }
    }
  }
  const valuesFor = (option: OptionShape, typed: string, lead: string) =>
    valuesOf(option, typed, lead, source, { command: name, before });
  if (waiting) return valuesFor(waiting, current, '');
  const [, flag, typed = ''] = /^(--[^=]+)=(.*)$/s.exec(current) ?? [];
  const assigned = flag === undefined ? undefined : command.options.find((option) => option.flag === flag);
  if (assigned?.takesValue) return valuesFor(assigned, typed, `${flag}=`);
  if (current.startsWith('-')) return startingWith(current, optionsOf(command, words));
  const commands =
    before.length === 0 ? command.commands.map(({ name, description }) => ({ value: name, description })) : [];
  if (name === '') return startingWith(current, commands);
  const others = await source({ command: name, before });
  return others === 'files' ? others : startingWith(current, [...commands, ...others]);
}

/** Completes the value of an option; in a list with commas its last part. */
async function valuesOf(
  { flag, choices }: OptionShape,
  typed: string,
  lead: string,
  source: Source,
  place: Place,
): Promise<Completion> {
  const values = choices.length > 0 ? choices.map((value) => ({ value })) : await source({ ...place, option: flag });
  if (values === 'files') return values;
  const whole = startingWith(typed, values);
  const start = whole.length > 0 ? 0 : typed.lastIndexOf(',') + 1;
  return startingWith(typed.slice(start), values).map((each) => ({
    ...each,
    value: `${lead}${typed.slice(0, start)}${each.value}`,
  }));
}

/** The options that the command line does not have yet. */
function optionsOf({ options }: CommandShape, words: string[]): Candidate[] {
  return options
    .filter(({ flag }) => !words.slice(0, -1).includes(flag))
    .map(({ flag, description }) => ({ value: flag, description }));
}

function startingWith(typed: string, candidates: Candidate[]): Candidate[] {
  return candidates.filter(({ value }) => value.startsWith(typed));
}
