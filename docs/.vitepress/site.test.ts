import { describe, expect, test } from 'vitest';
import { TIMEOUTS } from '../../helpers/constants/timeouts.ts';
import { sampleChapter, sampleClaim, sampleRun } from '../../helpers/record/sample.ts';
import { runPage } from '../../helpers/report/run-page.ts';
import { findings, newPage, open, PHONE, SITE, sources, tooWide } from './browser-page.ts';

describe('every page', () => {
  /** The addresses that pages link to, and the anchors that they have. */
  const links = new Map<string, Set<string>>();
  const anchors = new Map<string, Set<string>>();

  test.each([...sources.keys()])(
    '%s shows its diagrams, logs no error, requests no other host and fits 390 px',
    async (slug) => {
      const { page, problems } = await newPage({ viewport: PHONE });
      await open(page, slug);
      expect(await page.locator('.mermaid').getByText('Syntax error').count()).toBe(0);
      for (const svg of await page.locator('.mermaid [role=img] svg').all()) {
        const size = await svg.boundingBox();
        expect(size?.width).toBeGreaterThan(100);
        expect(size?.height).toBeGreaterThan(50);
      }
      const found = await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
        return {
          ids: [...document.querySelectorAll('[id]')].map(({ id }) => id),
          links: [...document.querySelectorAll<HTMLAnchorElement>('a[href]')].map(({ href }) => href),
        };
      });
      anchors.set(slug, new Set(found.ids));
      links.set(slug, new Set(found.links));
      expect(await tooWide(page)).toEqual([]);
      expect(problems).toEqual([]);
      await page.context().close();
    },
  );

  test('every link leads to an existing page and anchor', () => {
    const dead = [...links].flatMap(([slug, addresses]) =>
      [...addresses].filter(isDead).map((address) => `${slug}: ${address}`),
    );
    expect(dead).toEqual([]);
  });

  function isDead(address: string): boolean {
    const { origin, pathname, hash } = new URL(address);
    if (origin !== SITE) return !/^https:$/.test(new URL(address).protocol);
    const slug = pathname.replace(/^\//, '').replace(/\.html$/, '') || 'index';
    const there = anchors.get(slug);
    return there === undefined || (hash !== '' && !there.has(decodeURIComponent(hash.slice(1))));
  }
});

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test.each(['index', 'original-dst', 'tproxy-outgoing', 'versions', 'how-it-works', 'glossary'])(
    '%s passes axe-core, contrast included',
    async (slug) => {
      const { page, problems } = await newPage({ colorScheme });
      await open(page, slug);
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
      });
      expect(await findings(page)).toEqual([]);
      expect(problems).toEqual([]);
      await page.context().close();
    },
  );

  test("a run's report page passes axe-core and fits 390 px", async () => {
    const failed = sampleClaim({ title: 'another', outcome: 'failed', error: 'expected 200', evidence: 'reports/x' });
    const skipped = sampleClaim({ title: 'a third', outcome: 'skipped', reason: 'no TPROXY' });
    const run = sampleRun([sampleChapter([sampleClaim(), failed, skipped])], { outcome: 'failed' });
    // The page's content security policy would block axe-core.
    const { page, problems } = await newPage({ colorScheme, viewport: PHONE, bypassCSP: true });
    await page.setContent(runPage(run, { readBundle: () => [{ path: 'claim.txt', text: 'x'.repeat(400), left: 7 }] }));
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
    expect(await findings(page)).toEqual([]);
    expect(await tooWide(page)).toEqual([]);
    expect(problems).toEqual([]);
    await page.context().close();
  });
});

test('keyboard: the skip link passes the navigation, and the search leads to a claim', async () => {
  const { page, problems } = await newPage();
  await open(page, 'index');
  await page.keyboard.press('Tab');
  const skip = page.locator(':focus');
  expect(await skip.textContent()).toMatch(/skip to content/i);
  expect((await skip.boundingBox())?.y).toBeGreaterThanOrEqual(0);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.closest('#VPContent') !== null)).toBe(true);

  await page.keyboard.press('Control+k');
  await page.locator('#localsearch-input:focus').waitFor();
  const { slug, title, id } = aClaim();
  // At once: the theme selects the text of the box a moment after it opens, and a key pressed then would replace it.
  await page.keyboard.insertText(title);
  const found = page.locator(`.VPLocalSearchBox .result[href$="/${slug}.html#${id}"]`);
  await found.waitFor();
  while (!(await found.getAttribute('class'))?.includes('selected')) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(new RegExp(`/${slug}\\.html#`));
  const heading = page.locator(`[id="${id}"]`);
  await heading.waitFor();
  await expect
    .poll(async () => (await heading.boundingBox())?.y, { timeout: TIMEOUTS.runMs })
    .toSatisfy((y?: number) => y !== undefined && y >= 0 && y < 720);
  expect(problems).toEqual([]);
  await page.context().close();
});

/** A claim of a chapter's page, with the identifier of its heading on the site. */
function aClaim(): { slug: string; title: string; id: string } {
  const slug = 'original-dst';
  const [, title = ''] = /^### (?:<a id="claim-[^"]*"><\/a>)?([\w .,:]+)$/m.exec(sources.get(slug) ?? '') ?? [];
  const id = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return { slug, title, id };
}

test('keyboard: Enter opens a folded part', async () => {
  const { page } = await newPage();
  await open(page, 'original-dst');
  const summary = page.locator('main summary').first();
  await summary.focus();
  await page.keyboard.press('Enter');
  expect(await page.locator('main details').first().getAttribute('open')).not.toBeNull();
  await page.context().close();
});

test('every focused element has a visible focus', async () => {
  const { page } = await newPage();
  await open(page, 'original-dst');
  for (let stop = 0; stop < 60; stop++) {
    await page.keyboard.press('Tab');
    const unseen = await page.evaluate(() => {
      const focused = document.activeElement;
      if (!focused || focused === document.body) return undefined;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(focused);
      const shown = (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1) || boxShadow !== 'none';
      return shown ? undefined : focused.outerHTML.slice(0, 200);
    });
    expect(unseen).toBeUndefined();
  }
  await page.context().close();
});

test('diagrams follow the switch between light and dark', async () => {
  const { page } = await newPage({ colorScheme: 'light' });
  await open(page, 'original-dst');
  const style = () => page.locator('.mermaid [role=img] svg style').first().textContent();
  const light = await style();
  await page.locator('.VPNavBarAppearance button').click();
  await expect.poll(style, { timeout: TIMEOUTS.runMs }).not.toBe(light);
  await page.context().close();
});

test('without scripts a page is readable, and diagrams show their source', async () => {
  const { page } = await newPage({ javaScriptEnabled: false });
  await page.goto(`${SITE}/original-dst.html`);
  const [, title] = /^title: "(.*)"$/m.exec(sources.get('original-dst') ?? '') ?? [];
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain(title);
  expect(await page.locator('.mermaid pre').first().textContent()).toMatch(/^flowchart/);
  await page.context().close();
});
