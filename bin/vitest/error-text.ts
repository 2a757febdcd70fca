import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { SerializedError } from 'vitest/node';
import { sourcePlace } from '../../fixtures/compiled/source-places.ts';
import { differingLines } from '../../helpers/report/mismatch.ts';
import { withPaths } from '../../helpers/scenario/suite-files.ts';
import { subjectOf } from './subject.ts';

/**
 * An error of a test for reports: the message, the diff where it adds to that, and the place with the
 * assertion, without colours and absolute paths.
 */
export function errorText(error: SerializedError, root: string): string {
  const frame = frameOf(error, root);
  const asserted = frame && assertionAt(frame);
  const diff = typeof error.diff === 'string' && saysMore(error.diff, error.message) ? error.diff : undefined;
  const full = heading(error).replace(' // Object.is equality', '');
  const parts = [diff !== undefined ? shortened(full, asserted) : full];
  if (diff !== undefined) parts.push(differingLines(stripVTControlCharacters(diff)));
  if (frame !== undefined && error.name !== 'SetupError') parts.push(placeOf(frame, root, asserted));
  const cause: unknown = error.cause;
  if (isError(cause)) parts.push(`caused by ${errorText(cause, root)}`);
  return stripVTControlCharacters(parts.join('\n')).replaceAll(`${root}/`, '');
}

function heading({ name, message }: SerializedError): string {
  // The class matters where it is not one of the harness's.
  return name === undefined || ['Error', 'AssertionError', 'SetupError', 'UsageError'].includes(name)
    ? message
    : `${name}: ${message}`;
}

/** The message has two values of one line each, unless it cuts one short. */
function saysMore(diff: string, message: string): boolean {
  const lines = stripVTControlCharacters(diff).split('\n');
  const values = lines.filter((line) => line.trim() !== '' && !/^[-+] (Expected|Received):?$/.test(line.trim()));
  return values.length !== 2 || message.includes('…');
}

/**
 * Chai's summary of two collections, in which it cuts parts off. The diff has them whole. A message
 * that was given to `expect` precedes it.
 */
const SUMMARY =
  /^(?:(?<given>[^\n]+?): )?expected [\s\S]*…(?!['"])[\s\S]* to (?:deeply equal|strictly equal|match object|equal|be) /;

/** A message above a diff: a summary that is cut off is replaced by the name of the value. */
function shortened(message: string, asserted: string | undefined): string {
  const summary = SUMMARY.exec(stripVTControlCharacters(message));
  if (!summary) return message;
  const { given } = summary.groups ?? {};
  const subject = (asserted && subjectOf(asserted)) ?? 'the received value';
  return `${given === undefined ? '' : `${given}: `}${subject} differs from the expected value`;
}

type Frame = NonNullable<SerializedError['stacks']>[number];

function frameOf({ stacks }: SerializedError, root: string): Frame | undefined {
  const frames = stacks
    ?.map(sourcePlace)
    .filter(({ file }) => file.startsWith(`${root}/`) && !file.includes('/node_modules/'));
  // The harness throws on behalf of a claim: its place is the claim's.
  const own = frames?.find(({ file }) => file.startsWith(`${root}/suites/`)) ?? frames?.[0];
  return own && { ...own, file: withPaths(own.file) };
}

function placeOf({ file, line, column }: Frame, root: string, asserted: string | undefined): string {
  return `at ${relative(root, file)}:${line}:${column}${asserted === undefined ? '' : `: ${asserted}`}`;
}

/** How many lines before the failing line an assertion may begin. */
const LINES_BEFORE = 8;

/** The source from `expect` on: it names the value in the message. */
function assertionAt({ file, line }: Frame): string | undefined {
  // The file may have changed since the run.
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .slice(Math.max(0, line - LINES_BEFORE), line);
  const from = lines.findLastIndex((each) => each.includes('expect('));
  if (from === -1) return undefined;
  const joined = lines.slice(from).map((each) => each.trim());
  return joined
    .join(' ')
    .replace(/^.*?(?=expect\()/, '')
    .replace(/[;,]$/, '');
}

function isError(value: unknown): value is SerializedError {
  return typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string';
}
