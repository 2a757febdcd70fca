import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '../record/record.ts';
import { describeCounts, VERDICTS } from '../record/verdict.ts';
import { Html, html } from './html.ts';
import { claims, overview, skips } from './page/claims.ts';
import { durations } from './page/durations.ts';
import { environment, environmentFacts } from './page/environment.ts';
import { type BundleReader, errors, failures, firstBundles } from './page/failures.ts';
import { type PageLinks, REPORT_LINKS } from './page/links.ts';
import { describeSubject, duration } from './wording.ts';

const read = (file: string): string => readFileSync(join(import.meta.dirname, 'page', file), 'utf8');
const STYLE = read('style.css');
const SCRIPT = read('copy.js');

export interface PageOptions {
  /** Reads the failure bundles to embed; by default none. */
  readBundle?: BundleReader;
  /** By default those of a page in `reports/<id>/`. */
  links?: PageLinks;
}

/**
 * A run as one page of HTML without further files: environment, outcome, failed claims with their failure bundles, skipped
 * claims, claims on every Envoy, and durations. It is complete without its script, which adds copy buttons.
 */
export function runPage(run: RunRecord, { readBundle = () => [], links = REPORT_LINKS }: PageOptions = {}): string {
  const readFirst = firstBundles(readBundle);
  const all: [id: string, title: string, content: Html[]][] = [
    ['failures', 'Failed claims', failures(run, links, readFirst)],
    ['errors', 'Errors', errors(run, links, readFirst)],
    ['skipped', 'Skipped claims', skips(run)],
    ['chapters', 'Chapters', overview(run)],
    ['claims', 'Claims', claims(run, links)],
    ['durations', 'Durations', durations(run)],
    ['environment', 'Environment', run.envoys.map(environment)],
  ];
  const sections = all.filter(([, , content]) => content.length > 0);
  // Nothing else runs and no URL is fetched, even if text were ever embedded unescaped.
  const policy = `default-src 'none'; style-src ${hashOf(STYLE)}; script-src ${hashOf(SCRIPT)}`;
  const subject = describeSubject(run);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${run.outcome === 'running' ? 'interrupted' : run.outcome}: ${subject} – envoy-big-book</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<h1>${subject}</h1>
<p class="verdict ${run.outcome}"><strong>${VERDICTS[run.outcome]}</strong> <span>${describeCounts(run)}.</span></p>
<dl>
${facts(run).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>
<nav aria-label="On this page"><ul>${sections.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
</header>
<main id="content" tabindex="-1">
${sections.map(([id, title, content]) => html`<section id="${id}" aria-labelledby="${id}-title">\n<h2 id="${id}-title">${title}</h2>\n${content}</section>\n`)}</main>
<script>${new Html(SCRIPT)}</script>
</body>
</html>
`.text;
}

function facts(run: RunRecord): [name: string, value: Html | string][] {
  const { id, started, command, seed, durationMs } = run;
  return [
    ...environmentFacts(run),
    ['Run', id],
    ['Started', html`<time datetime="${started}">${started}</time>`],
    ['Duration', duration(durationMs)],
    ...(command === undefined ? [] : [['Command', html`<code>${command}</code>`] satisfies [string, Html]]),
    ...(seed === undefined ? [] : [['Claim order', `--seed ${seed}`] satisfies [string, string]]),
  ];
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
