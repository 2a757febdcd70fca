import { expect, test } from 'vitest';
import { Html, html } from './html.ts';

test('values are escaped in elements and in attributes', () => {
  const bad = `"><script>alert('x')</script>&amp;`;
  expect(html`<p title="${bad}">${bad}</p>`.text).toBe(
    '<p title="&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;">&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;</p>',
  );
});

test('HTML is kept, lists are joined, and undefined is empty', () => {
  const items = ['a', '<'].map((item) => html`<li>${item}</li>`);
  expect(html`<ul>${items}</ul>${undefined}${new Html('<hr>')}${7}`.text).toBe('<ul><li>a</li><li>&lt;</li></ul><hr>7');
});

test('control characters are replaced by a visible sign', () => {
  expect(html`${'a\u0000b\u001b[31m\tc\nd\r'}`.text).toBe('a\ufffdb\ufffd[31m\tc\nd\r');
});
