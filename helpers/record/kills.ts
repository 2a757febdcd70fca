import { CHANGES, hasChange } from '../envoy/known-changes.ts';
import { compareVersions } from '../envoy/versions.ts';
import { messageOf, UsageError } from '../util/errors.ts';

/** Titles of the claims that each fault kills, by the fault's name. */
export type Matrix = Record<string, string[]>;

export type ChangeName = keyof typeof CHANGES;

/** A chapter's `kills.json`: the matrix of the newest Envoy version, and what differs on a version without a change. */
export interface Kills {
  kills: Matrix;
  /** `killed`: only without the change; `survived`: only with it. */
  before?: Partial<Record<ChangeName, { killed?: Matrix; survived?: Matrix }>>;
}

/** A claim as its file declares it, as far as kills depend on it. */
export interface ClaimUnderProof {
  title: string;
  /** The known changes that its expectation depends on. */
  changes: { what: string }[];
}

const firstOf = (name: ChangeName): string => [CHANGES[name].since].flat().at(-1) ?? '';

/** Newest first: on a version without several changes, the differences of the oldest one are applied last. */
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

/** Each fault and each claim that `kills.json` names, as `fault "…"` or `claim "…"`, where the chapter declares none of that name. */
export function undeclaredIn({ kills, before = {} }: Kills, faults: string[], titles: string[]): string[] {
  const matrices = [kills, ...Object.values(before).flatMap(({ killed = {}, survived = {} }) => [killed, survived])];
  const stray = (names: string[], declared: string[]): string[] =>
    [...new Set(names)].filter((name) => !declared.includes(name));
  return [
    ...stray(matrices.flatMap(Object.keys), faults).map((name) => `fault "${name}"`),
    ...stray(
      matrices.flatMap((matrix) => Object.values(matrix).flat()),
      titles,
    ).map((name) => `claim "${name}"`),
  ];
}

/** @throws UsageError where the text is not JSON or names a change that is not known */
export function parseKills(text: string, file: string): Kills {
  let kills: Kills;
  try {
    kills = JSON.parse(text) as Kills;
  } catch (error) {
    throw new UsageError(`${file} is not JSON (${messageOf(error)}); write it with \`prove --update\``);
  }
  const unknown = Object.keys(kills.before ?? {}).filter((name) => !(name in CHANGES));
  if (kills.kills === undefined || unknown.length > 0) {
    const what = unknown.length > 0 ? `names unknown changes: ${unknown.join(', ')}` : 'has no "kills"';
    throw new UsageError(`${file} ${what}; write it with \`prove --update\``);
  }
  return kills;
}

/** What a version's trials showed, in place of or beside what was known. */
export interface Measurement {
  /** Names, in the order of `faults.ts`. */
  faults: string[];
  /** In the order of their file. */
  claims: ClaimUnderProof[];
  killed: (fault: string, title: string) => boolean;
  /** An older version than the newest known one; absent for that. */
  older?: string;
}

/**
 * `kills.json` after a measurement: on the newest version its matrix is replaced, on an older one the differences before
 * the changes that this version lacks and that the claims declare.
 *
 * @returns also `unexplained`: the cells that differ on an older version though the claim declares no change that it lacks
 */
export function updatedKills(
  known: Kills,
  { faults, claims, killed: measured, older }: Measurement,
): { kills: Kills; unexplained: { fault: string; title: string; killed: boolean }[] } {
  const kills: Matrix = Object.fromEntries(faults.map((fault) => [fault, []]));
  const before = Object.fromEntries(
    CHANGE_NAMES.toReversed().map((name) => [name, { killed: {}, survived: {} }]),
  ) as Record<ChangeName, { killed: Matrix; survived: Matrix }>;
  const unexplained: { fault: string; title: string; killed: boolean }[] = [];
  for (const fault of faults) {
    for (const { title, changes } of claims) {
      const declared = CHANGE_NAMES.filter((name) => changes.some(({ what }) => what === CHANGES[name].what));
      const lacked = older === undefined ? [] : declared.filter((name) => !hasChange(CHANGES[name], older));
      const now = measured(fault, title);
      let killed = older === undefined ? now : isKilled(known, fault, title);
      if (killed) kills[fault]?.push(title);
      for (const name of declared) {
        const there = known.before?.[name];
        const listed = (how: 'killed' | 'survived'): boolean => there?.[how]?.[fault]?.includes(title) ?? false;
        const next = name === lacked.at(-1) ? now : (killed || listed('killed')) && !listed('survived');
        if (next !== killed) {
          const matrix = before[name][next ? 'killed' : 'survived'];
          matrix[fault] = [...(matrix[fault] ?? []), title];
        }
        killed = next;
      }
      if (older !== undefined && lacked.length === 0 && isKilled(known, fault, title, older) !== now)
        unexplained.push({ fault, title, killed: now });
    }
  }
  const differing = filled(Object.fromEntries(Object.entries(before).map(([name, each]) => [name, filled(each)])));
  return { kills: { kills, ...filled({ before: differing }) }, unexplained };
}

/** Without the values that hold nothing. */
function filled<T extends object>(values: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => Object.keys(value).length > 0));
}

/** The text of `kills.json`. */
export function formatKills(kills: Kills): string {
  return `${JSON.stringify(kills, null, 2)}\n`;
}
