import { describedLines, type Observation } from '../exchange/observation.ts';
import { RECORDED, RECORDED_KINDS } from '../exchange/observers/registry.ts';
import { changeLink } from './changes-data.ts';
import { claimAnchor } from './claim-link.ts';
import { block, code, details, html, proseWithCode } from './markdown.ts';
import { hasValue, kindName, type ReadValue, readValues } from './reads.ts';
import type { BookClaim } from './sources.ts';

/** A chapter's first exchange with everything that was observed of it, behind a summary. */
export function firstExchange(seen: Observation): string {
  const kinds = RECORDED_KINDS.flatMap((kind) => {
    const lines = describedLines(seen, kind);
    const { title } = RECORDED[kind];
    if (kind === 'stats') return lines.length > 0 ? [`${title}:`, ...inPairs(lines).map((line) => `  ${line}`)] : [];
    if (lines.length <= 1) return lines.map((line) => `${title}: ${line}`);
    return [`${title}:`, ...lines.map((line) => `  ${line}`)];
  });
  const through = seen.accessLog.length > 0 ? ' through Envoy' : '';
  return details(`The first exchange${through}: ${html(seen.exchange)}`, block('text', kinds.join('\n')));
}

/** Two short lines on one. */
function inPairs(lines: string[]): string[] {
  return lines.flatMap((line, at) => (at % 2 === 0 ? [line, lines[at + 1]].filter(Boolean).join(', ') : []));
}

/**
 * A claim with what it read of its exchanges.
 *
 * @param observations of a record; absent where there is none
 * @param first the chapter's first exchange, whose values are not repeated
 */
export function claimSection({ title, changes }: BookClaim, observations?: Observation[], first?: Observation): string {
  const known = changes.map((change) => `- Depends on the Envoy version: ${changeLink(change)}`);
  const exchanges = observations ? [exchangesText(observations, first)] : [];
  // Without an empty line below the heading, so that a claim with one exchange takes three lines.
  return [`### <a id="${claimAnchor(title)}"></a>${proseWithCode(title)}`, ...known, ...exchanges].join('\n');
}

function exchangesText(observations: Observation[], first?: Observation): string {
  const read = observations.map((seen) => ({ seen, values: readValues(seen) }));
  if (read.every(({ values }) => values.length === 0)) return 'This claim reads the lab itself, not an exchange.';
  const items: { did: string[]; shows: string }[] = [];
  for (const { seen, values } of read) {
    const shows = seen === first ? ': the first exchange' : shownValues(values, first);
    const last = items.at(-1);
    // Exchanges in a row that show the same are one item.
    if (last?.shows === shows) last.did.push(code(seen.exchange));
    else items.push({ did: [code(seen.exchange)], shows });
  }
  return items.map(({ did, shows }) => `- ${counts(did)}${shows}`).join('\n');
}

/** What follows an exchange's name in its item. */
function shownValues(values: ReadValue[], first?: Observation): string {
  if (values.length === 0) return '';
  const differing = first ? values.filter((value) => !hasValue(first, value)) : values;
  if (differing.length === 0) return `: as in the first exchange (${kindNames(values).join(', ')})`;
  const groups = kindNames(differing).map((name) => {
    const texts = differing.filter(({ kind }) => kindName(kind) === name).map(({ text }) => code(short(text)));
    return `${name} ${texts.join(', ')}`;
  });
  const line = `: ${groups.join('; ')}`;
  return line.length <= ONE_LINE || groups.length === 1 ? line : ['', ...groups].join('\n  - ');
}

/** The longest item that is not split by kind, in characters. */
const ONE_LINE = 360;

function kindNames(values: ReadValue[]): string[] {
  return [...new Set(values.map(({ kind }) => kindName(kind)))];
}

/** The longest value, in characters. */
const LONGEST = 160;

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

/** `2 × a, b`. */
function counts(texts: string[]): string {
  return [...new Set(texts)]
    .map((text) => {
      const count = texts.filter((each) => each === text).length;
      return count > 1 ? `${count} × ${text}` : text;
    })
    .join(', ');
}
