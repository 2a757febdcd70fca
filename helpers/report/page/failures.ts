import { describedLines, type Observation } from '../../exchange/observation.ts';
import { RECORDED, RECORDED_KINDS } from '../../exchange/observers/registry.ts';
import { type Trouble, troublesOf } from '../../record/digest.ts';
import type { ClaimRecord, RunRecord } from '../../record/record.ts';
import { replayCommand } from '../../record/replay.ts';
import { type Content, type Html, html } from '../html.ts';
import { counted, describeTrouble, indented } from '../wording.ts';
import { block, command, details } from './elements.ts';
import { claimLink, fileLink, type PageLinks, withPlaces } from './links.ts';

/** A file of a failure bundle. */
export interface BundleFile {
  /** Relative to the bundle's folder: `host/iptables.txt`. */
  path: string;
  text: string;
  /** How many characters the file has beyond `text`. */
  left: number;
}

/** Reads the files of a failure bundle from its folder, relative to the project. */
export type BundleReader = (folder: string) => BundleFile[];

/** How many failure bundles are embedded, so that the page stays small where most claims fail. */
const EMBEDDED = 20;

/** How many lines of a failed claim's observations are open. */
const OPEN_LINES = 80;

/** The failed claims, each with its error, replay command, observations and failure bundle. */
export function failures(run: RunRecord, links: PageLinks, readBundle: BundleReader): Html[] {
  return articles(run, 'failed', links, readBundle);
}

/** Errors outside claims, and the claims without a result. */
export function errors(run: RunRecord, links: PageLinks, readBundle: BundleReader): Html[] {
  const outside = run.errors.map(
    (error) => html`<article class="trouble">
<h3>Outside every claim</h3>
${block(errorText(error, links), 'Error', 'wraps')}</article>
`,
  );
  return [...outside, ...articles(run, 'error', links, readBundle)];
}

/** Reads the first bundles only. */
export function firstBundles(readBundle: BundleReader): BundleReader {
  let read = 0;
  return (folder) => (read++ < EMBEDDED ? readBundle(folder) : []);
}

function articles(run: RunRecord, outcome: Trouble['outcome'], links: PageLinks, readBundle: BundleReader): Html[] {
  const troubles = troublesOf(run).filter((trouble) => trouble.outcome === outcome);
  return troubles.map((trouble) => article(trouble, run, links, readBundle));
}

function article(trouble: Trouble, run: RunRecord, links: PageLinks, readBundle: BundleReader): Html {
  const { envoy, slug, claims, error } = trouble;
  const [only, ...more] = claims;
  const title = more.length === 0 ? only?.title : undefined;
  const bundles = claims.flatMap(({ evidence }) =>
    evidence === undefined ? [] : bundleOf(evidence, readBundle(evidence), links),
  );
  return html`<article class="trouble">
<h3>${describeTrouble(trouble, run)}</h3>
${block(errorText(error, links), `Error of ${slug}`, 'wraps')}${title === undefined ? listOf(slug, claims, links) : aboutClaim(slug, title, links)}<p>Replay:</p>
${command(replayCommand(envoy, slug, title), 'Replay command')}${observed(trouble)}${bundles}</article>
`;
}

function aboutClaim(slug: string, title: string, links: PageLinks): Html | undefined {
  return links.hasPage(slug)
    ? html`<p>${claimLink(slug, title, links, `This claim on the page of ${slug}`)}</p>\n`
    : undefined;
}

function listOf(slug: string, claims: ClaimRecord[], links: PageLinks): Html {
  const items = claims.map(({ title }) => html`<li>${claimLink(slug, title, links)}</li>\n`);
  return details(counted(claims.length, 'claim'), html`<ul>\n${items}</ul>\n`);
}

/** An error whose source places are links, and whose diff has the expected and the received lines in colours. */
function errorText(error: string, links: PageLinks): Content[] {
  const isDiff = /^- Expected$/m.test(error);
  return error.split('\n').flatMap((line, at): Content[] => {
    const text = withPlaces(line, links);
    const sign = isDiff ? /^[-+](?= |$)/.exec(line)?.[0] : undefined;
    const shown =
      sign === undefined ? text : html`<span class="${sign === '-' ? 'expected' : 'received'}">${text}</span>`;
    return at === 0 ? [shown] : ['\n', shown];
  });
}

function bundleOf(folder: string, files: BundleFile[], links: PageLinks): Html {
  if (files.length === 0) return html`<p>Failure bundle: ${fileLink(folder, links)}</p>\n`;
  const contents = files.map(({ path, text, left }) =>
    details(html`<code>${path}</code>`, [
      block(text, path),
      left > 0 ? html`<p class="dim">The file has ${left.toLocaleString('en')} more characters.</p>\n` : undefined,
    ]),
  );
  const summary = html`Failure bundle: ${counted(files.length, 'file')} <span class="dim">in ${folder}</span>`;
  return details(summary, [html`<p>Folder: ${fileLink(folder, links)}</p>\n`, ...contents]);
}

/** The recorded observations of claims, by exchange; open for a failed claim, as long as they are short together. */
function observed({ claims, outcome }: Trouble): Html[] {
  const all = claims.flatMap(({ observations }) => observations);
  let lines = 0;
  return all.map((observation) => {
    const text = observationText(observation);
    lines += text.split('\n').length;
    const content = [
      block(text, observation.exchange),
      details('Masked record (JSON)', block(JSON.stringify(observation, null, 2), `JSON of ${observation.exchange}`)),
    ];
    const summary = html`Observed: <code>${observation.exchange}</code>`;
    return details(summary, content, { open: outcome === 'failed' && lines <= OPEN_LINES });
  });
}

/** An observation as text, a heading for each kind. */
function observationText(observation: Observation): string {
  const sections = RECORDED_KINDS.flatMap((kind) => {
    const lines = describedLines(observation, kind);
    return lines.length > 0 ? [`${RECORDED[kind].title}:\n${indented(lines.join('\n'), 2)}`] : [];
  });
  return sections.join('\n');
}
