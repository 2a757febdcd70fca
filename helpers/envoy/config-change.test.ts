import { expect, test } from 'vitest';
import { type ConfigChange, changeConfig, ensureConfig, leavesOf } from './config-change.ts';
import { cluster, listener, listenerFilter } from './select.ts';

const CONFIG = `# What it shows.
static_resources:
  listeners:
    - name: ingress
      transparent: true # why
      listener_filters:
        - name: one
        - name: two
`;

test('a value is set where it stands, and the rest stays to the letter', () => {
  expect(changeConfig(CONFIG, { at: listener('ingress'), set: { transparent: false } })).toBe(
    CONFIG.replace('true', 'false'),
  );
});

test('one item of a list is taken away, another one is put at its end', () => {
  expect(changeConfig(CONFIG, { at: listener('ingress'), delete: ['listener_filters[one]'] })).toBe(
    CONFIG.replace('        - name: one\n', ''),
  );
  expect(changeConfig(CONFIG, { at: listener('ingress'), append: { listener_filters: { name: 'three' } } })).toBe(
    `${CONFIG}        - name: three\n`,
  );
});

test('what is not there yet is added', () => {
  expect(changeConfig(CONFIG, { at: listenerFilter('two'), add: { 'typed_config.a': 1 } })).toBe(
    `${CONFIG}          typed_config:\n            a: 1\n`,
  );
});

test('a change that would change nothing is an error', () => {
  const changing = (change: ConfigChange) => () => changeConfig(CONFIG, { at: listener('ingress'), ...change });
  expect(changing({ set: { nope: 1 } })).toThrow(
    'nothing at nope (`add` puts in what is new): unknown key "nope"; known:\n',
  );
  expect(changing({ set: { transparant: 1 } })).toThrow('unknown key "transparant"; did you mean "transparent"?');
  expect(changing({ delete: ['listener_filters[three]'] })).toThrow('nothing at listener_filters[three]');
  expect(changing({ add: { transparent: {} } })).toThrow('something at transparent already');
  expect(changing({ set: { transparent: true } })).toThrow('has true at transparent already');
  expect(changing({ append: { transparent: 1 } })).toThrow('no list at transparent');
  expect(changing({ at: cluster('nope') })).toThrow('no cluster nope');
});

test('a config that was changed before is ensured to have the change', () => {
  const change: ConfigChange = {
    at: listener('ingress'),
    set: { transparent: false },
    append: { listener_filters: { name: 'three' } },
    delete: ['listener_filters[one]', 'nope'],
  };
  const once = ensureConfig(CONFIG, change);
  expect(once).not.toBe(CONFIG);
  expect(ensureConfig(once, change)).toBe(once);
  expect(ensureConfig(CONFIG, { at: cluster('gone'), set: { type: 'STATIC' } })).toBe(CONFIG);
});

test('every scalar has a path by which it can be changed, also below a key with dots', () => {
  const yaml = 'a:\n  - { name: n, b: 1 }\n  - x\nc: { "d.e/f": { g: true } }\n';
  const leaves = leavesOf(yaml);
  expect(leaves).toEqual([
    { path: 'a[n].name', keys: 'a.name', value: 'n' },
    { path: 'a[n].b', keys: 'a.b', value: 1 },
    { path: 'a[x]', keys: 'a', value: 'x' },
    { path: 'c[d.e/f].g', keys: 'c.d.e/f.g', value: true },
  ]);
  for (const { path } of leaves) expect(changeConfig(yaml, { set: { [path]: 'new' } })).toContain('new');
});

test('what an alias repeats has one path, that of its anchor', () => {
  const yaml = 'a: &one { b: 1 }\nc: *one\nd: null\n';
  expect(leavesOf(yaml).map(({ path }) => path)).toEqual(['a.b', 'd']);
});
