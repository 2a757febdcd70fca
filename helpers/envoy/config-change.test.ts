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

test('set replaces a value and keeps the rest of the text', () => {
  expect(changeConfig(CONFIG, { at: listener('ingress'), set: { transparent: false } })).toBe(
    CONFIG.replace('true', 'false'),
  );
});

test('delete removes an item of a list, append adds one at its end', () => {
  expect(changeConfig(CONFIG, { at: listener('ingress'), delete: ['listener_filters[one]'] })).toBe(
    CONFIG.replace('        - name: one\n', ''),
  );
  expect(changeConfig(CONFIG, { at: listener('ingress'), append: { listener_filters: { name: 'three' } } })).toBe(
    `${CONFIG}        - name: three\n`,
  );
});

test('add adds new fields', () => {
  expect(changeConfig(CONFIG, { at: listenerFilter('two'), add: { 'typed_config.a': 1 } })).toBe(
    `${CONFIG}          typed_config:\n            a: 1\n`,
  );
});

test('a change without effect is an error', () => {
  const changing = (change: ConfigChange) => () => changeConfig(CONFIG, { at: listener('ingress'), ...change });
  expect(changing({ set: { nope: 1 } })).toThrow('no nope; `add` adds a field: unknown key "nope"; known:\n');
  expect(changing({ set: { transparant: 1 } })).toThrow('unknown key "transparant"; did you mean "transparent"?');
  expect(changing({ delete: ['listener_filters[three]'] })).toThrow('no listener_filters[three]');
  expect(changing({ add: { transparent: {} } })).toThrow('the config has transparent already; `set` replaces a value');
  expect(changing({ set: { transparent: true } })).toThrow('transparent is true already');
  expect(changing({ append: { transparent: 1 } })).toThrow('no list at transparent');
  expect(changing({ at: cluster('nope') })).toThrow('no cluster nope');
});

test('ensureConfig accepts a config that has the change already', () => {
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

test('every scalar can be changed by its path, also below a dotted key', () => {
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

test('a scalar behind an alias has the path of the anchor only', () => {
  const yaml = 'a: &one { b: 1 }\nc: *one\nd: null\n';
  expect(leavesOf(yaml).map(({ path }) => path)).toEqual(['a.b', 'd']);
});
