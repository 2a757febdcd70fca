import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../constants/project.mjs';
import { sidebarOf } from './sidebar.ts';

test('chapters are grouped as in the index, without its other lists', () => {
  const index = `# Book

- [Not a chapter](versions.md)

## Chapters

### Intercept traffic

- [original-dst](original-dst.md): keeps it, see [this](tcp-proxy.md)
- [a\\_b](a_b.md): too

### Forward requests

- [tcp-proxy](tcp-proxy.md): passes

## More

- [Glossary](glossary.md)
`;
  expect(sidebarOf(index)).toEqual([
    {
      text: 'Intercept traffic',
      items: [
        { text: 'original-dst', link: '/original-dst' },
        { text: 'a_b', link: '/a_b' },
      ],
    },
    { text: 'Forward requests', items: [{ text: 'tcp-proxy', link: '/tcp-proxy' }] },
  ]);
});

test('the index of the book has its chapters', () => {
  const groups = sidebarOf(readFileSync(join(projectRoot, 'docs/index.md'), 'utf8'));
  expect(groups.flatMap(({ items }) => items.map(({ link }) => link))).toContain('/original-dst');
  expect(groups.length).toBeGreaterThan(1);
});
