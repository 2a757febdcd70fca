import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../util/json.ts';
import { schemaProblems } from '../util/schema-problems.ts';
import { type Cause, LEVELS } from './finding.ts';
import { CHECK_SCHEMA, type CheckReport } from './report.ts';
import { sampleConfig, sampleFinding, sampleReport } from './sample.ts';

const SCHEMA: JsonObject = JSON.parse(readFileSync(new URL('check.schema.json', import.meta.url), 'utf8'));

const DEFINITIONS = SCHEMA.$defs as Record<string, JsonObject>;

const check = (report: CheckReport): string[] => schemaProblems(JSON.parse(JSON.stringify(report)) as Json, SCHEMA);

const CAUSES: Cause[] = [
  { kind: 'guard', guard: 'envoy.reloadable_features.x', value: false },
  { kind: 'known change', since: '1.38.1', what: 'a change', source: 'release notes' },
  { kind: 'release notes', entries: [{ version: '1.38.0', area: 'http', link: 'https://example.com' }] },
  { kind: 'no guard' },
];

test('a report with every field follows the published schema', () => {
  const findings = [
    ...LEVELS.map((level) => sampleFinding({ level, line: 3, accepted: 'known' })),
    ...CAUSES.map((cause) => sampleFinding({ cause })),
  ];
  const machine = {
    kernel: '6',
    architecture: 'x86_64',
    engine: '',
    backend: 'nft',
    iptables: '',
    capabilities: [],
  } as const;
  const load = { envoy: '1.40.0', outcome: 'refused', why: 'because', field: 'a.b', line: 2, ms: 3 } as const;
  const config = sampleConfig(findings, { loads: [load, { ...load, outcome: 'never live' }] });
  const report = sampleReport([config], { machine: { ...machine, capabilities: [] }, staleAccepted: ['line 1'] });
  expect(check(report)).toEqual([]);
  const { ask, ...without } = config;
  expect(check(sampleReport([without]))).toEqual([]);
});

test('the schema has the levels and the name of the types', () => {
  expect(DEFINITIONS.finding?.properties).toHaveProperty('level', { enum: [...LEVELS] });
  expect(DEFINITIONS.report?.properties).toHaveProperty('schema', { const: CHECK_SCHEMA });
});

test('a field that the schema does not have, and one that is missing, are found', () => {
  const { code, ...finding } = sampleFinding();
  const config = { ...sampleConfig([]), findings: [{ ...finding, unknown: 1 }] };
  const report = { ...sampleReport([]), configs: [config] };
  expect(schemaProblems(JSON.parse(JSON.stringify(report)) as Json, SCHEMA)).toEqual([
    'report.configs[0].findings[0].code: missing',
    'report.configs[0].findings[0].unknown: not in the schema',
  ]);
});
