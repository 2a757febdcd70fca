import { PROGRAM } from '../../helpers/constants/program.ts';

/** The end of a command's help. Each line is as it is typed behind the program's name, or several joined by `&&`. */
export function example(...lines: string[]): string {
  const shown = lines.map(
    (line) =>
      `  $ ${line
        .split(' && ')
        .map((command) => `${PROGRAM} ${command}`)
        .join(' && ')}`,
  );
  return `\nExample:\n${shown.join('\n')}`;
}
