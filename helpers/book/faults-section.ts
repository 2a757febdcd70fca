import { PROGRAM_OF_CHECKOUT } from '../constants/program.ts';
import { killedBy } from '../record/kills.ts';
import { killsFile } from '../scenario/suite-files.ts';
import { claimLink } from './claim-link.ts';
import { code, fileLink, type Part, proseWithCode, table } from './markdown.ts';
import type { ChapterSource } from './sources.ts';

/** How many claims a cell names at most. */
const NAMED = 2;

/** The faults of a chapter, each with the claims that detect it. */
export function faultsSection({ scenario: { slug }, faults, kills, claims }: ChapterSource): Part[] {
  const titles = claims.map(({ title }) => title);
  const rows = Object.entries(faults).map(([name, { why }]) => {
    const detecting = kills ? killedBy(kills, name, titles) : [];
    return [proseWithCode(name), proseWithCode(why), detectingText(detecting, titles)];
  });
  return [
    '## Faults',
    `${code(`${PROGRAM_OF_CHECKOUT} prove ${slug}`)} injects each fault and checks that the expected claims fail, and no other. ${fileLink(killsFile(slug))} lists them.`,
    table(['fault', 'why claims detect it', 'detected by'], rows),
  ];
}

/** The number of detecting claims; few of them, or few that do not detect, by name. */
function detectingText(detecting: string[], titles: string[]): string {
  const others = titles.filter((title) => !detecting.includes(title));
  const links = (claims: string[]): string => claims.map((title) => claimLink(title)).join('; ');
  if (detecting.length === 0) return '0';
  if (others.length === 0) return `all ${titles.length}`;
  if (detecting.length <= NAMED) return `${detecting.length}: ${links(detecting)}`;
  return others.length <= NAMED ? `${detecting.length}, all but ${links(others)}` : `${detecting.length}`;
}
