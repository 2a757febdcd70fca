import { basename, dirname } from 'node:path';
import { SUITES } from '../constants/project.mjs';

export { SUITES };

export const scenarioFile = (slug: string): string => `${SUITES}/${slug}/scenario.ts`;
export const claimsFile = (slug: string): string => `${SUITES}/${slug}/claims.test.ts`;
export const faultsFile = (slug: string): string => `${SUITES}/${slug}/faults.ts`;
export const killsFile = (slug: string): string => `${SUITES}/${slug}/kills.json`;
export const traceFile = (slug: string): string => `${SUITES}/${slug}/trace.json`;

/** The chapter that a file in `suites/<slug>/` belongs to. */
export function slugOf(path: string): string {
  return basename(dirname(path));
}
