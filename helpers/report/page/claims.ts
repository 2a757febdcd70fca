import { describeChange } from '../../envoy/known-changes.ts';
import {
  type ChapterAcross,
  changesOf,
  chaptersAcross,
  notSelectedOf,
  skipReasons,
  tally,
} from '../../record/digest.ts';
import type { ChapterRecord, ClaimRecord, EnvoyRecord, RunRecord } from '../../record/record.ts';
import { MARKS } from '../../record/verdict.ts';
import { Html, html } from '../html.ts';
import { counted, duration } from '../wording.ts';
import { markOf, table } from './elements.ts';
import { claimLink, fileLink, type PageLinks, pageLink } from './links.ts';

/** Each reason for which claims were skipped, with their number. */
export function skips(run: RunRecord): Html[] {
  const items = skipReasons(run).map(({ reason, claims }) => html`<li>${counted(claims, 'claim')}: ${reason}</li>\n`);
  return items.length === 0 ? [] : [html`<ul>\n${items}</ul>\n`];
}

/** One row per chapter, one column per Envoy: the number of claims by outcome. */
export function overview(run: RunRecord): Html[] {
  const across = failedFirst(chaptersAcross(run));
  if (across.length === 0) return [];
  const rows = across.map(({ chapter, on }) => [
    html`<th scope="row"><a href="#chapter-${chapter.slug}">${chapter.slug}</a></th>`,
    ...run.envoys.map((envoy) => html`<td>${tallyOf(on.get(envoy)?.claims)}</td>`),
  ]);
  const heads = ['chapter', ...run.envoys.map(({ name }) => name)];
  const signs = Object.entries(MARKS).filter(
    ([outcome]) => outcome !== 'partial' && (outcome !== 'running' || run.outcome === 'running'),
  );
  return [
    table(`Claims of each chapter: ${signs.map(([outcome, mark]) => `${mark} ${outcome}`).join(', ')}`, heads, rows),
  ];
}

/** Each chapter with each of its claims on each Envoy. */
export function claims(run: RunRecord, links: PageLinks): Html[] {
  const across = failedFirst(chaptersAcross(run));
  return across.map((each) => chapterDetails(each, run.envoys, across.length === 1, links));
}

/** Chapters with a failed claim first, then those with an error. */
function failedFirst(across: ChapterAcross[]): ChapterAcross[] {
  const rank = ({ on }: ChapterAcross): number => {
    const outcomes = new Set(claimsIn(on).map(({ outcome }) => outcome));
    return outcomes.has('failed') ? 0 : outcomes.has('error') ? 1 : 2;
  };
  return across.toSorted((a, b) => rank(a) - rank(b));
}

function claimsIn(on: ChapterAcross['on']): ClaimRecord[] {
  return [...on.values()].flatMap((chapter) => chapter.claims);
}

function tallyOf(claims: ClaimRecord[] = []): Html[] {
  const counts = Object.entries(tally(claims)) as [ClaimRecord['outcome'], number][];
  return counts.flatMap(([outcome, count]) =>
    count > 0
      ? html`<span class="${outcome} whole">${markOf(outcome)} ${count}<span class="unseen"> ${outcome}</span></span> `
      : [],
  );
}

/** A chapter with each of its claims on each Envoy; open after a failure or if it is alone. */
function chapterDetails({ chapter, on }: ChapterAcross, envoys: EnvoyRecord[], only: boolean, links: PageLinks): Html {
  const { slug, title, requirement, topology, envoyConfig } = chapter;
  const all = claimsIn(on);
  const open = only || all.some(({ outcome }) => outcome === 'failed' || outcome === 'error');
  const titles = [...new Set(all.map((claim) => claim.title))];
  const rows = titles.map((claimTitle) => {
    const each = envoys.map((envoy) => on.get(envoy)?.claims.find((claim) => claim.title === claimTitle));
    const notes = changesOf(each).map((change) => html`<span class="note">${describeChange(change)}</span>`);
    return [html`<th scope="row">${claimLink(slug, claimTitle, links)}${notes}</th>`, ...each.map(claimCell)];
  });
  const starts = envoys.map((envoy) => {
    const ms = on.get(envoy)?.labStartMs;
    return html`<td class="whole">${ms === undefined ? '' : duration(ms)}</td>`;
  });
  rows.push([html`<th scope="row" class="dim">lab start</th>`, ...starts]);
  const config = envoyConfig === undefined ? 'without Envoy' : fileLink(`envoy-configs/${envoyConfig}`, links);
  return html`<details id="chapter-${slug}"${new Html(open ? ' open' : '')}>
<summary><h3>${title}</h3> <span class="dim">${slug}</span> ${tallyOf(all)}${notSelected(on)}</summary>
<p>${requirement} ${pageLink(slug, 'Chapter page', links)} <span class="dim">(${topology}, ${config})</span></p>
${table(`Claims of ${slug}`, ['claim', ...envoys.map(({ name }) => name)], rows)}${warningsOf(on)}</details>
`;
}

function notSelected(on: ChapterAcross['on']): Html | undefined {
  const left = notSelectedOf(on.values());
  return left > 0 ? html`<span class="dim">${left} not selected</span>` : undefined;
}

function claimCell(claim: ClaimRecord | undefined): Html {
  if (!claim) return html`<td></td>`;
  const { outcome, durationMs } = claim;
  return html`<td class="whole"><span class="${outcome}">${markOf(outcome)}<span class="unseen">${outcome}</span></span> ${duration(durationMs)}</td>`;
}

/** Each warning of Envoy's log once, with the versions that logged it. */
function warningsOf(on: Map<EnvoyRecord, ChapterRecord>): Html | undefined {
  const warned = new Map<string, string[]>();
  for (const [{ name }, { warnings = [] }] of on) {
    for (const warning of warnings) warned.set(warning, [...(warned.get(warning) ?? []), name]);
  }
  if (warned.size === 0) return undefined;
  return html`<p>Warnings that Envoy logged at start-up:</p>
<ul>
${[...warned].map(([warning, names]) => html`<li>${on.size > 1 ? `${names.join(', ')}: ` : ''}${warning}</li>\n`)}</ul>
`;
}
