import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeChange } from '../envoy/known-changes.ts';
import { type ChapterAcross, changesOf, chaptersAcross, skipReasons, tally, troublesOf } from '../record/digest.ts';
import type { ChapterRecord, ClaimRecord, EnvoyRecord, RunRecord } from '../record/record.ts';
import { replayCommand } from '../record/replay.ts';
import { describeCounts, describeLacking, MARKS, VERDICTS } from '../record/verdict.ts';
import { Html, html } from './html.ts';
import { counted, describeMachine, describeTrouble, duration } from './wording.ts';

/** A file of a failure bundle. */
export interface EvidenceFile {
  /** Relative to the bundle's folder: `host/iptables.txt`. */
  path: string;
  text: string;
  /** How many characters the file has beyond `text`. */
  left: number;
}

/** Reads the files of a failure bundle from its folder, relative to the project. */
type EvidenceReader = (folder: string) => EvidenceFile[];

const STYLE = readFileSync(join(import.meta.dirname, 'run-page.css'), 'utf8');

/** How many of the slowest chapters and claims are listed. */
const SLOWEST = 10;

/** How many failure bundles are embedded, so that the page stays small where most claims fail. */
const WITH_EVIDENCE = 20;

/**
 * A run as one page of HTML without scripts or further files: outcome, errors with their failure
 * bundles, skipped claims, claims on every Envoy, durations, and the environment.
 */
