/** What asks a process to end: Ctrl-C, `kill`, and a terminal that is closed (signal(7)). */
export const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
