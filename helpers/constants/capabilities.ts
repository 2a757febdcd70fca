/** Abilities of the kernel and the engine that chapters ask for, by the word that `--require` takes. */
export const CAPABILITIES = ['redirect', 'owner', 'tproxy', 'ipv6', 'conntrack', 'hop-limit', 'tracing'] as const;

export type CapabilityName = (typeof CAPABILITIES)[number];

/**
 * Linux capabilities that the authorization stub needs to name the workload of a connection: SYS_PTRACE for the files and the
 * program of another process, DAC_READ_SEARCH for the directory that lists those files, which only its owner may read.
 */
export const IDENTITY_CAPABILITIES = ['SYS_PTRACE', 'DAC_READ_SEARCH'] as const;
