/** Abilities of the kernel and the engine that chapters ask for, by the word that `--require` takes. */
export const CAPABILITIES = ['redirect', 'owner', 'tproxy', 'ipv6', 'conntrack', 'hop-limit', 'tracing'] as const;

export type CapabilityName = (typeof CAPABILITIES)[number];
