import { expect, test } from 'vitest';
import { RELEASE_NOTES, readNotes } from './release-notes.ts';
import { compareVersions, VERSIONS } from './versions.ts';

test('an entry has its area, its guards by their whole names, and a link to its section', () => {
  expect(readNotes({ '1.37.0': { bug_fixes: ['http2', 'xds | a envoy.restart_features.b'] } })).toEqual([
    {
      ...{ version: '1.37.0', section: 'bug_fixes', area: 'http2' },
      link: 'https://www.envoyproxy.io/docs/envoy/latest/version_history/v1.37/v1.37.0#bug-fixes',
    },
    {
      ...{ version: '1.37.0', section: 'bug_fixes', area: 'xds' },
      link: 'https://www.envoyproxy.io/docs/envoy/latest/version_history/v1.37/v1.37.0#bug-fixes',
      guards: ['envoy.reloadable_features.a', 'envoy.restart_features.b'],
    },
  ]);
});

test('the data covers the known minor versions, and has each area once in a section', () => {
  const minors = new Set(RELEASE_NOTES.map(({ version }) => version.split('.', 2).join('.')));
  const newer = VERSIONS.filter((version) => compareVersions(version, '1.37') >= 0);
  for (const version of newer) expect(minors).toContain(version.split('.', 2).join('.'));
  const keys = RELEASE_NOTES.map(({ version, section, area }) => `${version} ${section} ${area}`);
  expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
});
