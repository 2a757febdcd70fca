/** A command that rules ran, from the record of the wrappers. */
export interface RanCommand {
  status: number;
  /** `iptables -t nat -A OUTPUT …`. */
  command: string;
  error: string;
}

/** What the container of the rules printed. */
export interface CaptureRecord {
  /** The exit status of the rules; absent where the container ended before them. */
  status?: number;
  commands: RanCommand[];
}

/** Reads the output of `capture.sh`. */
export function readCaptureRecord(output: string): CaptureRecord {
  const [first = '', ...lines] = output.split('\n');
  const status = /^status\t(\d+)$/.exec(first)?.[1];
  const commands = lines.flatMap((line) => {
    const [code, command, error] = line.split('\t');
    return code === undefined || command === undefined ? [] : { status: Number(code), command, error: error ?? '' };
  });
  return status === undefined ? { commands } : { status: Number(status), commands };
}

/** Commands that add a rule, in any form. */
const ADDS =
  /^ip6?tables\S* (?:.* )?(?:-A|-I|-R|-P|--append|--insert|--replace|--policy)\S* |^ip6?tables\S*-restore\b|^nft (?!.*\b(?:list|delete|flush|destroy)\b)|^ipset (?:-\S+ )*(?:create|add|restore|-N|-A|-R)\b/;

/** The commands that should have added a rule and failed. */
export function refusedRules({ commands }: CaptureRecord): RanCommand[] {
  return commands.filter(
    ({ status, command, error }) => status !== 0 && ADDS.test(command) && !/File exists|already exists/.test(error),
  );
}

/** The settings of the kernel that commands made, the last one of each. */
export function settingsIn({ commands }: CaptureRecord): Record<string, string> {
  const settings = commands.flatMap(({ command }) => {
    const [, name, value] = /^sysctl -w (\S+?)=(.*)$/.exec(command) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(settings);
}

/** The kernel modules that commands load. */
export function modulesIn({ commands }: CaptureRecord): string[] {
  const names = commands.flatMap(({ command }) => /^(?:modprobe|insmod) (.*)$/.exec(command)?.[1]?.split(' ') ?? []);
  return [...new Set(names.filter((name) => name && !name.startsWith('-')))];
}

/** Where in a file a tool refuses a rule, and why. */
export interface Refusal {
  reason: string;
  /** The line of the text that the tool read, from 1. */
  line?: number;
}

/** The reason of a tool: without its name, its version and its advice. */
export function refusalOf(error: string): Refusal {
  const lines = error.split(/[\r\n]/);
  const line = /(?:[Ll]ine:? |^[^:]*:)(\d+)/.exec(lines.find((each) => LINE.test(each)) ?? '')?.[1];
  const reason = lines
    .map((each) =>
      each
        .replace(/^(?:\/\S+\/)?ip6?tables\S* v\S+ \([^)]*\): ?/, '')
        .replace(/^ip6?tables\S*: /, '')
        .replace(/^\S+:\d+:[\d-]+: Error: /, '')
        .trim(),
    )
    .find((each) => each && !/^(?:Error occurred at line|Try `|Warning)/.test(each));
  return { reason: reason ?? 'it failed without a message', ...(line === undefined ? {} : { line: Number(line) }) };
}

const LINE = /[Ll]ine:? \d+|^\S+:\d+:[\d-]+: Error: /;
