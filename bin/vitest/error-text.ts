import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { SerializedError } from 'vitest/node';

/**
 * An error of a test as a reader wants it in a report: the message, the difference where that does not say it all, and
 * the line of the book where it arose with what was asserted there, with neither colours nor paths of this machine.
 */
export function errorText(error: SerializedError, root: string): string {
  const parts = [heading(error).replace(' // Object.is equality', '')];
  if (typeof error.diff === 'string' && saysMore(error.diff, error.message)) parts.push(error.diff);
  const frame = frameOf(error, root);
  if (frame !== undefined && error.name !== 'SetupError') parts.push(placeOf(frame, root));
  const cause: unknown = error.cause;
  if (isError(cause)) parts.push(`caused by ${errorText(cause, root)}`);
  return stripVTControlCharacters(parts.join('\n')).replaceAll(`${root}/`, '');
}

function heading({ name, message }: SerializedError): string {
  // The message of these says all; of another error the class is part of what is known.
  return name === undefined || ['Error', 'AssertionError', 'SetupError', 'UsageError'].includes(name)
    ? message
    : `${name}: ${message}`;
}

/** Of two values of one line each the message has both, unless it had to cut one short. */
function saysMore(diff: string, message: string): boolean {
  const lines = stripVTControlCharacters(diff).split('\n');
  const values = lines.filter((line) => line.trim() !== '' && !/^[-+] (Expected|Received):?$/.test(line.trim()));
  return values.length !== 2 || message.includes('…');
}

type Frame = NonNullable<SerializedError['stacks']>[number];

function frameOf({ stacks }: SerializedError, root: string): Frame | undefined {
  return stacks?.find(({ file }) => file.startsWith(`${root}/`) && !file.includes('/node_modules/'));
}

function placeOf({ file, line, column }: Frame, root: string): string {
  const asserted = assertionAt(file, line);
  return `at ${relative(root, file)}:${line}:${column}${asserted === undefined ? '' : `: ${asserted}`}`;
}

/** How many lines an assertion may begin before the one that it fails on. */
const LINES_BEFORE = 8;

/** What stands there, from its \`expect\` on: it names what the message has the value of. */
function assertionAt(file: string, line: number): string | undefined {
  let lines: string[];
  try {
    lines = readFileSync(file, 'utf8')
      .split('\n')
      .slice(Math.max(0, line - LINES_BEFORE), line);
  } catch {
    // A report is made of what is left of a run, and need not find the code as it was.
    return undefined;
  }
  const from = lines.findLastIndex((each) => each.includes('expect('));
  if (from === -1) return undefined;
  return lines
    .slice(from)
    .map((each) => each.trim())
    .join(' ')
    .replace(/^.*?(?=expect\()/, '')
    .replace(/[;,]$/, '');
}

function isError(value: unknown): value is SerializedError {
  return typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string';
}
