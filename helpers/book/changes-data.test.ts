import { expect, test } from 'vitest';
import { CHANGES } from '../envoy/known-changes.ts';
import { compareVersions } from '../envoy/versions.ts';
import { sameHost, scenario } from '../scenario/scenario.ts';
import { changeAnchor, changesData } from './changes-data.ts';

const CHAPTER = {
  scenario: scenario({
    ...{ slug: 'original-dst', task: 'intercept', title: 'REDIRECT', requirement: 'It holds.', purpose: 'To learn.' },
    topology: sameHost({ upstreams: { blue: { port: 80 } } }),
  }),
  claims: [
    { title: 'a 503 UF has no reason', changes: [CHANGES.hideTransportFailureReason] },
    { title: 'another', changes: [] },
  ],
};

test('every known change is listed once, newest first', () => {
  const changes = changesData([]);
  expect(changes.map(({ key }) => key).sort()).toEqual(Object.keys(CHANGES).sort());
  const firsts = changes.map(({ since }) => since.at(-1) ?? '');
  expect(firsts).toEqual(firsts.toSorted((a, b) => compareVersions(b, a)));
});

test('a change names the claims that declare it, with their anchors', () => {
  const change = changesData([CHAPTER]).find(({ key }) => key === 'hideTransportFailureReason');
  expect(change?.claims).toEqual([
    { slug: 'original-dst', title: 'a 503 UF has no reason', anchor: 'claim-a-503-uf-has-no-reason' },
  ]);
});

test('the anchor of a change has hyphens for capitals', () => {
  expect(changeAnchor('hideTransportFailureReason')).toBe('change-hide-transport-failure-reason');
});
