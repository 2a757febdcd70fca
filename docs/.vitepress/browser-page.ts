import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { findBrowser } from '../../fixtures/setup/browser.mjs';
import { TIMEOUTS } from '../../helpers/constants/timeouts.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

/** The site's origin: requests to it are answered from the folder `site/`. */
export const SITE = 'http://localhost';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const PHONE = { width: 390, height: 844 };

/** The pages of docs/ by name, in Markdown. */
export const sources = new Map(
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

/** Opens a page without storage that reaches only the site, and collects its errors, warnings and failed requests. */
export async function newPage(options: BrowserContextOptions = {}): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(TIMEOUTS.runMs);
  const problems: string[] = [];
  await context.route(
    (url) => url.protocol !== 'file:',
    (route) => {
      const { origin, pathname } = new URL(route.request().url());
      const path = join(ROOT, 'site', decodeURIComponent(pathname).replace(/\/$/, '/index.html'));
      if (origin === SITE) return route.fulfill(existsSync(path) ? { path } : { status: 404 });
      problems.push(`asked for ${route.request().url()}`);
      return route.abort();
    },
  );
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('requestfailed', (request) => problems.push(`failed: ${request.url()}`));
  return { page, problems };
}

export async function open(page: Page, slug: string): Promise<void> {
  await page.goto(`${SITE}/${slug}.html`);
  await page.waitForFunction(
    (count) => document.querySelectorAll('.mermaid [role=img] svg').length === count,
    diagramsOf(slug),
  );
}

function diagramsOf(slug: string): number {
  return sources.get(slug)?.match(/^```mermaid$/gm)?.length ?? 0;
}

/** The violations that axe-core finds, a line each. */
export async function findings(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.slice(0, 3).map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
    );
  });
}

/** What is wider than the window: the page, or an element that no box around it scrolls. */
export async function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const scrolls = (element: Element): boolean => /auto|scroll/.test(getComputedStyle(element).overflowX);
    const isReached = (element: Element): boolean => {
      for (let at: Element | null = element; at; at = at.parentElement) if (scrolls(at)) return true;
      return element.getBoundingClientRect().right <= window.innerWidth;
    };
    const content = document.querySelectorAll('main :is(table, pre, svg, p, li, h1, h2, h3, select)');
    const unreached = [...content].filter((element) => !isReached(element)).map(({ outerHTML }) => outerHTML);
    const { scrollWidth } = document.documentElement;
    const whole = scrollWidth > window.innerWidth ? [`the page: ${scrollWidth} px`] : [];
    return [...whole, ...unreached.map((html) => html.slice(0, 200))];
  });
}
