import { type Document, isMap, isNode, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { ConfigChange } from '../envoy/config-change.ts';
import { findPlace, follow, type Place } from '../envoy/select.ts';
import { type Faults, faulted } from '../scenario/faults.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** The longest excerpt, in lines. */
const LONGEST = 40;

/** The longest value that is shown whole, in lines. */
const LONGEST_VALUE = 4;

/** The changes that a chapter's faults make to its Envoy config. */
export function faultChanges(scenario: Scenario, faults: Faults): ConfigChange[] {
  return Object.entries(faults).flatMap(([name, declared]) =>
    'fault' in declared ? (faulted(scenario, name, declared.fault).envoy?.changes ?? []) : [],
  );
}

/**
 * The lines of a config that changes address, each with the first lines of the objects around it.
 * `# …` stands for lines that are left out before others of the same object; the rest of an object is
 * left out without a mark.
 *
 * @returns undefined where there are none, or too many for an excerpt
 */
export function configExcerpt(yaml: string, changes: ConfigChange[]): string | undefined {
  const counter = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: counter });
  const shown = new Set<number>();
  const lineAt = (offset: number): number => counter.linePos(offset).line;
  for (const place of changes.flatMap((change) => addressed(document, change))) {
    const spans = spansOf(document, place);
    for (const [start] of spans) shown.add(lineAt(start));
    const [start, end] = spans.at(-1) ?? [];
    if (start === undefined || end === undefined) continue;
    const [first, last] = [lineAt(start), lineAt(Math.max(start, end - 1))];
    if (last - first < LONGEST_VALUE) for (let line = first; line <= last; line += 1) shown.add(line);
  }
  const lines = yaml.split('\n').map((text, at) => ({ text, isShown: shown.has(at + 1) }));
  // A comment that is left out is no gap.
  const kept = lines.filter(({ text, isShown }) => (isShown ? text.trim() !== '' : !/^\s*(#|$)/.test(text)));
  const count = kept.filter(({ isShown }) => isShown).length;
  return count > 0 && count <= LONGEST ? withGaps(kept).join('\n') : undefined;
}

/** The shown lines, with one mark for the lines between two of them that belong to one object. */
function withGaps(lines: { text: string; isShown: boolean }[]): string[] {
  const indentOf = (text = ''): string => /^ */.exec(text)?.[0] ?? '';
  return lines.flatMap(({ text, isShown }, at) => {
    if (isShown) return [text];
    const isFirst = at === 0 || lines[at - 1]?.isShown === true;
    const next = lines.slice(at).find((line) => line.isShown);
    const goesOn = next !== undefined && indentOf(next.text).length >= indentOf(text).length;
    return isFirst && goesOn ? [`${indentOf(text)}# …`] : [];
  });
}

/** The places that a change addresses; of what it adds, the object that gets it. */
function addressed(document: Document, { at, set, add, append, delete: removed = [] }: ConfigChange): Place[] {
  const from = at ? findPlace(document, at) : [];
  if (!from) return [];
  const existing = [...Object.keys({ ...set, ...append }), ...removed];
  const places = [
    ...existing.map((path) => follow(document, from, path)),
    ...Object.keys(add ?? {}).map((path) => follow(document, from, path)?.slice(0, -1)),
  ];
  return places.filter((place) => place !== undefined && place.length > 0 && document.hasIn(place)) as Place[];
}

/** The start and the end of each object from the top of a document to a place, in characters. */
function spansOf(document: Document, place: Place): [start: number, end: number][] {
  let node: unknown = document.contents;
  const spans: [number, number][] = [];
  for (const step of place) {
    const [key, value]: [unknown, unknown] = isMap(node)
      ? pairOf(node.items.find((pair) => String(pair.key) === String(step)))
      : isSeq(node)
        ? [node.items[Number(step)], node.items[Number(step)]]
        : [undefined, undefined];
    const [start] = rangeOf(key) ?? [];
    const [, end] = rangeOf(value) ?? rangeOf(key) ?? [];
    if (start === undefined || end === undefined) return spans;
    spans.push([start, end]);
    node = value;
  }
  return spans;
}

function pairOf(pair?: { key: unknown; value: unknown }): [unknown, unknown] {
  return [pair?.key, pair?.value];
}

function rangeOf(node: unknown): Node['range'] {
  return isNode(node) ? node.range : undefined;
}
