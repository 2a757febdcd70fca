import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { compareRecords } from '../compare/compare.ts';
import { RECORDED_KINDS } from '../exchange/observers/registry.ts';
import { mergeRecords } from './merge.ts';
import { parseRecord } from './read-record.ts';
import { claimsOf } from './record.ts';
import { sampleChapter, sampleClaim, sampleRun } from './sample.ts';

// One chapter of a record that version 1 wrote, cut to two claims.
const TEXT = await readFile(new URL('version-1.sample.json', import.meta.url), 'utf8');

test('a record of version 1 is read with the outcomes and fields of this version', () => {
  const { envoys, ...run } = parseRecord(TEXT);
  expect(run).toMatchObject({ schema: 'envoy-big-book/record@3', outcome: 'passed', errors: [] });
  expect(envoys[0]).toMatchObject({
    name: '1.40.0',
    build: {
      version: '1.40.0',
      fullVersion: '9e5580933739775e8bce696a57a2e1bc99368f23/1.40.0/Clean/RELEASE/BoringSSL',
    },
    chapters: [{ slug: 'original-dst', topology: 'same host' }],
  });
  expect(envoys[0]).not.toHaveProperty('identity');
  const claims = envoys.flatMap(claimsOf);
  expect(claims.map(({ outcome }) => outcome)).toEqual(['passed', 'passed']);
  expect(claims.map(({ title }) => title)).toEqual([
    "a captured request gets 503 UF when the dialled upstream refuses Envoy's connection",
    'an ORIGINAL_DST cluster connects to the dialled address and ignores the Host header',
  ]);
  const observations = claims.flatMap((claim) => claim.observations);
  for (const kind of RECORDED_KINDS) for (const each of observations) expect(each[kind]).toBeDefined();
  expect(observations[0]?.replies[0]?.status).toBe(503);
});

test.each([
  ['held', 'passed'],
  ['failed', 'failed'],
  ['skipped', 'skipped'],
  ['broken', 'error'],
  ['partial', 'partial'],
  ['running', 'running'],
])('the outcome %s of version 1 is %s', (before, after) => {
  const { outcome, envoys } = parseRecord(TEXT.replaceAll('"held"', JSON.stringify(before)));
  expect([outcome, ...envoys.flatMap(claimsOf).map((claim) => claim.outcome)]).toEqual([after, after, after]);
});

test('a record of version 1 merges and compares with one of this version', () => {
  const old = parseRecord(TEXT);
  const [envoy] = old.envoys;
  if (!envoy) throw new Error('the sample has one Envoy');
  const sample = sampleRun([sampleChapter([sampleClaim()])], {}, { name: '1.38.1' });
  expect(mergeRecords([old, sample]).envoys.map(({ name }) => name)).toEqual(['1.40.0', '1.38.1']);
  const renamed = { ...envoy, chapters: envoy.chapters.map((chapter) => ({ ...chapter, title: 'another' })) };
  expect(compareRecords(envoy, renamed, [])).toMatchObject({ chapters: ['original-dst'], differences: [] });
});

test('claims that are in another chapter now are read as claims of that chapter', () => {
  const record = JSON.parse(TEXT);
  const [chapter] = record.envoys[0].chapters;
  const [claim] = chapter.claims;
  const titles = [
    'what is denied never reaches the upstream',
    'append unset: a header that is absent becomes stub',
    'while the stub is down, a request is refused with 403',
  ];
  chapter.slug = 'ext-authz-proxy';
  chapter.claims = titles.map((title) => ({ ...claim, title }));
  const chapters = parseRecord(JSON.stringify(record)).envoys[0]?.chapters ?? [];
  expect(chapters.map(({ slug, claims }) => [slug, claims.map(({ title }) => title)])).toEqual([
    [
      'ext-authz-proxy',
      ['a request that ext_authz denies never reaches the upstream, which counts only allowed requests'],
    ],
    [
      'ext-authz-mutations',
      ["ok_response.headers 'x-user: stub', append unset: client sends nothing, upstream receives 'stub'"],
    ],
    [
      'ext-authz-failures',
      ['with the authorization service down, failure_mode_allow: false returns 403 UAEX (ext_authz_error)'],
    ],
  ]);
});
