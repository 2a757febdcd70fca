import type { Observation } from '../exchange/observation.ts';
import { RECORDED, RECORDED_KINDS } from '../exchange/observers/registry.ts';
import { changeLink } from './changes-data.ts';
import { claimAnchor } from './claim-link.ts';
import { block, code, details, html, prose } from './markdown.ts';
import { hasValue, kindName, linesOf, type ReadValue, readValues } from './reads.ts';
import type { BookClaim } from './sources.ts';

/** A chapter's first exchange with everything that was observed of it, behind a summary. */
export function firstExchange(seen: Observation): string {
  const kinds = RECORDED_KINDS.flatMap((kind) => {
    const lines = linesOf(seen, kind);
    const { title } = RECORDED[kind];
    if (lines.length <= 1) return lines.map((line) => `${title}: ${line}`);
    return [`${title}:`, ...lines.map((line) => `  ${line}`)];
  });
  return details(`The first exchange: ${html(seen.exchange)}`, block('text', kinds.join('\n')));
}

/**
 * A claim with what it read of its exchanges.
 *
 * @param observations of a record; absent where there is none
 * @param first the chapter's first exchange, whose values are not repeated
 */
export function claimSection({ title, changes }: BookClaim, observations?: Observation[], first?: Observation): string {
  const known = changes.map((change) => `- ${changeLink(change)}`);
  const exchanges = observations ? [exchangesText(observations, first)] : [];
  // Without an empty line below the heading, so that a claim with one exchange takes three lines.
  return [`### <a id="${claimAnchor(title)}"></a>${prose(title)}`, ...known, ...exchanges].join('\n');
}

function exchangesText(observations: Observation[], first?: Observation): string {
  const read = observations.map((seen) => ({ seen, values: readValues(seen) }));
  if (read.every(({ values }) => values.length === 0)) return 'This claim reads the lab itself, not an exchange.';
  return repeated(read.map(({ seen, values }) => exchangeItem(seen, values, first))).join('\n');
}

function exchangeItem(seen: Observation, values: ReadValue[], first?: Observation): string {
  const did = code(seen.exchange);
  if (values.length === 0) return did;
  if (seen === first) return `${did}: the first exchange`;
  const differing = first ? values.filter((value) => !hasValue(first, value)) : values;
  if (differing.length === 0) return `${did}: as in the first exchange (${kindNames(values).join(', ')})`;
  const groups = kindNames(differing).map((name) => {
    const texts = differing.filter(({ kind }) => kindName(kind) === name).map(({ text }) => code(short(text)));
    return `${name} ${texts.join(', ')}`;
  });
  const line = `${did}: ${groups.join('; ')}`;
  return line.length <= ONE_LINE || groups.length === 1
    ? line
    : [did, ...groups.map((group) => `  - ${group}`)].join('\n');
}

/** The longest item that is not split by kind, in characters. */
const ONE_LINE = 240;

function kindNames(values: ReadValue[]): string[] {
  return [...new Set(values.map(({ kind }) => kindName(kind)))];
}

/** The longest value, in characters. */
const LONGEST = 160;

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

/** Items of a list, equal ones in a row once, with their number. */
function repeated(items: string[]): string[] {
  const starts = items.flatMap((item, at) => (item === items[at - 1] ? [] : at));
  return starts.map((start, at) => {
    const count = (starts[at + 1] ?? items.length) - start;
    return `- ${count > 1 ? `${count} × ` : ''}${items[start]}`;
  });
}
