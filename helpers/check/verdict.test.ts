import { expect, test } from 'vitest';
import { LEVELS } from './finding.ts';
import { sampleConfig, sampleFinding, sampleReport } from './sample.ts';
import { byLevel, fails, outcomeOf, verdictOf } from './verdict.ts';

const LIVE = ['1.36.4', '1.37.0'].map((envoy) => ({ envoy, outcome: 'live' as const, ms: 1 }));

test('findings are ordered by level, then by count', () => {
  const findings = [...LEVELS].reverse().map((level) => sampleFinding({ level }));
  expect(findings.sort(byLevel).map(({ level }) => level)).toEqual(LEVELS);
  const few = sampleFinding({ count: 1, code: 'answer-000000' });
  expect([few, sampleFinding({ count: 3 })].sort(byLevel)[1]).toBe(few);
});

test('a finding fails at its level and at lighter ones, unless it is accepted', () => {
  const finding = sampleFinding({ level: 'access' });
  expect(fails(finding, 'answer')).toBe(false);
  expect(fails(finding, 'access')).toBe(true);
  expect(fails(finding, 'metric')).toBe(true);
  expect(fails({ ...finding, accepted: 'known' }, 'metric')).toBe(false);
});

test('the verdict counts findings by level, without names that are new', () => {
  const findings = [sampleFinding(), sampleFinding({ level: 'metric' }), sampleFinding({ level: 'added' })];
  const ask = { derived: 3, chosen: 2, sent: 2, reached: 1, upstreams: [], noise: 0, ms: 1 };
  expect(verdictOf(LIVE, findings, ask)).toBe('1.36.4 → 1.37.0: 2 findings in 2 requests: 1 answer, 1 metric');
  expect(verdictOf(LIVE, [], { ...ask, chosen: 60, sent: 16 })).toBe(
    '1.36.4 → 1.37.0: no difference in 16 of 60 requests, for lack of time',
  );
  expect(verdictOf(LIVE, [])).toBe('1.36.4 → 1.37.0: no difference in how they load it; no request was sent');
});

test('a config that both versions refuse is one line with field and line', () => {
  const why = 'no such field';
  const loads = LIVE.map((load) => ({ ...load, outcome: 'refused' as const, why, field: 'admin.address', line: 3 }));
  expect(verdictOf(loads, [])).toBe(
    'refused by both versions, so the upgrade is not the cause: no such field (admin.address, line 3)',
  );
  expect(outcomeOf(sampleReport([sampleConfig([], { loads })]), 'answer')).toBe('not comparable');
});

test('a finding at the level decides before a config that cannot be compared', () => {
  const refused = sampleConfig([], { loads: LIVE.map((load) => ({ ...load, outcome: 'refused' as const })) });
  expect(outcomeOf(sampleReport([refused, sampleConfig([sampleFinding()])]), 'answer')).toBe('failed');
  expect(outcomeOf(sampleReport([sampleConfig([sampleFinding({ level: 'log' })])]), 'answer')).toBe('passed');
});

test('a lab that did not start is set-up trouble, unless a finding at the level was made before', () => {
  const unasked = { loads: LIVE, unasked: 'lab check: the host did not start' };
  expect(outcomeOf(sampleReport([sampleConfig([], unasked)]), 'answer')).toBe('not asked');
  expect(outcomeOf(sampleReport([sampleConfig([sampleFinding()], unasked)]), 'answer')).toBe('failed');
});
