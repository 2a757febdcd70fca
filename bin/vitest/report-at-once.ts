import { beforeEach, recordArtifact } from 'vitest';

declare module 'vitest' {
  interface TestArtifactRegistry {
    started: { type: 'bigbook:started' };
  }
}

// Vitest batches results until the next event: a slow claim would delay the result of the one before,
// and a kill would lose it. An artifact flushes the batch.
beforeEach(async ({ task }) => {
  await recordArtifact(task, { type: 'bigbook:started' });
});
