import { expect, test } from 'vitest';
import { changeAnchor } from '../book/changes-data.ts';
import { renderBook } from '../book/render.ts';
import { CHANGES, hasChange } from '../envoy/known-changes.ts';
import { compareVersions, VERSIONS } from '../envoy/versions.ts';
import { sameHost, scenario } from '../scenario/scenario.ts';
import { changesBetween } from './changes-between.ts';
import { siteChanges, versionsWith } from './site-changes.ts';

const CLAIM = { title: 'a 503 [UF] names <no> reason & has_no `body`', changes: [CHANGES.hideTransportFailureReason] };

const PAGE = renderBook({
  chapters: [
    {
      scenario: scenario({
        ...{ slug: 'original-dst', title: 'REDIRECT', requirement: 'It holds.', purpose: 'To learn.' },
        ...{ task: 'intercept', tags: [] },
        topology: sameHost({ upstreams: { blue: { port: 80 } } }),
      }),
      faults: {},
      claims: [CLAIM, { title: 'another', changes: [] }],
    },
  ],
  version: '1.40.0',
}).get('versions.md');

const changes = siteChanges(PAGE ?? '');

test('the versions page of the book gives each known change its claims', () => {
  expect(changes.map(({ key }) => key).sort()).toEqual(Object.keys(CHANGES).sort());
  expect(changes.filter(({ claims }) => claims.length > 0)).toMatchObject([
    {
      key: 'hideTransportFailureReason',
      anchor: changeAnchor('hideTransportFailureReason'),
      claims: [{ slug: 'original-dst', title: CLAIM.title, anchor: 'claim-a-503-uf-names-no-reason-has-no-body' }],
    },
  ]);
});

test('a versions page without a known change is refused', () => {
  expect(() => siteChanges(PAGE?.replaceAll('change-error-response', 'x') ?? '')).toThrow(
    `docs/versions.md does not have the known change "${CHANGES.errorResponse.what}": \`npm run book\` writes it`,
  );
});

test('between two versions are the changes that exactly one of them has, newest first', () => {
  for (const from of VERSIONS) {
    for (const to of VERSIONS) {
      const { gained, undone } = changesBetween(changes, from, to);
      const expected = (has: string, lacks: string) =>
        changes.filter(({ key }) => hasChange(CHANGES[key], has) && !hasChange(CHANGES[key], lacks));
      expect(gained).toEqual(expected(to, from));
      expect(undone).toEqual(expected(from, to));
    }
  }
  const upgrade = changesBetween(changes, '1.37.0', '1.40.0');
  const firsts = upgrade.gained.map(({ since }) => since.at(-1) ?? '');
  expect(firsts).toEqual(firsts.toSorted((a, b) => compareVersions(b, a)));
  expect(upgrade.undone).toEqual([]);
  expect(changesBetween(changes, '1.40.0', '1.37.0')).toEqual({ gained: [], undone: upgrade.gained });
});

test('a step to a branch without the backport undoes a change', () => {
  const backported = { versions: versionsWith({ since: ['1.36.4', '1.38.2'] }) };
  expect(changesBetween([backported], '1.36.3', '1.36.4').gained).toEqual([backported]);
  expect(changesBetween([backported], '1.36.4', '1.37.0')).toEqual({ gained: [], undone: [backported] });
  expect(changesBetween([backported], '1.36.4', '1.40.0')).toEqual({ gained: [], undone: [] });
});
