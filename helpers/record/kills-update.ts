import { CHANGES, hasChange } from '../envoy/known-changes.ts';
import { CHANGE_NAMES, type ChangeName, type ClaimUnderProof, isKilled, type Kills, type Matrix } from './kills.ts';
import { type ChapterProof, type FaultProof, isError, type Plan } from './proof.ts';

/**
 * The `kills.json` after the trials of a chapter, or the reasons not to write it.
 *
 * @param proof of every fault that the chapter declares
 * @param older the version of Envoy that it was made on; absent for the newest known one
 */
export function updateOf(plan: Plan, proof: ChapterProof, older?: string): { kills: Kills } | { refusals: string[] } {
  const mismatches = older === undefined ? [] : proof.mismatches;
  const refusals = [...proof.faults.flatMap(troubleOf), ...proof.gaps, ...mismatches];
  if (refusals.length > 0) return { refusals };
  const { kills, unexplained } = updatedKills(plan.kills ?? { kills: {} }, proof.faults, plan.claims, older);
  if (unexplained.length === 0) return { kills };
  const why = `on ${older}, and the claim declares no change after that version`;
  return {
    refusals: unexplained.map(
      ({ fault, title, killed }) =>
        `claim "${title}" ${killed ? 'detects' : 'does not detect'} fault "${fault}" ${why}`,
    ),
  };
}

function troubleOf({ name, differences, skipped }: FaultProof): string[] {
  if (skipped) return [`fault "${name}" was skipped: this machine lacks a capability`];
  const [first, ...more] = differences.filter(isError);
  if (!first) return [];
  const [why] = (first.error ?? 'it did not run').split('\n', 1);
  const others = more.length > 0 ? `, and ${more.length} more` : '';
  return [`the trial of "${name}" ended in an error: claim "${first.claim}"${others}: ${why}`];
}

/**
 * `kills.json` after a proof: on the newest version its matrix, on an older one the differences before
 * the changes that this version lacks and that the claims declare.
 *
 * @param faults what each fault killed, in the order of `faults.ts`
 * @param claims in the order of their file
 * @returns also `unexplained`: differences of an older version without a declared change that it lacks
 */
export function updatedKills(
  known: Kills,
  faults: Pick<FaultProof, 'name' | 'killed'>[],
  claims: ClaimUnderProof[],
  older?: string,
): { kills: Kills; unexplained: { fault: string; title: string; killed: boolean }[] } {
  const kills: Matrix = Object.fromEntries(faults.map(({ name }) => [name, []]));
  const before = Object.fromEntries(
    CHANGE_NAMES.toReversed().map((name) => [name, { killed: {}, survived: {} }]),
  ) as Record<ChangeName, { killed: Matrix; survived: Matrix }>;
  const unexplained: { fault: string; title: string; killed: boolean }[] = [];
  for (const { name: fault, killed: measured } of faults) {
    for (const { title, changes } of claims) {
      const now = measured.includes(title);
      const declared = CHANGE_NAMES.filter((name) => changes.some(({ what }) => what === CHANGES[name].what));
      const lacked = declared.filter((name) => older !== undefined && !hasChange(CHANGES[name], older));
      let killed = older === undefined ? now : isKilled(known, fault, title);
      if (killed) kills[fault]?.push(title);
      for (const name of declared) {
        const listed = (how: 'killed' | 'survived') => known.before?.[name]?.[how]?.[fault]?.includes(title) ?? false;
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
