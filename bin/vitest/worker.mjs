// For every process that runs tests. Ctrl-C reaches the whole process group, but workers stop when vitest
// cancels the run. A worker must not outlive the run: labs end with it.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit(1));
