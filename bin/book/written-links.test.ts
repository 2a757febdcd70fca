import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { slugOf } from '../../helpers/book/markdown.ts';
import { packageRoot } from '../../helpers/constants/project.mjs';

const DOCS = join(packageRoot, 'docs');

const pages = [
  join(packageRoot, 'README.md'),
  join(packageRoot, 'CONTRIBUTING.md'),
  ...readdirSync(DOCS).flatMap((file) => (file.endsWith('.md') ? join(DOCS, file) : [])),
];

/** The anchors of a page: those that it writes, and those of its headings. */
function anchorsOf(text: string): Set<string> {
  const written = [...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id);
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => slugOf(title));
  return new Set([...written, ...headings]);
}

test.each(pages.map((page) => relative(packageRoot, page)))(
  'every link of %s leads to a file and a place in it',
  (page) => {
    const text = readFileSync(join(packageRoot, page), 'utf8').replaceAll(/^```.*?^```/gms, '');
    const broken = [...text.matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].flatMap(
      ([link, path = '', anchor]) => {
        const file = path === '' ? join(packageRoot, page) : join(packageRoot, dirname(page), path);
        if (!existsSync(file)) return `${link}: no such file`;
        if (anchor === undefined || !file.endsWith('.md') || anchorsOf(readFileSync(file, 'utf8')).has(anchor))
          return [];
        return `${link}: no such place`;
      },
    );
    expect(broken).toEqual([]);
  },
);
