import type { CheckEnvironment } from '../../fixtures/check/environment.ts';
import { guardsOf } from '../../fixtures/setup/envoy-guards.ts';
import type { GuardCauses } from '../../helpers/check/causes.ts';
import type { AskFinding } from '../../helpers/check/findings/ask-finding.ts';
import type { FourRecords } from '../../helpers/check/findings/noise.ts';
import type { Explained } from '../../helpers/compare/explain.ts';
import type { EnvoyRecord } from '../../helpers/record/record.ts';
import { SetupError } from '../../helpers/util/errors.ts';
import { explainByGuards } from '../compare/guard-search.ts';
import type { Stages, Surrounded } from './stages.ts';

/**
 * Looks for the guard of B that causes each finding, by sending only the requests concerned to B with
 * guards set.
 *
 * @returns undefined where nothing was looked for
 */
export async function guardCauses(
  findings: readonly AskFinding[],
  records: FourRecords,
  around: Surrounded,
  environment: CheckEnvironment,
  { askWithGuards, log }: Pick<Stages, 'askWithGuards'> & { log: (line: string) => void },
): Promise<GuardCauses | undefined> {
  const first = findings.flatMap(({ differences }): Explained[] => {
    const place = differences.find(({ claim }) => claim !== '');
    // Every difference is looked for, known changes too: a guard is what a user can set.
    if (!place) return [];
    const { change: _, ...unknown } = place;
    return [{ ...unknown, status: 'new' }];
  });
  if (first.length === 0) return undefined;
  const [a, b] = [records.a, records.b].map((record) => onlyNeeded(record, first));
  if (!a || !b) return undefined;
  const machine = {
    guardsOf,
    run: async (
      variants: { name: string; guards?: Record<string, boolean> }[],
      _: string[],
      claims: { title: string }[],
    ) => {
      const requests = around.requests.filter(({ title }) => claims.some((claim) => claim.title === title));
      const sets = variants.map(({ guards = {} }) => guards);
      const seen = await askWithGuards(around, requests, sets, environment);
      return variants.map(({ name }, at): EnvoyRecord => ({ ...(seen[at] ?? { chapters: [] }), name }));
    },
  };
  try {
    const found = await explainByGuards({ a, b, differences: first }, { name: b.name, inOrder: true }, log, machine);
    const causes = found?.causes;
    if (!causes) return undefined;
    // The search has copies of the differences.
    const originals = findings.flatMap(({ differences }) => differences);
    return new Map(
      [...causes].flatMap(([copy, cause]) => {
        const original = originals.find(
          ({ claim, exchange, path }) => claim === copy.claim && exchange === copy.exchange && path === copy.path,
        );
        return original ? [[original, cause] as const] : [];
      }),
    );
  } catch (error) {
    // The findings themselves are complete.
    if (!(error instanceof SetupError)) throw error;
    log(`guards: not looked for: ${error.message}`);
    return undefined;
  }
}

/** The requests that show differences: each runs without those before it, which takes a fraction of the time. */
function onlyNeeded(record: EnvoyRecord, places: readonly Explained[]): EnvoyRecord {
  const titles = new Set(places.map(({ claim }) => claim));
  const chapters = record.chapters.map((chapter) => ({
    ...chapter,
    claims: chapter.claims.filter(({ title }) => titles.has(title)),
  }));
  return { ...record, chapters };
}
