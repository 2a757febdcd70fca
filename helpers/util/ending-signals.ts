/** The signals of Ctrl-C, `kill` and a closed terminal (signal(7)). */
export const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
