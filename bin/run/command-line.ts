import { PROGRAM } from '../../helpers/constants/program.ts';
import { shellWords } from '../../helpers/util/shell-words.ts';

/** The environment variables that choose what runs. */
const CHOOSING = [
  'ENVOY_VERSIONS',
  'ENVOY_IMAGE',
  'ENVOY_BINARY',
  'SIDECAR_ENVOY',
  'BIGBOOK_BACKEND',
  'BIGBOOK_SANDBOX',
  'BIGBOOK_REQUIRE',
  'BIGBOOK_SEED',
];

/** The command that started this process. It is taken at the start: options of `run` set these variables later. */
export const COMMAND_LINE = commandLine(process.argv, process.env);

/** A process as one would type it; undefined for a program that is neither the CLI nor vitest. */
export function commandLine(argv: string[], env: NodeJS.ProcessEnv): string | undefined {
  const [, file = '', ...args] = argv;
  const programs = [
    [/\/bigbook(\.mjs)?$/, PROGRAM],
    [/\/vitest(\.mjs)?$|\/bin\/vitest\/run\.mjs$/, 'npx vitest'],
  ] as const;
  const program = programs.find(([name]) => name.test(file))?.[1];
  if (program === undefined) return undefined;
  const set = CHOOSING.flatMap((name) => (env[name] === undefined ? [] : `${name}=${shellWords([env[name]])}`));
  return [...set, program, ...(args.length > 0 ? [shellWords(args)] : [])].join(' ');
}
