import { DEFAULT_BACKEND } from './backends.ts';
import type { RunRecord } from './record.ts';

/** The command that runs one claim, or a chapter, again on the same Envoy and by the same backend. */
export function replayCommand(run: Pick<RunRecord, 'envoy' | 'machine'>, slug: string, title?: string): string {
  const words = ['npx', 'bigbook', 'run', slug];
  if (title !== undefined) words.push('--claim', title);
  if (run.envoy !== undefined) words.push('--envoy', run.envoy.version);
  const backend = run.machine?.backend ?? DEFAULT_BACKEND;
  if (backend !== DEFAULT_BACKEND) words.push('--backend', backend);
  return words.map(quoteForShell).join(' ');
}

/** A word as a POSIX shell reads it back unchanged. */
export function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
