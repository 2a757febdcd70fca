import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, stringify } from 'yaml';
import { UsageError } from '../util/errors.ts';
import { given } from '../util/given.ts';
import { inOneLine } from '../util/in-one-line.ts';
import { knownName } from '../util/known-name.ts';
import type { Finding } from './finding.ts';
import type { CheckReport } from './report.ts';

/** A finding that the owner of a config accepts. */
export interface Accepted {
  code: string;
  /** A place of the finding, or the config's name; absent for any. */
  place?: string;
  reason: string;
  /** Its line in the file, from 1. */
  line: number;
}

const FIELDS = ['code', 'place', 'reason'] as const;

/** A larger file is no list of findings; YAML of this size takes long to read. */
const MOST_BYTES = 1_000_000;

/**
 * Reads an accept file: a YAML list of entries with `code`, `reason` and, if it is to hold in one place
 * only, `place`.
 *
 * @param file its name, for errors
 * @throws UsageError with the line, for anything else
 */
export function parseAccepted(text: string, file: string): Accepted[] {
  const fail = (line: number, message: string): never => {
    throw new UsageError(`${file}:${line}: ${message}`);
  };
  if (text.length > MOST_BYTES) return fail(1, `the file has ${text.length} bytes, expected at most ${MOST_BYTES}`);
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const [error] = document.errors;
  if (error) return fail(counter.linePos(error.pos[0]).line, `invalid YAML: ${error.message}`);
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) return [];
  const lineOf = (node: Node): number => counter.linePos(node.range?.[0] ?? 0).line;
  if (!isSeq(contents)) return fail(lineOf(contents), 'expected a list of entries with code and reason');
  return contents.items.map((item): Accepted => {
    const line = lineOf(item as Node);
    if (!isMap(item)) return fail(line, 'expected an entry with code and reason');
    const fields = new Map<string, string>();
    for (const { key, value } of item.items) {
      const at = lineOf(key as Node);
      const name = fieldName(String(isScalar(key) ? key.value : key), (message) => fail(at, message));
      if (!isScalar(value) || value.value === null || String(value.value).trim() === '')
        return fail(at, `${name} is empty, expected a text`);
      fields.set(name, String(value.value));
    }
    const [code, reason] = ['code', 'reason'].map((name) => fields.get(name) ?? fail(line, `the entry has no ${name}`));
    return { code: code ?? '', reason: reason ?? '', line, ...given({ place: fields.get('place') }) };
  });
}

function fieldName(name: string, fail: (message: string) => never): string {
  try {
    return knownName('field', name, FIELDS);
  } catch (error) {
    return fail(inOneLine((error as Error).message));
  }
}

/** Marks the findings that entries accept. @returns the entries that match none, with the reason why */
export function accept(report: CheckReport, accepted: readonly Accepted[]): string[] {
  const findings = report.configs.flatMap(({ config, findings: all }) => all.map((finding) => ({ config, finding })));
  const used = new Set<Accepted>();
  for (const { config, finding } of findings) {
    const entry = accepted.find((each) => covers(each, finding, config));
    if (!entry) continue;
    finding.accepted = entry.reason;
    used.add(entry);
  }
  return accepted
    .filter((entry) => !used.has(entry))
    .map((entry) => {
      const elsewhere = findings.find(({ finding }) => finding.code === entry.code);
      const why = elsewhere ? `occurs at ${elsewhere.finding.place}, not at ${entry.place}` : 'no longer occurs';
      return `line ${entry.line}: ${entry.code} ${why} (${entry.reason})`;
    });
}

function covers({ code, place }: Accepted, finding: Finding, config: string): boolean {
  return finding.code === code && (place === undefined || place === finding.place || place === config);
}

/** Entries for the findings that are not accepted, to be pasted into an accept file. */
export function acceptEntries(report: CheckReport): string {
  const open = report.configs.flatMap(({ findings }) => findings.filter(({ accepted }) => accepted === undefined));
  const entries = [...new Map(open.map((finding) => [finding.code, finding])).values()];
  return entries
    .map(({ code, place, what }) =>
      stringify([{ code, place, reason: 'TODO' }]).replace(/^/, `# ${what.split('\n', 1)[0]}\n`),
    )
    .join('');
}
