import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { SerializedError } from 'vitest/node';

/**
 * An error of a test as a reader wants it in a report: the message, the difference, and the line of the book where it
 * arose, with neither colours nor paths of this machine.
 */
export function errorText(error: SerializedError, root: string): string {
  const parts = [heading(error)];
  if (typeof error.diff === 'string') parts.push(error.diff);
  const place = placeOf(error, root);
  if (place !== undefined && error.name !== 'SetupError') parts.push(`at ${place}`);
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

function placeOf({ stacks }: SerializedError, root: string): string | undefined {
  const frame = stacks?.find(({ file }) => file.startsWith(`${root}/`) && !file.includes('/node_modules/'));
  return frame && `${relative(root, frame.file)}:${frame.line}:${frame.column}`;
}

function isError(value: unknown): value is SerializedError {
  return typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string';
}
