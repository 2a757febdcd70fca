import { expect, test } from 'vitest';
import { privilegesOf } from './privileges.ts';

const NONE = { bootstrap: {}, listeners: [], clusters: [], routes: [], secrets: [], endpoints: [], filters: [] };

test.each([
  [{}, { uid: 101 }],
  [{ listeners: [{ transparent: false }] }, { uid: 101 }],
  [{ listeners: [{ transparent: true }] }, { uid: 0, capabilities: ['NET_ADMIN', 'NET_RAW'] }],
  [
    { listeners: [{ listener_filters: [{ typed_config: { '@type': 'x/envoy.a.OriginalSrc' } }] }] },
    { uid: 0, capabilities: ['NET_ADMIN', 'NET_RAW'] },
  ],
])('%j', (parts, expected) => {
  expect(privilegesOf({ ...NONE, ...parts })).toEqual(expected);
});
