import { readFile } from 'node:fs/promises';
import { messageOf, UsageError } from '../util/errors.ts';
import { RECORD_SCHEMA, type RunRecord } from './record.ts';
import { fromVersion1, VERSION_1_SCHEMA, type Version1Record } from './version-1.ts';

/** @throws UsageError where the file cannot be read, or is no record of this schema */
export async function readRecord(path: string): Promise<RunRecord> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new UsageError(`cannot read the record ${path}: ${error.message}`);
  });
  return parseRecord(text, path);
}

/** @throws UsageError with `name` where the text is cut off or no record of this schema */
export function parseRecord(text: string, name = 'the record'): RunRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const why = messageOf(error).replaceAll(/\s+/g, ' ');
    throw new UsageError(`${name} is not whole JSON (${why}): it was cut off or is something else`);
  }
  const schema = (value as Partial<RunRecord> | null)?.schema;
  if (schema === RECORD_SCHEMA) return value as RunRecord;
  if (schema === VERSION_1_SCHEMA) return fromVersion1(value as Version1Record);
  const found = JSON.stringify(schema) ?? 'none';
  throw new UsageError(
    `${name} has schema ${found}, expected ${RECORD_SCHEMA} or ${VERSION_1_SCHEMA}; run the chapters again with this version`,
  );
}
