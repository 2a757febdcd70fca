import { beforeEach, recordArtifact } from 'vitest';

declare module 'vitest' {
  interface TestArtifactRegistry {
    started: { type: 'bigbook:started' };
  }
}

// Vitest gathers results for 100 ms or, where nothing more happens, until something does: a slow claim would hold back the
// result of the one before it, and a kill would lose that. An artifact takes everything gathered so far along.
beforeEach(async ({ task }) => {
  await recordArtifact(task, { type: 'bigbook:started' });
});
