import { createMarkdownRenderer, type MarkdownEnv, type MarkdownRenderer } from 'vitepress';
import { beforeAll, expect, test } from 'vitest';
import { type MarkdownSite, markdown, searchable } from './markdown.ts';

const site: MarkdownSite = { allVersions: '## Every version\n\n[x](x.md)' };

const env = (relativePath: string): MarkdownEnv => ({ path: `/docs/${relativePath}`, relativePath, cleanUrls: false });

let md: MarkdownRenderer;

beforeAll(async () => {
  md = await createMarkdownRenderer('/docs', markdown(site));
});

test('the versions page begins with the selector and ends with the section over all versions', () => {
  const page = '# Changes\n\nText.\n\n## Since 1.40.0\n\n### a change\n\n## Since 1.39.0\n';
  const html = md.render(page, env('versions.md'));
  const headings = [...html.matchAll(/<h(\d) id="([^"]+)"/g)].map(([, level, id]) => `${level} ${id}`);
  expect(headings).toEqual([
    ...['1 changes', '2 choose-two-versions', '2 since-1-40-0', '3 a-change', '2 since-1-39-0'],
    '2 every-version',
  ]);
  expect(html.match(/<VersionSelector \/>/g)).toHaveLength(1);
  expect(html).toContain('href="./x.html"');
  expect(md.render(page, env('index.md'))).not.toMatch(/VersionSelector|every-version/);
});

test('links to files of the project lead to the code host, and are text where there is none', () => {
  const page = 'See [`a.yaml`](../envoy-configs/a.yaml) and [b](b.md).';
  const html = md.render(page, env('a.md'));
  expect(html).toContain('<span><code>a.yaml</code></span>');
  expect(html.match(/<a /g)).toHaveLength(1);
  site.source = 'https://code.example/book/';
  expect(md.render(page, env('a.md'))).toContain('href="https://code.example/book/envoy-configs/a.yaml"');
});

test('an anchor in a heading stands before it, and is no part of its text', () => {
  const html = md.render('### <a id="claim-x"></a>a `claim`\n\ntext', env('a.md'));
  expect(html).toMatch(/^<a id="claim-x"><\/a>\n<h3 id="a-claim"[^>]*>a <code>claim<\/code> <a class="header-anchor"/);
  expect(html).toContain('aria-label="Permalink to &quot;a `claim`&quot;"');
});

test('the search finds the slug of a chapter in its heading', () => {
  const chapter = '# REDIRECT\n\n## Try it\n\n```sh\nup\n```\n';
  expect(searchable(chapter, env('original-dst.md'), md)).toMatch(/^<h1 id="redirect"[^>]*>original-dst: REDIRECT /);
  expect(searchable('# Glossary\n', env('glossary.md'), md)).toMatch(/^<h1 [^>]*>Glossary /);
});

test('braces are text, and a Mermaid fence is a diagram', () => {
  expect(md.render('{{ x }}', env('a.md'))).toContain('&#123;&#123; x }}');
  expect(md.render('```mermaid\nflowchart LR\n```', env('a.md'))).toBe('<Mermaid code="flowchart%20LR%0A" />\n');
});
