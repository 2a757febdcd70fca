/** Values of `--require`: features of the kernel and the engine that chapters need. */
export const CAPABILITIES = ['redirect', 'owner', 'tproxy', 'ipv6', 'conntrack', 'hop-limit', 'tracing'] as const;

export type CapabilityName = (typeof CAPABILITIES)[number];

/**
 * Capabilities to identify the workload of a connection: to read `/proc/PID/exe` and
 * `/proc/PID/fd/*`, and to list `fd`.
 */
export const IDENTITY_CAPABILITIES = ['SYS_PTRACE', 'DAC_READ_SEARCH'] as const;
