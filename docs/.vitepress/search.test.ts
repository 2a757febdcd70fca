import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TIMEOUTS } from '../../helpers/constants/timeouts.ts';
import { newPage, open, sources } from './browser-page.ts';

describe('the search', () => {
  const chapters = [...sources].filter(([, text]) => /^## Try it$/m.test(text)).map(([slug]) => slug);
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    ({ page, problems } = await newPage());
    await open(page, 'index');
    await page.keyboard.press('Control+k');
    await page.locator('#localsearch-input:focus').waitFor();
  });

  afterAll(() => page.context().close());

  /** The slugs of the pages that are found, best first. */
  async function found(query: string): Promise<string[]> {
    await page.locator('#localsearch-input').fill(query);
    const links = page.locator('.VPLocalSearchBox .result');
    return links.evaluateAll((results) =>
      results.map((result) => /([\w-]+)\.html/.exec(result.getAttribute('href') ?? '')?.[1] ?? 'index'),
    );
  }

  test.each(chapters)('finds the chapter %s first by its slug', async (slug) => {
    await expect.poll(async () => (await found(slug))[0], { timeout: TIMEOUTS.exchangeMs }).toBe(slug);
  });

  test.each([
    ['a header', 'x-envoy-upstream-service-time'],
    ['the end of a header', 'upstream-service-time'],
    ['a response flag', 'UF'],
    ['a field of Envoy', 'failure_mode_allow'],
    ['a filter', 'ext_authz'],
    ['a counter', 'upstream_cx_total'],
    ['a version', '1.38.1'],
    ['a misspelled word', 'autorization'],
  ])('finds %s: %s', async (what, query) => {
    const word = what === 'a misspelled word' ? 'authorization' : query;
    const pattern = new RegExp(`(?<![a-z0-9])${word.replaceAll('.', '\\.').replaceAll('_', '\\\\?_')}`, 'i');
    const having = [...sources].filter(([, text]) => pattern.test(text)).map(([slug]) => slug);
    expect(having).not.toEqual([]);
    await expect
      .poll(() => found(query), { timeout: TIMEOUTS.exchangeMs })
      .toSatisfy((slugs: string[]) => slugs.length > 0 && slugs.every((slug) => having.includes(slug)));
  });

  test('finds nothing for a name that no page has', async () => {
    await expect.poll(() => found('UF'), { timeout: TIMEOUTS.exchangeMs }).not.toEqual([]);
    await found('x-envoy-upstream-service-hour');
    await page.locator('.VPLocalSearchBox .no-results').waitFor();
    expect(problems).toEqual([]);
  });
});
