import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../constants/project.mjs';
import { sidebarOf } from './sidebar.ts';

test('chapters stand with their variants under them, and nothing else of the index', () => {
  const index = `# Book

## The chapters

- [REDIRECT](original-dst.md): keeps it
  - [by IPv6](original-dst-ipv6.md): too, see [this](tcp-proxy.md)
- [a\\_b](tcp-proxy.md): passes

## Further

- [Glossary](glossary.md)
`;
  expect(sidebarOf(index)).toEqual([
    {
      text: 'REDIRECT',
      link: '/original-dst',
      items: [{ text: 'by IPv6', link: '/original-dst-ipv6' }],
    },
    { text: 'a_b', link: '/tcp-proxy' },
  ]);
});

test('the index that there is has chapters and variants', () => {
  const items = sidebarOf(readFileSync(join(projectRoot, 'docs/index.md'), 'utf8'));
  expect(items.map(({ link }) => link)).toContain('/original-dst');
  expect(items.find(({ link }) => link === '/tproxy-outgoing')?.items?.length).toBeGreaterThan(1);
});
