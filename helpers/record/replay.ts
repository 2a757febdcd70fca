import { DEFAULT_BACKEND } from '../constants/backends.ts';
import { PROGRAM } from '../constants/program.ts';
import { shellWords } from '../util/shell-words.ts';
import type { EnvoyRecord } from './record.ts';
import { askedFor } from './variants.ts';

/** The command that repeats one claim, or a chapter, on the same Envoy with the same backend. */
export function replayCommand(
  { name, build, machine }: Pick<EnvoyRecord, 'name' | 'build' | 'machine'>,
  slug: string,
  title?: string,
): string {
  const words = ['run', slug];
  if (title !== undefined) words.push('--claim', title);
  words.push(optionOf(build), askedFor(name));
  const backend = machine?.backend ?? DEFAULT_BACKEND;
  if (backend !== DEFAULT_BACKEND) words.push('--backend', backend);
  return `${PROGRAM} ${shellWords(words)}`;
}

/** The option that chooses an Envoy of this source. */
function optionOf(build: EnvoyRecord['build']): string {
  if (build?.source === 'given image') return '--envoy-image';
  return build?.source === 'given binary' ? '--envoy-binary' : '--envoy';
}
