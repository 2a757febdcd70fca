import { expect, test } from 'vitest';
import { editConfig, lineOf, nodeAt, parseConfig } from './config-document.ts';

const lineAt = (text: string, ...path: (string | number)[]): number | undefined => {
  const config = parseConfig(text, 'x.yaml');
  const node = nodeAt(config, path);
  return node && lineOf(config, node);
};

test('duplicate keys are read as Envoy does: the last one counts', () => {
  const text = 'a:\n  b: 1\n  b: 2\n';
  expect(parseConfig(text, 'x.yaml').value).toEqual({ a: { b: 2 } });
  expect(lineAt(text, 'a', 'b')).toBe(3);
});

test('aliases are values, and lead to the line of their anchor’s values', () => {
  const text = 'x: &x\n  b: 1\na: *x\n';
  expect(parseConfig(text, 'x.yaml').value).toEqual({ x: { b: 1 }, a: { b: 1 } });
  expect(lineAt(text, 'a', 'b')).toBe(2);
});

test('a path in snake_case finds keys in camelCase, and a single value in place of a list', () => {
  const text = 'staticResources:\n  listeners:\n    filterChains: {}\n';
  expect(lineAt(text, 'static_resources', 'listeners', 0, 'filter_chains')).toBe(3);
  expect(lineAt(text, 'static_resources', 'clusters')).toBeUndefined();
});

test('the first document of several is read, with its lines', () => {
  const text = '# comment\n---\na: 1\n---\nb: 2\n';
  expect(parseConfig(text, 'x.yaml').value).toEqual({ a: 1 });
  expect(lineAt(text, 'a')).toBe(3);
  expect(parseConfig(text, 'x.yaml').text).toBe('# comment\n---\na: 1\n');
});

test('JSON is read', () => {
  expect(parseConfig('{"a": {"b": [1]}}', 'x.json').value).toEqual({ a: { b: [1] } });
});

const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...'bcdefghi'.split('').map((name, at) => {
    const alias = `*${'abcdefgh'[at]}`;
    return `${name}: &${name} [${Array(9).fill(alias).join(', ')}]`;
  }),
].join('\n');

test.each([
  ['an empty file', ' \n', 'x.yaml: the file is empty; expected an Envoy bootstrap in YAML or JSON'],
  ['a binary file', '\u007fELF\u0000\u0001', 'x.yaml: the file is binary; expected an Envoy bootstrap in YAML or JSON'],
  ['10 MB of YAML', 'a: 1\n'.repeat(2_000_000), 'x.yaml: 10 MB of YAML are too much; expected 1 MB or less, or JSON'],
  ['a YAML bomb', bomb, 'x.yaml: its YAML aliases expand to more than 500000 values; write them out, or remove them'],
  [
    'an alias in its own anchor',
    'a: &a [*a]',
    'x.yaml: its YAML aliases expand to more than 500000 values; write them out, or remove them',
  ],
  ['deep nesting', `a: ${'['.repeat(20_000)}`, 'x.yaml: its values are nested too deeply for a bootstrap'],
  ['another template', '{% if x %}\na: [1\n', 'x.yaml: a template, no YAML; render it first, and check the result'],
  ['a list', '- a\n', 'x.yaml: no mapping at the top; expected an Envoy bootstrap in YAML or JSON'],
  ['broken YAML', 'a: 1\nb: [1\nc: 2\n', /^x\.yaml:\d+: not valid YAML: /],
  ['a template', 'a: 1\nb: {{ .Values.b }}: 2\n', 'x.yaml: a template, no YAML; render it first, and check the result'],
])('%s is refused in one line', (_, text, message) => {
  const began = performance.now();
  expect(() => parseConfig(text, 'x.yaml')).toThrow(message);
  expect(performance.now() - began).toBeLessThan(10_000);
});

test('edits replace values and keys, and leave everything else as it is', () => {
  const text = 'a: "x" # one\nb: {c: y}\nd: |\n  block\ne: 010\n';
  const config = parseConfig(text, 'x.yaml');
  const edits = [
    { path: ['a'], to: 'new' },
    { path: ['b', 'c'], to: 'z', key: 'k' },
    { path: ['d'], to: 'line\n' },
  ];
  expect(editConfig(config, edits)).toBe('a: "new" # one\nb: {k: "z"}\nd: "line\\n"\ne: 010\n');
  expect(editConfig(config, [])).toBe(text);
});
