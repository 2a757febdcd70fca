/** `envoy-big-book/record`: the records that `bigbook run --record` writes. */
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
