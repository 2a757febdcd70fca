import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { sidebarOf } from '../../helpers/book/sidebar.ts';
import { readRecord } from '../../helpers/record/read-record.ts';
import { allVersionsSection } from '../../helpers/site/all-versions.ts';
import { fuzziness, indexedTerms, queryTerms } from '../../helpers/site/search.ts';
import { markdown, searchable } from './markdown.ts';

const docs = fileURLToPath(new URL('..', import.meta.url));

/** The record of all versions that the site is built with. */
const record = process.env.SITE_RECORD ? await readRecord(process.env.SITE_RECORD) : undefined;
const pages = new Map(
  readdirSync(docs)
    .filter((file) => file.endsWith('.md'))
    .map((file) => [file, readFileSync(join(docs, file), 'utf8')]),
);
const chapters = sidebarOf(pages.get('index.md') ?? '');

const OWN = [
  { text: 'Check your Envoy', link: '/check' },
  { text: 'It does not work', link: '/troubleshooting' },
  { text: 'Your own chapters', link: '/own-chapters' },
  { text: 'Set-up', link: '/setup' },
];

const FURTHER = [
  { text: 'Changes between Envoy versions', link: '/versions' },
  { text: 'Commands', link: '/commands' },
  { text: 'Layout and chapters', link: '/layout' },
  { text: 'How the harness works', link: '/how-it-works' },
  { text: 'Compatibility', link: '/compatibility' },
  { text: 'Performance', link: '/performance' },
  { text: 'Glossary', link: '/glossary' },
];

/**
 * The book as a static site. `SITE_BASE` is its path on a server (default: `/`), `SITE_SOURCE` the address of the
 * project's folder at a code host, where links to its files lead. `npm run site -- --record FILE` sets `SITE_RECORD`.
 */
export default defineConfig({
  title: 'Envoy Big Book',
  description: 'Real Envoy, real netfilter, every claim asserted',
  lang: 'en',
  base: (process.env.SITE_BASE ?? '/') as `/${string}/`,
  outDir: '../site',
  cacheDir: '../node_modules/.cache/vitepress',
  metaChunk: true,
  markdown: markdown({ allVersions: allVersionsSection(record, pages), source: process.env.SITE_SOURCE }),
  // The titles of known changes are whole sentences.
  transformPageData: ({ relativePath, frontmatter }) => {
    if (relativePath === 'versions.md') frontmatter.outline = 2;
  },
  // Mermaid is a large chunk, which only pages with diagrams load.
  vite: { build: { chunkSizeWarningLimit: 2_500 } },
  themeConfig: {
    search: {
      provider: 'local',
      options: {
        _render: searchable,
        miniSearch: {
          options: { tokenize: indexedTerms },
          searchOptions: { tokenize: queryTerms, combineWith: 'AND', fuzzy: fuzziness },
        },
      },
    },
    outline: [2, 3],
    nav: [
      { text: 'Chapters', link: '/' },
      { text: 'Check your Envoy', link: '/check' },
      { text: 'Changes between Envoy versions', link: '/versions' },
      { text: 'How it works', link: '/how-it-works' },
      { text: 'Glossary', link: '/glossary' },
    ],
    sidebar: [
      { text: 'Your own Envoy', items: OWN },
      { text: 'Chapters', link: '/' },
      ...chapters,
      { text: 'Further', items: FURTHER },
    ],
  },
});