export function runPage(run: RunRecord, readEvidence: EvidenceReader = () => []): string {
  const all: [id: string, title: string, content: Html[]][] = [
    ['trouble', 'What went wrong', troubles(run, readEvidence)],
    ['skipped', 'Not tried here', skips(run)],
    ['chapters', 'Chapters', overview(run)],
    ['claims', 'Claims', claims(run)],
    ['timings', 'Where the time went', timings(run)],
    ['ground', 'On what', run.envoys.map(ground)],
  ];
  const sections = all.filter(([, , content]) => content.length > 0);
  // No script runs and no URL is fetched, even if text were ever embedded unescaped.
  const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;
  const verdict = VERDICTS[run.outcome];
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${verdict} envoy-big-book, run ${run.id}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<h1>envoy-big-book</h1>
<p class="verdict ${run.outcome}"><strong>${verdict}</strong> <span>${describeCounts(run)}.</span></p>
<p>Run ${run.id}, started <time datetime="${run.started}">${run.started}</time>, ${duration(run.durationMs)}.</p>
<nav aria-label="On this page"><ul>${sections.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
</header>
<main id="content" tabindex="-1">
${sections.map(([id, title, content]) => html`<section id="${id}" aria-labelledby="${id}-title">\n<h2 id="${id}-title">${title}</h2>\n${content}</section>\n`)}</main>
</body>
</html>
`.text;
}

function troubles(run: RunRecord, readEvidence: EvidenceReader): Html[] {
  let shown = 0;
  const parts = troublesOf(run).map((trouble) => {
    const { envoy, slug, outcome, claims, error } = trouble;
    const evidence = claims.flatMap(({ evidence: folder }) => {
      if (folder === undefined) return [];
      shown += 1;
      return [evidenceOf(folder, shown <= WITH_EVIDENCE ? readEvidence(folder) : [])];
    });
    const alone = claims.length === 1 ? claims[0]?.title : undefined;
    return html`<article class="trouble">
<h3>${describeTrouble(trouble, run)}</h3>
<p><span class="${outcome}">${outcome === 'failed' ? 'Failed' : 'Set-up or lab trouble'}</span>:</p>
${block(error, `What ${slug} ended with`)}<p>Replay:</p>
${block(replayCommand(envoy, slug, alone), 'Command that replays it')}${observed(claims)}${evidence}</article>
`;
  });
  const errors = run.errors.map(
    (error) => html`<article class="trouble">
<h3>Outside every claim</h3>
${block(error, 'What went wrong')}</article>
`,
  );
  return [...errors, ...parts];
}

function evidenceOf(folder: string, files: EvidenceFile[]): Html {
  if (files.length === 0) return html`<p>Evidence: <code>${folder}</code></p>\n`;
  return html`<details>
<summary>Evidence: ${counted(files.length, 'file')} <span class="dim">in ${folder}</span></summary>
${files.map(
  ({ path, text, left }) => html`<details>
<summary><code>${path}</code></summary>
${block(text, path)}${left > 0 ? html`<p class="dim">The file has ${left.toLocaleString('en')} characters more.</p>\n` : undefined}</details>
`,
)}</details>
`;
}

/** The recorded observations of failed claims. */
function observed(claims: ClaimRecord[]): Html[] {
  const all = claims.flatMap(({ observations }) => observations);
  return all.map(
    (observation) => html`<details>
<summary>Observed: <code>${observation.exchange}</code></summary>
${block(JSON.stringify(observation, null, 2), observation.exchange)}</details>
`,
  );
}

function skips(run: RunRecord): Html[] {
  const items = skipReasons(run).map(({ reason, claims }) => html`<li>${counted(claims, 'claim')}: ${reason}</li>\n`);
  return items.length === 0 ? [] : [html`<ul>\n${items}</ul>\n`];
}

/** One row per chapter, one column per Envoy: the number of claims by outcome. */
function overview(run: RunRecord): Html[] {
  const across = chaptersAcross(run);
  if (across.length === 0) return [];
  const rows = across.map(({ chapter, on }) => [
    html`<th scope="row"><a href="#chapter-${chapter.slug}">${chapter.slug}</a></th>`,
    ...run.envoys.map((envoy) => html`<td>${tallyOf(on.get(envoy)?.claims)}</td>`),
  ]);
  const heads = ['chapter', ...run.envoys.map(({ name }) => name)];
  return [table('Claims of each chapter: ✓ passed, ✗ failed, – skipped, ! error', heads, rows)];
}

function tallyOf(claims: ClaimRecord[] = []): Html[] {
  const counts = Object.entries(tally(claims)) as [ClaimRecord['outcome'], number][];
  return counts.flatMap(([outcome, count]) =>
    count > 0
      ? html`<span class="${outcome} whole">${markOf(outcome)} ${count}<span class="unseen"> ${outcome}</span></span> `
      : [],
  );
}

function claims(run: RunRecord): Html[] {
  const across = chaptersAcross(run);
  return across.map((each) => chapterDetails(each, run.envoys, across.length === 1));
}

/** A chapter with each of its claims on each Envoy; open after a failure or if it is alone. */
function chapterDetails({ chapter, on }: ChapterAcross, envoys: EnvoyRecord[], only: boolean): Html {
  const all = [...on.values()].flatMap(({ claims }) => claims);
  const open = only || all.some(({ outcome }) => outcome === 'failed' || outcome === 'error');
  const titles = [...new Set(all.map(({ title }) => title))];
  const rows = titles.map((title) => {
    const each = envoys.map((envoy) => on.get(envoy)?.claims.find((claim) => claim.title === title));
    const notes = changesOf(each).map((change) => html`<span class="note">${describeChange(change)}</span>`);
    return [html`<th scope="row">${title}${notes}</th>`, ...each.map(claimCell)];
  });
  const starts = envoys.map((envoy) => {
    const ms = on.get(envoy)?.labStartMs;
    return html`<td class="number">${ms === undefined ? '' : duration(ms)}</td>`;
  });
  rows.push([html`<th scope="row" class="dim">lab start</th>`, ...starts]);
  return html`<details id="chapter-${chapter.slug}"${new Html(open ? ' open' : '')}>
<summary><h3>${chapter.title}</h3> <span class="dim">${chapter.slug}</span> ${tallyOf(all)}</summary>
<p>${chapter.requirement} <span class="dim">(${chapter.topology}, ${chapter.envoyConfig ?? 'without Envoy'})</span></p>
${table(`The claims of ${chapter.slug}`, ['claim', ...envoys.map(({ name }) => name)], rows)}${warningsOf(on)}</details>
`;
}

function claimCell(claim: ClaimRecord | undefined): Html {
  if (!claim) return html`<td></td>`;
  const { outcome, durationMs } = claim;
  return html`<td class="number"><span class="${outcome}">${markOf(outcome)}<span class="unseen">${outcome}</span></span> ${duration(durationMs)}</td>`;
}

/** Each warning of Envoy's log once, with the versions that logged it. */
function warningsOf(on: Map<EnvoyRecord, ChapterRecord>): Html | undefined {
  const warned = new Map<string, string[]>();
  for (const [{ name }, { warnings = [] }] of on) {
    for (const warning of warnings) warned.set(warning, [...(warned.get(warning) ?? []), name]);
  }
  if (warned.size === 0) return undefined;
  return html`<p>What Envoy warned of when it started:</p>
<ul>
${[...warned].map(([warning, names]) => html`<li>${on.size > 1 ? `${names.join(', ')}: ` : ''}${warning}</li>\n`)}</ul>
`;
}

/** The duration of a chapter or a claim. */
interface Timed {
  slug: string;
  what: string;
  envoy: string;
  ms: number;
}

function timings(run: RunRecord): Html[] {
  const several = run.envoys.length > 1;
  const all = run.envoys.flatMap(({ name, chapters }) => chapters.map((chapter) => ({ envoy: name, ...chapter })));
  const chapters = all.map(({ envoy, slug, labStartMs = 0, claims }): Timed => {
    const claimsMs = claims.reduce((sum, { durationMs }) => sum + durationMs, 0);
    const what = `lab start ${duration(labStartMs)}, ${counted(claims.length, 'claim')} ${duration(claimsMs)}`;
    return { slug, what, envoy, ms: labStartMs + claimsMs };
  });
  const claims = all.flatMap(({ envoy, slug, claims }) =>
    claims.map(({ title, durationMs }): Timed => ({ slug, what: title, envoy, ms: durationMs })),
  );
  const caption = 'The slowest chapters, each from the start of its lab to the end of its last claim';
  return [...slowest(caption, 'what', chapters, several), ...slowest('The slowest claims', 'claim', claims, several)];
}

function slowest(caption: string, what: string, timed: Timed[], several: boolean): Html[] {
  const first = timed.toSorted((a, b) => b.ms - a.ms).slice(0, SLOWEST);
  const longest = first[0]?.ms ?? 0;
  if (longest === 0) return [];
  const rows = first.map((each) => [
    html`<th scope="row">${each.slug}</th>`,
    ...(several ? [html`<td>${each.envoy}</td>`] : []),
    html`<td>${each.what}</td>`,
    html`<td class="number">${duration(each.ms)}<progress max="${longest}" value="${each.ms}" aria-hidden="true"></progress></td>`,
  ]);
  return [table(caption, ['chapter', ...(several ? ['Envoy'] : []), what, 'time'], rows)];
}

function ground({ name, build, machine }: EnvoyRecord): Html {
  const rows: [string, Html | string][] = [
    ['Envoy', build ? `${build.version}, commit ${build.commit}` : 'was not met'],
    ['Build', build ? html`<code>${build.fullVersion}</code>` : 'unknown'],
    ['Image', build ? html`<code>${build.image}</code> (${build.source})` : 'unknown'],
    ['Machine', machine ? describeMachine(machine) : 'not probed'],
    ['Kernel', machine ? machine.kernel : 'not probed'],
    ['Rules', machine ? html`by <code>${machine.backend}</code>` : 'not probed'],
    ['Lacking', machine ? describeLacking(machine) : 'not probed'],
  ];
  const cells = rows.map(([title, value]) => [html`<th scope="row">${title}</th>`, html`<td>${value}</td>`]);
  return html`<h3>${name}</h3>\n${table(`What ran as ${name}`, [], cells)}`;
}

/** A table that scrolls if it is wider than the page; the tab stop makes it scroll by keyboard. */
function table(caption: string, heads: string[], rows: Html[][]): Html {
  const cells = heads.map((title) => html`<th scope="col">${title}</th>`);
  const head = heads.length > 0 ? html`<thead><tr>${cells}</tr></thead>\n` : undefined;
  return html`<div class="scroll" role="group" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
${head}<tbody>
${rows.map((cells) => html`<tr>${cells}</tr>\n`)}</tbody>
</table></div>
`;
}

/** Preformatted text in a box that scrolls by itself. */
function block(text: string, label: string): Html {
  return html`<pre role="group" aria-label="${label}" tabindex="0">${text}</pre>\n`;
}

function markOf(outcome: ClaimRecord['outcome']): Html {
  return html`<span aria-hidden="true">${MARKS[outcome]}</span>`;
}
