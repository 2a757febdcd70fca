import type { EnvoyBuild, Machine } from '../../helpers/record/record.ts';
import { describeMachine } from '../../helpers/report/wording.ts';

/** An Envoy of a run before it starts. */
export interface PlannedEnvoy {
  /** A version or an image. */
  name: string;
  source: EnvoyBuild['source'];
}

/**
 * The first lines of a run: its Envoy versions by image source, its machine and its seed.
 *
 * @param seed absent where claims run in file order
 */
export function opening({
  envoys,
  machine,
  seed,
}: {
  envoys: PlannedEnvoy[];
  machine?: Machine;
  seed?: number;
}): string {
  const sources = [...new Set(envoys.map(({ source }) => source))].map((source) => {
    const names = envoys.filter((envoy) => envoy.source === source).map(({ name }) => name);
    return `${names.join(', ')} (${source})`;
  });
  return [
    ...(sources.length > 0 ? [`Envoy ${sources.join(', ')}${machine ? ` on ${describeMachine(machine)}` : ''}`] : []),
    ...(seed === undefined ? [] : [`seed ${seed}: --seed ${seed} repeats this order of claims`]),
  ].join('\n');
}
