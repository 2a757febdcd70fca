import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBrowser } from '../../fixtures/setup/browser.mjs';
import { TIMEOUTS } from '../../helpers/constants/timeouts.ts';
import { sampleChapter, sampleClaim, sampleRun } from '../../helpers/record/sample.ts';
import { runPage } from '../../helpers/report/run-page.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

/** The site's origin. The browser gets its files from the folder, as from a server without any rules of its own. */
const SITE = 'http://localhost';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** As narrow as phones in use are. */
const PHONE = { width: 360, height: 740 };

const sources = new Map(
  readdirSync(join(ROOT, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => [file.replace(/\.md$/, ''), readFileSync(join(ROOT, 'docs', file), 'utf8')]),
);

let browser: Browser;

beforeAll(async () => {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error('there is no Chromium: `node bin/setup.mjs --browser` installs it');
  if (!existsSync(join(ROOT, 'site/index.html'))) throw new Error('there is no site: `npm run site` builds it');
  browser = await chromium.launch({
    executablePath,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  });
});

afterAll(() => browser?.close());

/** A page of a browser that has seen nothing, and what went wrong on it. Nothing but the site is reached from it. */
async function newPage(options: BrowserContextOptions = {}): Promise<{ page: Page; troubles: string[] }> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(TIMEOUTS.runMs);
  const troubles: string[] = [];
  await context.route(
    (url) => url.protocol !== 'file:',
    (route) => {
      const { origin, pathname } = new URL(route.request().url());
      const path = join(ROOT, 'site', decodeURIComponent(pathname).replace(/\/$/, '/index.html'));
      if (origin === SITE) return route.fulfill(existsSync(path) ? { path } : { status: 404 });
      troubles.push(`asked for ${route.request().url()}`);
      return route.abort();
    },
  );
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') troubles.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
  page.on('requestfailed', (request) => troubles.push(`failed: ${request.url()}`));
  return { page, troubles };
}

async function open(page: Page, slug: string): Promise<void> {
  await page.goto(`${SITE}/${slug}.html`);
  await page.waitForFunction(
    (count) => document.querySelectorAll('.mermaid [role=img] svg').length === count,
    diagramsOf(slug),
  );
}

function diagramsOf(slug: string): number {
  return sources.get(slug)?.match(/^```mermaid$/gm)?.length ?? 0;
}

/** What axe-core finds against WCAG and its own good practice, a line each. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.slice(0, 3).map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
    );
  });
}

async function scrollsSideways(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
}

describe('every page', () => {
  /** The addresses that pages link to, and the anchors that they have. */
  const links = new Map<string, Set<string>>();
  const anchors = new Map<string, Set<string>>();

  test.each([...sources.keys()])('%s has its diagrams, no trouble and nothing wider than a phone', async (slug) => {
    const { page, troubles } = await newPage({ viewport: PHONE });
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
    expect(await scrollsSideways(page)).toBe(false);
    expect(troubles).toEqual([]);
    await page.context().close();
  });

  test('every link leads to a page and an anchor that are there', () => {
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
    '%s follows the rules of axe-core, contrast among them',
    async (slug) => {
      const { page, troubles } = await newPage({ colorScheme });
      await open(page, slug);
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
      });
      expect(await findings(page)).toEqual([]);
      expect(troubles).toEqual([]);
      await page.context().close();
    },
  );

  test("so does a run's page, which is no wider than a phone either", async () => {
    const failed = sampleClaim({ title: 'another', outcome: 'failed', error: 'expected 200', evidence: 'reports/x' });
    const skipped = sampleClaim({ title: 'a third', outcome: 'skipped', reason: 'no TPROXY' });
    const run = sampleRun([sampleChapter([sampleClaim(), failed, skipped])], { outcome: 'failed' });
    // The page's own policy lets axe-core not be run either.
    const { page, troubles } = await newPage({ colorScheme, viewport: PHONE, bypassCSP: true });
    await page.setContent(runPage(run, { readBundle: () => [{ path: 'claim.txt', text: 'x'.repeat(400), left: 7 }] }));
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
    expect(await findings(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
    expect(troubles).toEqual([]);
    await page.context().close();
  });
});

test('by keyboard alone: past the navigation, and to a claim by search', async () => {
  const { page, troubles } = await newPage();
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
  // At once: the theme selects what is in the box a moment after it has opened, and a key typed then would replace it.
  await page.keyboard.insertText('an ORIGINAL_DST cluster connects to the dialled address and ignores the Host header');
  const found = page.locator(
    '.VPLocalSearchBox .result[href$="/original-dst.html#an-original-dst-cluster-connects-to-the-dialled-address-and-ignores-the-host-header"]',
  );
  await found.waitFor();
  while (!(await found.getAttribute('class'))?.includes('selected')) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/original-dst\.html#/);
  const heading = page.getByRole('heading', {
    name: 'an ORIGINAL_DST cluster connects to the dialled address and ignores the Host header',
  });
  await heading.waitFor();
  await expect
    .poll(async () => (await heading.boundingBox())?.y, { timeout: TIMEOUTS.runMs })
    .toSatisfy((y?: number) => y !== undefined && y >= 0 && y < 720);
  expect(troubles).toEqual([]);
  await page.context().close();
});

test('whatever has the focus shows it', async () => {
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

test('without a script a page can be read, and diagrams as their source', async () => {
  const { page } = await newPage({ javaScriptEnabled: false });
  await page.goto(`${SITE}/original-dst.html`);
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('REDIRECT keeps');
  expect(await page.locator('.mermaid pre').first().textContent()).toMatch(/^flowchart/);
  await page.context().close();
});
