import { expect, test } from 'vitest';
import { limitsExceeded } from '../../helpers/book/check.ts';
import { generatedPages } from './book-files.ts';

test('no committed chapter page is too long, and all have few lines for each claim', async () => {
  const pages = [...(await generatedPages())].map(([name, text]) => ({
    name,
    text,
    claims: [...text.matchAll(/^### <a id="claim-/gm)].length,
  }));
  expect(limitsExceeded(pages.filter(({ claims }) => claims > 0))).toEqual([]);
});
