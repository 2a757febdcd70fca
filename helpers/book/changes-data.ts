import { CHANGES, type Change, describeSince } from '../envoy/known-changes.ts';
import { compareVersions } from '../envoy/versions.ts';
import type { ChangeName } from '../record/kills.ts';
import { claimAnchor } from './claim-link.ts';
import { inBookOrder } from './contents.ts';
import { prose } from './markdown.ts';
import type { ChapterSource } from './sources.ts';

/** A known change with the claims that depend on it. */
export interface BookChange extends Pick<Change, 'what' | 'source'> {
  key: ChangeName;
  /** The first version with the change; after a backport, the first of each minor version, oldest first. */
  since: string[];
  claims: { slug: string; title: string; anchor: string }[];
}

/** Every known change, newest first, its claims in the order of the book. */
export function changesData(chapters: Pick<ChapterSource, 'scenario' | 'claims'>[]): BookChange[] {
  const sorted = inBookOrder(chapters);
  const changes = (Object.entries(CHANGES) as [ChangeName, Change][]).map(([key, { since, what, source }]) => ({
    ...{ key, since: [since].flat(), what, source },
    claims: sorted.flatMap(({ scenario: { slug }, claims }) =>
      claims
        .filter((claim) => claim.changes.some((change) => change.what === what))
        .map(({ title }) => ({ slug, title, anchor: claimAnchor(title) })),
    ),
  }));
  return changes.toSorted((a, b) => compareVersions(b.since.at(-1) ?? '', a.since.at(-1) ?? ''));
}

/** The name of a change's anchor on the page of the versions. */
export function changeAnchor(key: ChangeName): string {
  return `change-${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** A change as a link to its entry on the page of the versions: `since 1.38.1: …`. */
export function changeLink({ since, what }: Pick<BookChange, 'what'> & { since: string | readonly string[] }): string {
  const text = prose(`${describeSince({ since })}: ${what}`);
  const found = (Object.entries(CHANGES) as [ChangeName, Change][]).find(([, change]) => change.what === what);
  return found ? `[${text}](versions.md#${changeAnchor(found[0])})` : text;
}
