import { expect, test } from 'vitest';
import { block, code, details, html, isGenerated, linked, list, page, prose, slugOf, table } from './markdown.ts';

test('prose reads as it is, whatever Markdown, HTML or a template would make of it', () => {
  expect(prose('a_b *c* <d> `e` [f] {{ g }} | h')).toBe(
    'a\\_b \\*c\\* &lt;d&gt; \\`e\\` \\[f\\] &#123;&#123; g }} \\| h',
  );
  expect(html('<a> & `b` {{')).toBe('&lt;a&gt; &amp; &#96;b&#96; &#123;&#123;');
});

test('code and blocks are fenced with more backticks than they hold', () => {
  expect(code('plain')).toBe('`plain`');
  expect(code('a`b')).toBe('`` a`b ``');
  expect(block('text', 'x\n```\ny\n')).toBe('````text\nx\n```\ny\n````');
});

test('a part to open has empty lines around its Markdown, without which it would be HTML', () => {
  expect(details('more', '- a')).toBe('<details>\n<summary>more</summary>\n\n- a\n\n</details>');
});

test('tables, lists and names of anchors', () => {
  expect(table(['a', 'b'], [['1', '2\n3']])).toBe('| a | b |\n| --- | --- |\n| 1 | 2 3 |');
  expect(list(['a\nb', 'c'])).toBe('- a\n  b\n- c');
  expect(slugOf("the stub's own: 503 UF")).toBe('the-stub-s-own-503-uf');
});

test('addresses on the web become links, and what stands behind them does not', () => {
  expect(linked('see https://a.test/b_c; and d_e')).toBe('see [a.test/b\\_c](https://a.test/b_c); and d\\_e');
});

test('a page has front matter, says what it is made by, and has no empty parts', () => {
  const made = page({ title: 'A "b"', description: 'c' }, ['d', '', false, 'e']);
  expect(made).toBe(
    '---\ntitle: "A \\"b\\""\ndescription: "c"\n---\n\n<!-- Made by `npm run book` from scenarios and runs: change those. -->\n\n# A "b"\n\nd\n\ne\n',
  );
  expect(isGenerated(made)).toBe(true);
  expect(isGenerated('# By hand\n\nMade by `npm run book`\n')).toBe(false);
});
