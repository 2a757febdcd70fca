import { expect, test } from 'vitest';
import { sampleChapter, sampleEnvoy } from '../record/sample.ts';
import { counted, describeEnvironment, describeSubject, duration, indented } from './wording.ts';

test('the environment of a run names the binary, the kernel, the tools and the engine', () => {
  expect(describeEnvironment(sampleEnvoy([]))).toBe(
    'Envoy 1.40.0 (commit 0123456789ab, release binary) on Linux 6.18.0 x86_64, iptables v1.8.11 (nf_tables), Docker 20.10.24',
  );
  expect(describeEnvironment({})).toBe('no Envoy started');
});

test('the subject of a run names few chapters and one Envoy, else their numbers', () => {
  const envoys = (...slugs: string[]) => sampleEnvoy(slugs.map((slug) => sampleChapter([], { slug })));
  expect(describeSubject({ envoys: [envoys('b', 'a')] })).toBe('a, b on Envoy 1.40.0');
  expect(describeSubject({ envoys: [envoys('a', 'b', 'c', 'd'), envoys('a')] })).toBe('4 chapters on 2 Envoy versions');
  expect(describeSubject({ envoys: [] })).toBe('0 chapters');
});

test.each([
  [0.4, '0 ms'],
  [999.4, '999 ms'],
  [999.6, '1.0 s'],
  [61_234, '61.2 s'],
])('%d ms is written %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test('a noun is plural unless its number is 1', () => {
  expect([0, 1, 2].map((count) => counted(count, 'claim'))).toEqual(['0 claims', '1 claim', '2 claims']);
});

test('lines are indented, empty ones stay empty', () => {
  expect(indented('a\n\n  b', 2)).toBe('  a\n\n    b');
});
