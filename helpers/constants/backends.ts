import { knownName } from '../util/known-name.ts';

/**
 * How rules get into the kernel, by the word that `--backend` takes.
 * - `iptables-nft`: iptables in the form that today's systems have, on the kernel's nf_tables
 * - `iptables-legacy`: iptables on the kernel's older ip_tables
 * - `nft`: rules of nf_tables itself, as `iptables-restore-translate` writes them
 */
export const BACKENDS = ['iptables-nft', 'iptables-legacy', 'nft'] as const;

export type Backend = (typeof BACKENDS)[number];

export const DEFAULT_BACKEND: Backend = 'iptables-nft';

/** @throws UsageError for a word that names no backend, with those that there are */
export function parseBackend(name: string): Backend {
  return knownName('backend', name, BACKENDS);
}
