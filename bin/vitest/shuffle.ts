import { beforeAll, type RunnerTestSuite } from 'vitest';

// `sequence.shuffle` applies to all projects, but tests of labs depend on each other. The order follows
// `sequence.seed`; reports keep the order of the file.
// biome-ignore lint/correctness/noEmptyPattern: vitest reads the fixtures that are used from this pattern
beforeAll(({}, file) => shuffle(file));

function shuffle(suite: Readonly<RunnerTestSuite>): void {
  Object.assign(suite, { shuffle: true });
  for (const task of suite.tasks) if (task.type === 'suite') shuffle(task);
}
