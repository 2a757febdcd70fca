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

const FAULT = '?fault=';

/**
 * The id of a claims file as the test module of a trial, with the injected fault. Vitest runs a module
 * once per id, so trials of a chapter need different ones.
 *
 * @param path of the claims file
 */
export function trialModule(path: string, fault: string): string {
  // Vite and stack traces read signs such as `%` and parentheses in an id.
  return `${path}${FAULT}${Buffer.from(fault).toString('base64url')}`;
}

/** The fault that a test module injects; undefined where it is no trial's. */
export function faultOf(moduleId: string): string | undefined {
  const [, fault] = moduleId.split(FAULT);
  return fault === undefined ? undefined : Buffer.from(fault, 'base64url').toString();
}

/** A text such as a stack trace, with the ids of trials' modules replaced by the paths of their files. */
export function withoutFaults(text: string): string {
  return text.replaceAll(/\?fault=[\w-]+/g, '');
}
