import { UsageError } from '../util/errors.ts';
import { type EnvoyRecord, RECORD_SCHEMA, type RunRecord } from './record.ts';
import { newRunId } from './run-id.ts';
import { outcomeOfRun } from './verdict.ts';

/**
 * Joins records: one entry for each Envoy and machine, its chapters by name.
 *
 * @throws UsageError where two records hold the same chapter on the same Envoy
 */
export function mergeRecords(records: RunRecord[]): RunRecord {
  const envoys = new Map<string, EnvoyRecord>();
  for (const { id, envoys: parts } of records) {
    for (const part of parts) {
      const { name, build, machine } = part;
      const key = JSON.stringify([name, build?.fullVersion, machine?.kernel, machine?.backend]);
      const known = envoys.get(key);
      const twice = known?.chapters.find(({ slug }) => part.chapters.some((chapter) => chapter.slug === slug));
      if (twice) throw new UsageError(`${twice.slug} on Envoy ${name} is in two of the records, ${id} is one of them`);
      envoys.set(key, { ...part, ...known, chapters: [...(known?.chapters ?? []), ...part.chapters] });
    }
  }
  const merged = [...envoys.values()].map((envoy) => ({
    ...envoy,
    chapters: envoy.chapters.toSorted((a, b) => (a.slug < b.slug ? -1 : 1)),
  }));
  const errors = records.flatMap((record) => record.errors);
  const running = records.some(({ outcome }) => outcome === 'running');
  return {
    schema: RECORD_SCHEMA,
    id: newRunId(),
    started: records.map(({ started }) => started).sort()[0] ?? '',
    durationMs: records.reduce((sum, { durationMs }) => sum + durationMs, 0),
    outcome: running ? 'running' : outcomeOfRun({ envoys: merged, errors }),
    envoys: merged,
    errors,
  };
}
