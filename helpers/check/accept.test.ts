import { expect, test } from 'vitest';
import { accept, acceptEntries, parseAccepted } from './accept.ts';
import { sampleConfig, sampleFinding, sampleReport } from './sample.ts';

const reportOf = () => sampleReport([sampleConfig([sampleFinding()])]);

test('an entry with the code of a finding accepts it, in any place or in its own', () => {
  for (const place of ['', '  place: GET a/ on 8443\n', '  place: envoy.yaml\n']) {
    const report = reportOf();
    expect(accept(report, parseAccepted(`- code: answer-3f2a91\n${place}  reason: known\n`, 'accepted.yaml'))).toEqual(
      [],
    );
    expect(report.configs[0]?.findings[0]?.accepted).toBe('known');
  }
});

test('an entry that matches no finding is reported with its line', () => {
  const report = reportOf();
  const text = '- code: answer-000000\n  reason: old\n- code: answer-3f2a91\n  place: elsewhere\n  reason: moved\n';
  expect(accept(report, parseAccepted(text, 'accepted.yaml'))).toEqual([
    'line 1: answer-000000 no longer occurs (old)',
    'line 3: answer-3f2a91 occurs at GET a/ on 8443, not at elsewhere (moved)',
  ]);
  expect(report.configs[0]?.findings[0]?.accepted).toBeUndefined();
});

test.each([
  ['code: a\n', 'accepted.yaml:1: expected a list of entries with code and reason'],
  ['- code: a\n  reson: b\n', 'accepted.yaml:2: unknown field "reson"; did you mean "reason"?'],
  ['- code: a\n  reason: b\n- code: c\n', 'accepted.yaml:3: the entry has no reason'],
  ['- code: a\n  reason:\n', 'accepted.yaml:2: reason is empty, expected a text'],
  ['- a\n', 'accepted.yaml:1: expected an entry with code and reason'],
  ['- code: "a\n', /^accepted\.yaml:\d: invalid YAML: /],
])('%j is refused in one line', (text, message) => {
  expect(() => parseAccepted(text, 'accepted.yaml')).toThrow(message);
});

test('an empty file accepts nothing', () => {
  expect(parseAccepted('# nothing\n', 'accepted.yaml')).toEqual([]);
});

test('entries to paste can be read back', () => {
  const entries = parseAccepted(acceptEntries(reportOf()), 'accepted.yaml');
  expect(entries).toEqual([{ code: 'answer-3f2a91', place: 'GET a/ on 8443', reason: 'TODO', line: 2 }]);
});
