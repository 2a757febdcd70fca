/** A command of a command line, as far as completing it needs. */
export interface CommandShape {
  name: string;
  description: string;
  options: OptionShape[];
  commands: CommandShape[];
}

export interface OptionShape {
  /** `--envoy`. */
  flag: string;
  description: string;
  takesValue: boolean;
  /** The only values that it takes, where they are declared. */
  choices: string[];
}

/** What a word can be completed to. */
export interface Candidate {
  value: string;
  description?: string;
}

/** What stands where a word is completed. */
export interface Place {
  /** The words of the command's name: `run`, `bench proxies`. */
  command: string;
  /** Its arguments before the word that is completed. */
  before: string[];
  /** The option whose value is completed; absent where it is an argument. */
  option?: string;
}

/** Gives what can stand at a place; `files` where any file can. */
export type Source = (place: Place) => Promise<Candidate[] | 'files'>;

export type Completion = Candidate[] | 'files';

/**
 * What the last of the words can be completed to.
 *
 * @param words behind the program's name, without the shell's quotes; the last one is being typed and may be empty
 */
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
      // What follows is another program's command line, which is not known here.
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
  if (others === 'files') return others;
  return startingWith(current, [...commands, ...others]);
}

/** Values of an option; of a list with commas, those of its last part. */
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
  const comma = typed.lastIndexOf(',');
  const listed =
    whole.length > 0 || comma < 0
      ? whole
      : startingWith(typed.slice(comma + 1), values).map((each) => ({
          ...each,
          value: `${typed.slice(0, comma + 1)}${each.value}`,
        }));
  return listed.map((each) => ({ ...each, value: `${lead}${each.value}` }));
}

/** The options that have not been given yet. */
function optionsOf({ options }: CommandShape, words: string[]): Candidate[] {
  return options
    .filter(({ flag }) => !words.slice(0, -1).includes(flag))
    .map(({ flag, description }) => ({ value: flag, description }));
}

function startingWith(typed: string, candidates: Candidate[]): Candidate[] {
  return candidates.filter(({ value }) => value.startsWith(typed));
}
