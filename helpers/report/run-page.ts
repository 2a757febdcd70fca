import type { RunRecord } from '../record/record.ts';
import { describeCounts, VERDICTS } from '../record/verdict.ts';
import { type Html, html } from './html.ts';
import { claims, overview, skips } from './page/claims.ts';
import { durations } from './page/durations.ts';
import { environment, environmentFacts } from './page/environment.ts';
import { type BundleReader, errors, failures, firstBundles } from './page/failures.ts';
import { type PageLinks, REPORT_LINKS } from './page/links.ts';
import { pageFrame } from './page-frame.ts';
import { describeSubject, duration } from './wording.ts';

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
  const subject = describeSubject(run);
  return pageFrame({
    title: `${run.outcome === 'running' ? 'interrupted' : run.outcome}: ${subject} – envoy-big-book`,
    heading: subject,
    outcome: run.outcome,
    verdict: VERDICTS[run.outcome],
    counts: describeCounts(run),
    facts: facts(run),
    sections,
  });
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
