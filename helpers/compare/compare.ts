import { type Change, hasChange } from '../envoy/known-changes.ts';
import type { Observation, RawHeader } from '../exchange/observation.ts';
import type { ChapterRecord, ClaimRecord, EnvoyRecord } from '../record/record.ts';
import { alignment } from './alignment.ts';

/** One thing that two records say otherwise. */
export interface Difference {
  slug: string;
  /** The claim in which it shows; empty where it is of the chapter. */
  claim: string;
  /** What the downstream did; empty where it is of the claim or of the chapter. */
  exchange: string;
  /** Where it stands: `replies[0].headers.server`, `stats.http.ingress.downstream_rq_4xx`, `outcome`, `warnings`. */
  path: string;
  /** What A says; absent where A says nothing. */
  a?: string;
  b?: string;
}

/** A difference, and what is known of it. */
export interface Explained extends Difference {
  status: 'known' | 'new';
  /** The change that explains it. */
  change?: Change;
}

export interface Comparison {
  a: EnvoyRecord;
  b: EnvoyRecord;
  /** Chapters that both have. */
  chapters: string[];
  differences: Explained[];
  /** What A shows against itself; such places are left out of the differences. */
  noise: Difference[];
  /** Known changes between both that should have shown and did not. */
  stale: Change[];
}

/**
 * Sets what was seen on two Envoys side by side.
 *
 * @param again A a second time; what it shows against the first is noise
 * @param changes what is known to have changed, to explain differences by
 */
export function compareRecords(
  a: EnvoyRecord,
  b: EnvoyRecord,
  changes: readonly Change[],
  again?: EnvoyRecord,
): Comparison {
  const noise = again ? differencesOf(a, again) : [];
  const noisy = new Set(noise.map(placeOf));
  const between = changes.filter((change) => changesBetween(change, a, b) !== undefined);
  const differences = differencesOf(a, b)
    .filter((difference) => !noisy.has(placeOf(difference)))
    .map((difference): Explained => {
      const change = between.find((each) => explains(each, difference, changesBetween(each, a, b) === 'forward'));
      return change ? { ...difference, status: 'known', change } : { ...difference, status: 'new' };
    });
  const chapters = a.chapters.map(({ slug }) => slug).filter((slug) => b.chapters.some((other) => other.slug === slug));
  const shown = new Set(differences.map(({ change }) => change));
  const stale = between.filter((change) => !shown.has(change) && shouldShow(change, chapters));
  return { a, b, chapters, differences, noise, stale };
}

/** Everything that two records say otherwise about the chapters that both have. */
export function differencesOf(a: EnvoyRecord, b: EnvoyRecord): Difference[] {
  return a.chapters.flatMap((chapter) => {
    const other = b.chapters.find(({ slug }) => slug === chapter.slug);
    return other ? chapterDifferences(chapter, other) : [];
  });
}

type Found = Omit<Difference, 'slug' | 'claim' | 'exchange'>;

function chapterDifferences(a: ChapterRecord, b: ChapterRecord): Difference[] {
  const { slug } = a;
  const warnings = valueDifferences('warnings', a.warnings ?? [], b.warnings ?? []);
  const claims = aligned(a.claims, b.claims, ({ title }) => title).flatMap(([one, other]) => {
    const claim = (one ?? other)?.title ?? '';
    return claimDifferences(one, other).map((difference) => ({ slug, claim, ...difference }));
  });
  return [...warnings.map((found) => ({ slug, claim: '', exchange: '', ...found })), ...claims];
}

function claimDifferences(a?: ClaimRecord, b?: ClaimRecord): (Found & { exchange: string })[] {
  const outcomes = valueDifferences('outcome', outcomeText(a), outcomeText(b));
  const exchanges = aligned(a?.observations ?? [], b?.observations ?? [], ({ exchange }) => exchange);
  return [
    ...outcomes.map((found) => ({ exchange: '', ...found })),
    ...exchanges.flatMap(([one, other]) => {
      const exchange = (one ?? other)?.exchange ?? '';
      if (!one || !other) return [{ exchange, path: 'exchange', ...(one ? { a: 'took place' } : { b: 'took place' }) }];
      return observationDifferences(one, other).map((found) => ({ exchange, ...found }));
    }),
  ];
}

function outcomeText(claim?: ClaimRecord): string | undefined {
  if (!claim) return undefined;
  const [why = ''] = (claim.error ?? claim.reason ?? '').split('\n', 1);
  return why === '' ? claim.outcome : `${claim.outcome}: ${why}`;
}

function observationDifferences(a: Observation, b: Observation): Found[] {
  const told = a.received.length > 0 && b.received.length > 0;
  return Object.keys({ ...a, ...b }).flatMap((kind) => {
    const [one, other] = [a[kind as keyof Observation], b[kind as keyof Observation]];
    const found = valueDifferences(kind, one, other);
    // What an upstream writes into its reply is what it received, which is compared as such.
    return told
      ? found.filter(({ path }) => !/^replies\[\d+\]\.body\.(headers|local|remote|path|tls)\b/.test(path))
      : found;
  });
}

/** What two plain values say otherwise, by path. */
function valueDifferences(path: string, a: unknown, b: unknown): Found[] {
  if (JSON.stringify(a) === JSON.stringify(b)) return [];
  if (isHeaders(a) && isHeaders(b) && a.length + b.length > 0) return headerDifferences(path, a, b);
  if (Array.isArray(a) && Array.isArray(b)) return listDifferences(path, a, b);
  if (isObject(a) && isObject(b)) {
    return Object.keys({ ...a, ...b }).flatMap((key) => valueDifferences(`${path}.${key}`, a[key], b[key]));
  }
  if (typeof a === 'string' && typeof b === 'string') {
    const [one, other] = [parsed(a), parsed(b)];
    if (one && other) return valueDifferences(path, one, other);
  }
  return [{ path, ...(a === undefined ? {} : { a: printed(a) }), ...(b === undefined ? {} : { b: printed(b) }) }];
}

