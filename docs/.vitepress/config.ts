import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitepress';
import { sidebarOf } from '../../helpers/book/sidebar.ts';
import { markdown } from './markdown.ts';

const chapters = sidebarOf(readFileSync(new URL('../index.md', import.meta.url), 'utf8'));

const FURTHER = [
  { text: 'Which Envoy does what', link: '/versions' },
  { text: 'Commands', link: '/commands' },
  { text: 'Layout and chapters', link: '/layout' },
  { text: 'How the harness works', link: '/how-it-works' },
  { text: 'Benchmarks', link: '/benchmarks' },
  { text: 'Glossary', link: '/glossary' },
];

/** The book as a static site. `SITE_BASE` is its path on a server (default: `/`). */
export default defineConfig({
  title: 'Envoy Big Book',
  description: 'Real Envoy, real netfilter, every claim asserted',
  lang: 'en',
  base: (process.env.SITE_BASE ?? '/') as `/${string}/`,
  outDir: '../site',
  cacheDir: '../node_modules/.cache/vitepress',
  metaChunk: true,
  markdown,
  // Mermaid is a large chunk, which only pages with diagrams load.
  vite: { build: { chunkSizeWarningLimit: 2_500 } },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Chapters', link: '/' },
      { text: 'Which Envoy does what', link: '/versions' },
      { text: 'How it works', link: '/how-it-works' },
      { text: 'Glossary', link: '/glossary' },
    ],
    sidebar: [
      { text: 'Chapters', link: '/', items: chapters },
      { text: 'Further', items: FURTHER },
    ],
  },
});
