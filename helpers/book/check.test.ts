import { expect, test } from 'vitest';
import { emptyObservation } from '../exchange/observation.ts';
import { sampleChapter, sampleClaim, sampleEnvoy } from '../record/sample.ts';
import { evidenceGaps, pageDifferences, recordDifferences } from './check.ts';
import { distilChapter } from './page-data.ts';
import { distilEnvoys } from './versions-data.ts';

const RECORD = sampleEnvoy([sampleChapter([sampleClaim({ title: 'a' }), sampleClaim({ title: 'b' })])]);
const EVIDENCE = new Map(RECORD.chapters.map((chapter) => [chapter.slug, distilChapter(chapter, '1.40.0')]));
const TRACE = { command: '', lanes: [], steps: [], conntrack: [], ended: '' };

test('a page that differs is told with the first line of it, one that is missing or left over by its name', () => {
  const wouldBe = new Map([
    ['same.md', 'a\nb\n'],
    ['other.md', 'a\nb\n'],
    ['missing.md', ''],
  ]);
  const are = new Map([
    ['same.md', 'a\nb\n'],
    ['other.md', 'a\nc\n'],
    ['left.md', ''],
  ]);
  expect(pageDifferences(wouldBe, are)).toEqual([
    'docs/other.md: line 2 is "c", and would be "b"',
    'docs/missing.md is missing',
    'docs/left.md is a page of nothing that is there',
  ]);
});

test('a claim without evidence, evidence without a claim, a chapter without either', () => {
  const titles = new Map([
    ['original-dst', ['a', 'c']],
    ['tcp-proxy', ['d']],
  ]);
  const evidence = new Map([...EVIDENCE, ['gone', { ...distilChapter(sampleChapter([]), '1.40.0'), trace: TRACE }]]);
  expect(evidenceGaps(titles, evidence)).toEqual([
    'docs/evidence/gone.json is of a chapter that is not there',
    'docs/evidence/original-dst.json has nothing on the claim "c"',
    'docs/evidence/original-dst.json has evidence of a claim that is not declared: "b"',
    'docs/evidence/original-dst.json has no trace',
    'docs/evidence/tcp-proxy.json is missing: the chapter has no evidence',
  ]);
});

test('a record of the same Envoy and ground says nothing otherwise, whatever was traced', () => {
  const traced = new Map([...EVIDENCE].map(([slug, evidence]) => [slug, { ...evidence, trace: TRACE }]));
  expect(recordDifferences(distilEnvoys([RECORD]), traced, RECORD, 'it')).toEqual({ differences: [] });
});

test('another outcome and another exchange are told', () => {
  const failed = { ...RECORD, chapters: [sampleChapter([sampleClaim({ title: 'a', outcome: 'failed' })])] };
  expect(recordDifferences(distilEnvoys([RECORD]), EVIDENCE, failed, 'it').differences).toEqual([
    'docs/evidence/envoys.json says otherwise of Envoy 1.40.0 than it',
  ]);
  const observations = [emptyObservation('GET')];
  const seen = {
    ...RECORD,
    chapters: [sampleChapter([sampleClaim({ title: 'a', observations }), sampleClaim({ title: 'b' })])],
  };
  expect(recordDifferences(distilEnvoys([RECORD]), EVIDENCE, seen, 'it').differences).toEqual([
    'docs/evidence/original-dst.json, "a": line 1 is "[]", and would be "[", by it',
  ]);
});

test('a record of another Envoy, or made on another kernel, is not compared', () => {
  const other = { ...RECORD, name: '1.39.3' };
  expect(recordDifferences(distilEnvoys([RECORD]), EVIDENCE, other, 'it')).toEqual({ differences: [] });
  const elsewhere = { ...RECORD, ...(RECORD.machine && { machine: { ...RECORD.machine, kernel: '6.8.0-45' } }) };
  expect(recordDifferences(distilEnvoys([RECORD]), EVIDENCE, elsewhere, 'it')).toEqual({
    differences: [],
    elsewhere:
      'it is not compared: it was made on Linux 6.8 x86_64, iptables v1.8.11 (nf_tables), the evidence on Linux 6.18 x86_64, iptables v1.8.11 (nf_tables)',
  });
});

test('how many packets a rule counted is not compared: a busy kernel may repeat one', () => {
  const record = (packets: number | 'some') => {
    const rules = [{ host: 'router', chain: 'mangle PREROUTING', rule: 'capture', packets }];
    const observations = [{ ...emptyObservation('GET'), rules }];
    return sampleEnvoy([sampleChapter([sampleClaim({ title: 'a', observations })])]);
  };
  const evidence = new Map(record(1).chapters.map((chapter) => [chapter.slug, distilChapter(chapter, '1.40.0')]));
  for (const packets of [2, 'some'] as const)
    expect(recordDifferences(distilEnvoys([record(1)]), evidence, record(packets), 'it').differences).toEqual([]);
});