function listDifferences(path: string, a: unknown[], b: unknown[]): Found[] {
  const nameOf = (item: unknown, index: number): string => `${path}[${ruleName(item) ?? index}]`;
  return alignment(a, b, keyOf).flatMap(([one, other]) => {
    const item = one === undefined ? b[other ?? 0] : a[one];
    const name = nameOf(item, one ?? other ?? 0);
    return valueDifferences(name, one === undefined ? undefined : a[one], other === undefined ? undefined : b[other]);
  });
}

/** By name, so that one that came or went does not shift the others; then whether those that both have stand in another order. */
function headerDifferences(path: string, a: RawHeader[], b: RawHeader[]): Found[] {
  const names = [...new Set([...a, ...b].map(([name]) => name))];
  const values = (headers: RawHeader[], name: string): string[] =>
    headers.filter(([other]) => other === name).map(([, value]) => value);
  const found = names.flatMap((name) => {
    const [one, other] = [values(a, name), values(b, name)];
    return Array.from({ length: Math.max(one.length, other.length) }, (_, index) =>
      valueDifferences(`${path}.${name}${index > 0 ? `[${index}]` : ''}`, one[index], other[index]),
    ).flat();
  });
  return [...found, ...movedHeaders(path, namesIn(a, b), namesIn(b, a))];
}

/** The names of headers that another list has too, in order. */
function namesIn(headers: RawHeader[], others: RawHeader[]): string[] {
  return headers.flatMap(([name]) => (others.some(([other]) => other === name) ? name : []));
}

/** Headers that stand behind another one than before, as few of them as explain the new order. */
function movedHeaders(path: string, a: string[], b: string[]): Found[] {
  const behind = (names: string[], index: number): string => (index === 0 ? 'first' : `behind ${names[index - 1]}`);
  const kept = alignment(a, b, (name) => name).filter(
    ([one, other]) => one !== undefined && other !== undefined && a[one] === b[other],
  );
  const [keptA, keptB] = [new Set(kept.map(([one]) => one)), new Set(kept.map(([, other]) => other))];
  return a.flatMap((name, index) => {
    if (keptA.has(index)) return [];
    const now = b.findIndex((other, at) => other === name && !keptB.has(at));
    return now < 0 ? [] : [{ path: `${path}.${name} in order`, a: behind(a, index), b: behind(b, now) }];
  });
}

/** Pairs items by a key and, where it repeats, by which of its kind they are; those without a partner stand alone. */
function aligned<T>(a: T[], b: T[], keyOf: (item: T) => string): [a: T | undefined, b: T | undefined][] {
  const numbered = (items: T[]): Map<string, T> => {
    const seen = new Map<string, number>();
    return new Map(
      items.map((item) => {
        const key = keyOf(item);
        const count = (seen.get(key) ?? 0) + 1;
        seen.set(key, count);
        return [`${count} ${key}`, item];
      }),
    );
  };
  const [one, other] = [numbered(a), numbered(b)];
  return [...new Set([...one.keys(), ...other.keys()])].map((key) => [one.get(key), other.get(key)]);
}

/** Whether a change came (`forward`) or went between two Envoys; undefined where both have it or neither, or one is not known. */
function changesBetween(change: Change, a: EnvoyRecord, b: EnvoyRecord): 'forward' | 'backward' | undefined {
  if (!a.identity || !b.identity) return undefined;
  const [before, after] = [a, b].map(({ identity }) => hasChange(change, identity?.version ?? ''));
  if (before === after) return undefined;
  return after ? 'forward' : 'backward';
}

function explains(change: Change, { slug, claim, path, a = '', b = '' }: Difference, forward: boolean): boolean {
  const [before, after] = forward ? [a, b] : [b, a];
  return change.shows.some(
    (sign) =>
      sign.path.test(path) &&
      (sign.slug?.test(slug) ?? true) &&
      (sign.claim?.test(claim) ?? true) &&
      (sign.before?.test(before) ?? true) &&
      (sign.after?.test(after) ?? true),
  );
}

/** Whether a change would show in these chapters if it were still there: only those that its signs name can tell. */
function shouldShow({ shows }: Change, chapters: string[]): boolean {
  return shows.some(({ slug }) => slug !== undefined && chapters.some((chapter) => slug.test(chapter)));
}

function placeOf({ slug, claim, exchange, path }: Difference): string {
  return JSON.stringify([slug, claim, exchange, path]);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isHeaders(value: unknown): value is RawHeader[] {
  return (
    Array.isArray(value) &&
    value.every((item) => Array.isArray(item) && item.length === 2 && item.every((text) => typeof text === 'string'))
  );
}

/** What stands for an item when lists are aligned: of a rule its name, of anything else all of it. */
function keyOf(item: unknown): string {
  return ruleName(item) ?? JSON.stringify(item);
}

function ruleName(item: unknown): string | undefined {
  if (!isObject(item) || !('chain' in item && 'rule' in item)) return undefined;
  return `${item.host} ${item.chain} "${item.rule}"`;
}

/** A text of JSON as what it says; what is masked in it may stand where JSON has a number. */
function parsed(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text.replaceAll(/: (<\w+>)/g, ': "$1"'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function printed(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
