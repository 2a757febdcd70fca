import { claimAnchor } from '../../book/claim-link.ts';
import { type Content, type Html, html } from '../html.ts';

/** What a page needs to link to files of the project. */
export interface PageLinks {
  /** The path from the page's folder to the project: `../..`. */
  toProject: string;
  /** Whether the project has a page for a chapter in docs/. */
  hasPage: (slug: string) => boolean;
}

export const REPORT_LINKS: PageLinks = { toProject: '../..', hasPage: () => true };

/** A place in an error's text: `suites/original-dst/claims.test.ts:13:51`. */
const PLACE = /(?<![\w./-])((?:[\w.-]+\/)+[\w.-]+\.(?:m?ts|mjs)):(\d+)(?::\d+)?/g;

/** Text whose places in source files are links. */
export function withPlaces(text: string, { toProject }: PageLinks): Content[] {
  const parts: Content[] = [];
  let end = 0;
  for (const match of text.matchAll(PLACE)) {
    const [place, file = '', line] = match;
    parts.push(text.slice(end, match.index), html`<a href="${toProject}/${file}#L${line}">${place}</a>`);
    end = match.index + place.length;
  }
  return [...parts, text.slice(end)];
}

/** A link to a claim on its chapter's page; where there is no page, its text. */
export function claimLink(slug: string, title: string, links: PageLinks, text = title): Content {
  return links.hasPage(slug) ? html`<a href="${pageOf(slug, links)}#${claimAnchor(title)}">${text}</a>` : text;
}

/** A link to a chapter's page; undefined where there is none. */
export function pageLink(slug: string, text: string, links: PageLinks): Html | undefined {
  return links.hasPage(slug) ? html`<a href="${pageOf(slug, links)}">${text}</a>` : undefined;
}

/** A link to a file or folder, by its path in the project. */
export function fileLink(path: string, { toProject }: PageLinks): Html {
  return html`<a href="${toProject}/${path.split('/').map(encodeURIComponent).join('/')}">${path}</a>`;
}

function pageOf(slug: string, { toProject }: PageLinks): string {
  return `${toProject}/docs/${slug}.md`;
}
