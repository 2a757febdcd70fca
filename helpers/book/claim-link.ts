import { prose, slugOf } from './markdown.ts';

/** The anchor of a claim on its chapter's page. */
export function claimAnchor(title: string): string {
  return `claim-${slugOf(title)}`;
}

/** @param page absent for a claim of the same page */
export function claimLink(title: string, page = ''): string {
  return `[${prose(title)}](${page}#${claimAnchor(title)})`;
}
