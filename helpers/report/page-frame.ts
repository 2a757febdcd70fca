import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Content, Html, html } from './html.ts';

const read = (file: string): string => readFileSync(join(import.meta.dirname, 'page', file), 'utf8');
const STYLE = read('style.css');
const SCRIPT = read('copy.js');

/** What a page of a report shows. */
export interface PageFrame {
  title: string;
  heading: string;
  /** The class of the verdict, which colours it. */
  outcome: string;
  verdict: string;
  /** The sentence after the verdict, without its full stop. */
  counts: string;
  facts: [name: string, value: Content][];
  sections: [id: string, title: string, content: Content][];
}

/** A page of HTML without further files, complete without its script, which adds copy buttons. */
export function pageFrame({ title, heading, outcome, verdict, counts, facts, sections }: PageFrame): string {
  // Nothing else runs and no URL is fetched, even if text were ever embedded unescaped.
  const policy = `default-src 'none'; style-src ${hashOf(STYLE)}; script-src ${hashOf(SCRIPT)}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<h1>${heading}</h1>
<p class="verdict ${outcome}"><strong>${verdict}</strong> <span>${counts}.</span></p>
<dl>
${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>
<nav aria-label="On this page"><ul>${sections.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
</header>
<main id="content" tabindex="-1">
${sections.map(([id, name, content]) => html`<section id="${id}" aria-labelledby="${id}-title">\n<h2 id="${id}-title">${name}</h2>\n${content}</section>\n`)}</main>
<script>${new Html(SCRIPT)}</script>
</body>
</html>
`.text;
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
