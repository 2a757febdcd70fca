import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../util/json.ts';
import { schemaProblems } from '../util/schema-problems.ts';
import { RECORD_SCHEMA } from './record.ts';
import { sampleChapter, sampleClaim, sampleRun } from './sample.ts';

const SCHEMA: JsonObject = JSON.parse(readFileSync(new URL('record.schema.json', import.meta.url), 'utf8'));

const problems = (record: object): string[] => schemaProblems(JSON.parse(JSON.stringify(record)) as Json, SCHEMA);

test('a record with optional fields follows the published schema', () => {
  const change = { since: ['1.38.1', '1.37.3'] as const, what: 'a change', source: 'release notes' };
  const claims = [
    sampleClaim({ group: 'forwarding', changes: [change], evidence: 'reports/1/evidence' }),
    sampleClaim({ outcome: 'skipped', reason: 'tproxy', sandbox: 'containers' }),
  ];
  const chapter = sampleChapter(claims, { log: ['a'], warnings: ['b'], notSelected: 1, fault: 'none' });
  const record = { ...sampleRun([chapter]), seed: 1, command: 'bigbook run' };
  expect(problems(record)).toEqual([]);
  expect((SCHEMA.properties as JsonObject).schema).toEqual({ const: RECORD_SCHEMA });
});

test('another outcome and an unknown field are problems', () => {
  const record = { ...sampleRun([]), outcome: 'skipped', more: 1 };
  expect(problems(record)).toEqual(['report.outcome: not in enum', 'report.more: not in the schema']);
});
