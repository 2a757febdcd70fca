// Loaded into every process that runs tests. Ctrl-C reaches the whole process group, but what a worker has started is
// stopped when vitest cancels the run, so the signal itself is not for it. Nor may it outlive the run: labs end with it.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit(1));
