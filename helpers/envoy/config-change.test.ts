import { expect, test } from 'vitest';
import { changeConfig, ensureConfig, leavesOf } from './config-change.ts';

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
  expect(changeConfig(CONFIG, { set: { 'static_resources.listeners.0.transparent': false } })).toBe(
    CONFIG.replace('true', 'false'),
  );
});

test('one item of a list is taken away', () => {
  expect(changeConfig(CONFIG, { delete: ['static_resources.listeners.0.listener_filters.0'] })).toBe(
    CONFIG.replace('        - name: one\n', ''),
  );
});

test('what is not there yet is added', () => {
  expect(changeConfig(CONFIG, { add: { 'static_resources.listeners.0.stat_prefix': 'x' } })).toContain(
    '      stat_prefix: x\n',
  );
});

test('a change that would change nothing is an error', () => {
  expect(() => changeConfig(CONFIG, { set: { 'static_resources.clusters': 1 } })).toThrow(
    'nothing at static_resources.clusters',
  );
  expect(() => changeConfig(CONFIG, { delete: ['admin'] })).toThrow('nothing at admin');
  expect(() => changeConfig(CONFIG, { add: { static_resources: {} } })).toThrow(
    'something at static_resources already',
  );
  expect(() => changeConfig(CONFIG, { set: { 'static_resources.listeners.0.transparent': true } })).toThrow(
    'has true at static_resources.listeners.0.transparent already',
  );
});

test('a config that was changed before is made so anyhow', () => {
  const change = { set: { 'static_resources.listeners.0.transparent': true }, add: { static_resources: {} } };
  expect(ensureConfig(CONFIG, { ...change, delete: ['admin', 'a.0.b'] })).toContain('static_resources: {}');
});

test('every scalar has a path by which it can be changed, also below a key with dots', () => {
  const yaml = 'a:\n  - { b: 1 }\n  - x\nc: { "d.e/f": { g: true } }\n';
  const leaves = leavesOf(yaml);
  expect(leaves).toEqual([
    { path: 'a.0.b', value: 1 },
    { path: 'a.1', value: 'x' },
    { path: 'c["d.e/f"].g', value: true },
  ]);
  for (const { path } of leaves) expect(changeConfig(yaml, { set: { [path]: 'new' } })).toContain('new');
});

test('what an alias repeats has one path, that of its anchor', () => {
  const yaml = 'a: &one { b: 1 }\nc: *one\nd: null\n';
  expect(leavesOf(yaml)).toEqual([
    { path: 'a.b', value: 1 },
    { path: 'd', value: null },
  ]);
});
