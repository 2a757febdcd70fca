import type { RunRecord } from '../../record/record.ts';
import { type Html, html } from '../html.ts';
import { counted, duration } from '../wording.ts';
import { table } from './elements.ts';

/** How many of the slowest chapters and claims are listed. */
const SLOWEST = 10;

/** The duration of a chapter or a claim. */
interface Timed {
  slug: string;
  what: string;
  envoy: string;
  ms: number;
}

/** The slowest chapters and claims. */
export function durations(run: RunRecord): Html[] {
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
  const caption = 'The slowest chapters, from the start of the lab to the end of the last claim';
  return [...slowest(caption, 'parts', chapters, several), ...slowest('The slowest claims', 'claim', claims, several)];
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
  return [table(caption, ['chapter', ...(several ? ['Envoy'] : []), what, 'duration'], rows)];
}
