import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { TIMEOUTS } from '../../helpers/constants/timeouts.ts';
import { VERSIONS } from '../../helpers/envoy/versions.ts';
import { changesBetween } from '../../helpers/site/changes-between.ts';
import { siteChanges } from '../../helpers/site/site-changes.ts';
import { findings, newPage, open, PHONE, SITE, sources, tooWide } from './browser-page.ts';

describe('the selector of two versions', () => {
  const changes = siteChanges(sources.get('versions') ?? '');
  const status = (page: Page) => page.locator('.version-selector [role=status]');
  const listed = (page: Page) => page.locator('.version-selector ol > li');
  const query = (page: Page) => new URL(page.url()).search;

  async function opened(search: string, options: BrowserContextOptions = {}) {
    const { page, problems } = await newPage(options);
    await page.goto(`${SITE}/versions.html${search}`);
    await page.locator('.version-selector select:enabled').first().waitFor();
    return { page, problems };
  }

  test('every known change between the versions in the address is listed, newest first', async () => {
    const { page, problems } = await opened('?from=1.37.0&to=1.40.0');
    const { gained } = changesBetween(changes, '1.37.0', '1.40.0');
    expect(gained.length).toBeGreaterThan(3);
    expect(await status(page).textContent()).toBe(
      `From 1.37.0 to 1.40.0: ${gained.length} known changes, newest first.`,
    );
    const compare = 'npm run bigbook -- compare 1.37.0 1.40.0';
    expect(await page.locator('.version-selector > p code').textContent()).toBe(compare);
    const texts = await listed(page).allTextContents();
    for (const [at, { since, what, claims }] of gained.entries()) {
      expect(texts[at]).toContain(`Since ${since.join(' and ')}: ${what}`);
      expect(texts[at]).toContain('Source: ');
      if (claims[0]) expect(texts[at]).toContain(`${compare} ${claims[0].slug}`);
      const links = listed(page).nth(at).locator('ul a');
      expect(await links.allTextContents()).toEqual(claims.map(({ title }) => title));
    }
    expect(gained.flatMap(({ claims }) => claims)).not.toEqual([]);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('keyboard: both selects and the button work, and the address keeps the choice', async () => {
    const { page, problems } = await opened('');
    const all = await listed(page).count();
    expect(all).toBe(changes.filter(({ versions }) => versions.length < VERSIONS.length).length);
    await page.getByLabel('From version').focus();
    await page.keyboard.press('ArrowDown');
    expect(query(page)).toBe(`?from=${VERSIONS[1]}&to=${VERSIONS.at(-1)}`);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    expect(await status(page).textContent()).toBe('Choose two different versions.');
    await page.keyboard.press('End');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(query(page)).toBe(`?from=${VERSIONS.at(-1)}&to=${VERSIONS[1]}`);
    const back = `Going back from ${VERSIONS.at(-1)} to ${VERSIONS[1]}: ${all} known changes undone, newest first.`;
    expect(await status(page).textContent()).toBe(back);
    await page.reload();
    await expect.poll(() => status(page).textContent(), { timeout: TIMEOUTS.runMs }).toBe(back);
    expect(await listed(page).count()).toBe(all);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('an unknown version in the address is named, without a list, until a known one is chosen', async () => {
    const { page } = await opened('?from=9.9&to=1.38.2');
    await expect
      .poll(() => status(page).textContent(), { timeout: TIMEOUTS.runMs })
      .toBe('9.9 is not among the tested versions.');
    expect(await listed(page).count()).toBe(0);
    expect(await page.getByLabel('From version').inputValue()).toBe('9.9');
    expect(await page.getByLabel('To version').inputValue()).toBe('1.38.2');
    await page.getByLabel('From version').selectOption('1.37.0');
    expect(query(page)).toBe('?from=1.37.0&to=1.38.2');
    expect(await listed(page).count()).toBe(changesBetween(changes, '1.37.0', '1.38.2').gained.length);
    await page.context().close();
  });

  test.each(['light', 'dark'] as const)('axe-core passes in %s at 390 px', async (colorScheme) => {
    const { page } = await opened('?from=1.40.0&to=1.37.0', { colorScheme, viewport: PHONE });
    expect(await findings(page)).toEqual([]);
    expect(await tooWide(page)).toEqual([]);
    await page.context().close();
  });

  test('without scripts the page lists every known change', async () => {
    const { page } = await newPage({ javaScriptEnabled: false });
    await page.goto(`${SITE}/versions.html`);
    for (const { anchor, what } of changes) {
      expect(await page.locator(`.vp-doc [id="${anchor}"]`).count()).toBe(1);
      expect(await page.locator('.vp-doc h3', { hasText: what }).count()).toBe(1);
    }
    await page.context().close();
  });
});

test('without a record the site names the commands that add the tables over all versions', async () => {
  const { page } = await newPage();
  await open(page, 'versions');
  const text = (await page.locator('main').textContent()) ?? '';
  if (process.env.SITE_RECORD) expect(text).toContain('Claims by version');
  else expect(text).toContain('npm run site -- --record all.json');
  await page.context().close();
});
