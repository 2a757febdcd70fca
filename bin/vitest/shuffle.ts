import { beforeAll, type RunnerTestSuite } from 'vitest';

// Vitest's own `sequence.shuffle` holds for all projects, and the labs' tests build on each other. The order follows
// `sequence.seed`; what is reported keeps the order of the file.
// biome-ignore lint/correctness/noEmptyPattern: vitest reads the fixtures that are used from this pattern
beforeAll(({}, file) => shuffle(file));

function shuffle(suite: Readonly<RunnerTestSuite>): void {
  Object.assign(suite, { shuffle: true });
  for (const task of suite.tasks) if (task.type === 'suite') shuffle(task);
}
