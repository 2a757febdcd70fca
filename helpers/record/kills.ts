import { CHANGES, hasChange } from '../envoy/known-changes.ts';
import { compareVersions } from '../envoy/versions.ts';
import { messageOf, UsageError } from '../util/errors.ts';

/** Titles of the claims that each fault kills, by the fault's name. */
export type Matrix = Record<string, string[]>;

export type ChangeName = keyof typeof CHANGES;

/** A chapter's `kills.json`: the matrix of the newest Envoy, and the differences before each change. */
export interface Kills {
  kills: Matrix;
  /** `killed`: only without the change; `survived`: only with it. */
  before?: Partial<Record<ChangeName, { killed?: Matrix; survived?: Matrix }>>;
}

/** A claim as its file declares it, as far as kills depend on it. */
export interface ClaimUnderProof {
  title: string;
  /** The title of its `describe`. */
  group?: string;
  /** The known changes that its expectation depends on. */
  changes: { what: string }[];
}

/** The version that a change came with, of several the last one. */
const firstOf = (name: ChangeName): string => [CHANGES[name].since].flat().at(-1) ?? '';

/** Newest first: on a version that lacks several changes, the oldest one's differences apply last. */
export const CHANGE_NAMES: ChangeName[] = (Object.keys(CHANGES) as ChangeName[]).toSorted((a, b) =>
  compareVersions(firstOf(b), firstOf(a)),
);

/**
 * Whether a fault is expected to kill a claim.
 *
 * @param version of Envoy; the newest where absent
 */
export function isKilled({ kills, before = {} }: Kills, fault: string, title: string, version?: string): boolean {
  const listed = (matrix?: Matrix): boolean => matrix?.[fault]?.includes(title) ?? false;
  return CHANGE_NAMES.reduce((killed, name) => {
    if (version === undefined || hasChange(CHANGES[name], version)) return killed;
    return (killed || listed(before[name]?.killed)) && !listed(before[name]?.survived);
  }, listed(kills));
}

/** The titles of the claims that a fault is expected to kill, in the order of `titles`. */
export function killedBy(kills: Kills, fault: string, titles: string[], version?: string): string[] {
  return titles.filter((title) => isKilled(kills, fault, title, version));
}

/** The `fault "…"` and `claim "…"` that `kills.json` names and the chapter does not declare. */
export function undeclaredIn({ kills, before = {} }: Kills, faults: string[], titles: string[]): string[] {
  const matrices = [kills, ...Object.values(before).flatMap(({ killed = {}, survived = {} }) => [killed, survived])];
  const stray = (names: string[], declared: string[]): string[] =>
    [...new Set(names)].filter((name) => !declared.includes(name));
  const claims = matrices.flatMap((matrix) => Object.values(matrix).flat());
  return [
    ...stray(matrices.flatMap(Object.keys), faults).map((name) => `fault "${name}"`),
    ...stray(claims, titles).map((name) => `claim "${name}"`),
  ];
}

/** @throws UsageError where the text is not JSON or names a change that is not known */
export function parseKills(text: string, file: string): Kills {
  let kills: Kills;
  try {
    kills = JSON.parse(text) as Kills;
  } catch (error) {
    throw new UsageError(`${file} is not JSON (${messageOf(error)}); remove it, and \`prove --update\` writes it anew`);
  }
  const unknown = Object.keys(kills.before ?? {}).filter((name) => !(name in CHANGES));
  if (kills.kills === undefined || unknown.length > 0) {
    const what = unknown.length > 0 ? `names unknown changes: ${unknown.join(', ')}` : 'has no "kills"';
    throw new UsageError(`${file} ${what}; remove it, and \`prove --update\` writes it anew`);
  }
  return kills;
}

/** The text of `kills.json`. */
export function formatKills(kills: Kills): string {
  return `${JSON.stringify(kills, null, 2)}\n`;
}

/** What an update changes, a line for each cell: `+ "the address dialled wins" detects "no rule"`. */
export function formatChanges(known: Kills | undefined, updated: Kills): string[] {
  const [was, is] = [known ? statementsOf(known) : [], statementsOf(updated)];
  return [
    ...was.filter((line) => !is.includes(line)).map((line) => `- ${line}`),
    ...is.filter((line) => !was.includes(line)).map((line) => `+ ${line}`),
  ];
}

function statementsOf({ kills, before = {} }: Kills): string[] {
  const said = (matrix: Matrix, verb: string): string[] =>
    Object.entries(matrix).flatMap(([fault, titles]) => titles.map((title) => `"${title}" ${verb} "${fault}"`));
  const earlier = Object.entries(before).flatMap(([name, { killed = {}, survived = {} }]) =>
    [...said(killed, 'detects'), ...said(survived, 'does not detect')].map((line) => `before ${name}: ${line}`),
  );
  return [...said(kills, 'detects'), ...earlier];
}
