import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitepress';
import { sidebarOf } from '../../helpers/book/sidebar.ts';
import { markdown } from './markdown.ts';

const chapters = sidebarOf(readFileSync(new URL('../index.md', import.meta.url), 'utf8'));

/**
 * The book as a site. It needs nothing of the network, and no more of a server than that it gives out files. `SITE_BASE` says under
 * which path, where that is not the root: `/book/`.
 */
export default defineConfig({
  title: 'Envoy Big Book',
  description: 'Real Envoy, real netfilter, every claim asserted',
  lang: 'en',
  base: (process.env.SITE_BASE ?? '/') as `/${string}/`,
  outDir: '../site',
  cacheDir: '../node_modules/.cache/vitepress',
  metaChunk: true,
  markdown,
  // The parser and drawer of diagrams is loaded by the pages that have some, and cannot be much smaller.
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
      {
        text: 'Further',
        items: [
          { text: 'Which Envoy does what', link: '/versions' },
          { text: 'Commands', link: '/commands' },
          { text: 'Layout and chapters', link: '/layout' },
          { text: 'How the harness works', link: '/how-it-works' },
          { text: 'Benchmarks', link: '/benchmarks' },
          { text: 'Glossary', link: '/glossary' },
        ],
      },
    ],
  },
});
