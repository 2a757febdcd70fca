import { type BookChange, changeAnchor, changesData } from '../book/changes-data.ts';
import { prose } from '../book/markdown.ts';
import { CHANGES, type Change, hasChange } from '../envoy/known-changes.ts';
import { VERSIONS } from '../envoy/versions.ts';

/** A known change as the selector of the versions page shows it. */
export interface SiteChange extends BookChange {
  /** Its anchor on the versions page. */
  anchor: string;
  /** The known versions that have it, oldest first. */
  versions: string[];
}

/**
 * Every known change, newest first, with the claims that the versions page links it to.
 *
 * @throws Error where the page does not have a known change
 */
export function siteChanges(versionsPage: string): SiteChange[] {
  const sections = versionsPage.split(/^(?=#{2,3} )/m);
  return changesData([]).map((change) => {
    const anchor = changeAnchor(change.key);
    const section = sections.find((each) => each.includes(`<a id="${anchor}"></a>${prose(change.what)}\n`));
    if (section === undefined)
      throw new Error(`docs/versions.md does not have the known change "${change.what}": \`npm run book\` writes it`);
    return { ...change, anchor, versions: versionsWith(CHANGES[change.key]), claims: claimsIn(section) };
  });
}

/** The known versions with a change, by the rule of the harness. */
export function versionsWith(change: Pick<Change, 'since'>): string[] {
  return VERSIONS.filter((version) => hasChange(change, version));
}

const CLAIM_LINK = /\[((?:\\.|[^\]\\])+)\]\(([\w-]+)\.md#(claim-[\w-]+)\)/g;

/** The claims that a part of a generated page links to, each once. */
function claimsIn(markdown: string): BookChange['claims'] {
  const claims = new Map<string, BookChange['claims'][number]>();
  for (const [, text = '', slug = '', anchor = ''] of markdown.matchAll(CLAIM_LINK))
    claims.set(`${slug}#${anchor}`, { slug, title: plain(text), anchor });
  return [...claims.values()];
}

/** The text that `prose` made Markdown of. */
function plain(markdown: string): string {
  const entities: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&#123;': '{', '&amp;': '&' };
  return markdown.replaceAll(/\\(.)/g, '$1').replaceAll(/&(lt|gt|amp|#123);/g, (entity) => entities[entity] ?? entity);
}
