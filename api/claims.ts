import type * as Claims from '../fixtures/chapter.ts';
import type * as Requests from '../fixtures/request-claims.ts';
import type { Scenario } from '../helpers/scenario/scenario.ts';
import { UsageError } from '../helpers/util/errors.ts';

// Settings are loaded by commands too, where vitest, an optional peer, may be missing and is slow to load.
const claims: (typeof Claims & typeof Requests) | undefined =
  '__vitest_worker__' in globalThis
    ? { ...(await import('../fixtures/chapter.ts')), ...(await import('../fixtures/request-claims.ts')) }
    : undefined;

function loaded(): typeof Claims & typeof Requests {
  if (claims) return claims;
  throw new UsageError('claims are declared in files that vitest runs, such as bigbook/NAME.test.ts');
}

/** The `test` of a chapter or of a setup: starts its lab before the first claim and restores it after each. */
export const chapter: typeof Claims.chapter = (scenario: string | Scenario) =>
  typeof scenario === 'string' ? loaded().chapter(scenario) : loaded().chapter(scenario);

/**
 * Declares a claim for each request in the `.http` files of a setup; without such files, one that sends the derived
 * requests.
 */
export const requestClaims: typeof Requests.requestClaims = (setup, test) => loaded().requestClaims(setup, test);

/** The option of a claim whose assertions depend on changes between Envoy versions. */
export const differs: typeof Claims.differs = (...changes) => loaded().differs(...changes);

/** Combines options: `combined(changesEnvoy, differs(change))`. */
export const combined: typeof Claims.combined = (...options) => loaded().combined(...options);

/** The option of a claim that replaces or stops Envoy. */
export const changesEnvoy: typeof Claims.changesEnvoy = { meta: { changesEnvoy: true } };
