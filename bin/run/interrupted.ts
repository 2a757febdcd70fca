/** What a process that a signal has ended exits with here, Ctrl-C above all: 128 and the number of SIGINT. */
export const INTERRUPTED = 130;
