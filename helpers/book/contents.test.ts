import { expect, test } from 'vitest';
import { inBookOrder, isVariant } from './contents.ts';

const chapter = (slug: string, of: 'forward-proxy' | 'original-dst') => ({
  scenario: { slug, origin: { chapter: of, changed: '' } },
});

test('chapters have the order of the original, each before its variants; those without an origin come last', () => {
  const chapters = [
    { scenario: { slug: 'local-ratelimit' } },
    { scenario: { slug: 'a-further-one' } },
    chapter('original-dst-ipv6', 'original-dst'),
    chapter('an-original', 'original-dst'),
    chapter('original-dst', 'original-dst'),
    chapter('forward-proxy', 'forward-proxy'),
  ];
  expect(inBookOrder(chapters).map(({ scenario }) => scenario.slug)).toEqual([
    'forward-proxy',
    'original-dst',
    'an-original',
    'original-dst-ipv6',
    'a-further-one',
    'local-ratelimit',
  ]);
  expect(chapters.map(({ scenario }) => isVariant(scenario))).toEqual([false, false, true, true, false, false]);
});
