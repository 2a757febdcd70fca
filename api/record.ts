/** `envoy-big-book/record`: the records that `bigbook run --record` writes. */
import { readFileSync } from 'node:fs';
import type { JsonObject } from '../helpers/util/json.ts';

export { parseRecord, readRecord } from '../helpers/record/read-record.ts';
export {
  type ChapterRecord,
  type ClaimRecord,
  claimsOf,
  type EnvoyBuild,
  type EnvoyRecord,
  type Machine,
  type Outcome,
  RECORD_SCHEMA,
  type RunRecord,
} from '../helpers/record/record.ts';

/** The JSON schema of records. */
export const recordSchema: JsonObject = JSON.parse(
  readFileSync(new URL('../helpers/record/record.schema.json', import.meta.url), 'utf8'),
);
