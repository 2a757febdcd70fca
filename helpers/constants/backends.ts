import { knownName } from '../util/known-name.ts';

/**
 * Values of `--backend`: how rules are loaded into the kernel.
 * - `iptables-nft`: today's iptables, on nf_tables
 * - `iptables-legacy`: iptables on the older ip_tables
 * - `nft`: nf_tables rules from `iptables-restore-translate`
 */
export const BACKENDS = ['iptables-nft', 'iptables-legacy', 'nft'] as const;

export type Backend = (typeof BACKENDS)[number];

export const DEFAULT_BACKEND: Backend = 'iptables-nft';

/** @throws UsageError for an unknown backend */
export function parseBackend(name: string): Backend {
  return knownName('backend', name, BACKENDS);
}

/** The backend that the variable `BIGBOOK_BACKEND` chooses. @throws UsageError for an unknown one */
export function backendFrom({ BIGBOOK_BACKEND: name = DEFAULT_BACKEND }: NodeJS.ProcessEnv): Backend {
  return parseBackend(name);
}
