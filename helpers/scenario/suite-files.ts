import { existsSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { OWN_CLAIMS, projectRoot, SUITES } from '../constants/project.mjs';

export { SUITES };

export const scenarioFile = (slug: string): string => `${SUITES}/${slug}/scenario.ts`;
export const faultsFile = (slug: string): string => `${SUITES}/${slug}/faults.ts`;
export const killsFile = (slug: string): string => `${SUITES}/${slug}/kills.json`;
export const traceFile = (slug: string): string => `${SUITES}/${slug}/trace.json`;

/** Claims files that are made for setups without one, relative to the project. */
const made = new Map<string, string>();

/** The claims of a setup, `bigbook/<name>.test.ts` or a file that is made for it; else those of a chapter. */
export function claimsFile(slug: string): string {
  const own = `${OWN_CLAIMS}/${slug}.test.ts`;
  if (existsSync(join(projectRoot, own))) return own;
  return made.get(slug) ?? `${SUITES}/${slug}/claims.test.ts`;
}

/** Names the claims file that is made for a setup. @param path absolute */
export function useClaimsFile(slug: string, path: string): void {
  made.set(slug, relative(projectRoot, path));
}

/** The chapter or setup of a file in `suites/<slug>/`, or of `bigbook/<slug>.test.ts`. */
export function slugOf(path: string): string {
  const folder = basename(dirname(path));
  if (folder !== OWN_CLAIMS) return folder;
  return basename(path).replace(/\.test\.m?[jt]s.*$/, '');
}

const FAULT = '?fault=';
const ENVOY = '?envoy=';

/**
 * The id of a claims file as the test module of a trial, with the injected fault. Vitest runs a module
 * once per id, so trials of a chapter need different ones.
 *
 * @param path of the claims file
 */
export function trialModule(path: string, fault: string): string {
  return withName(path, FAULT, fault);
}

/** The fault that a test module injects; undefined where it is no trial's. */
export function faultOf(moduleId: string): string | undefined {
  return nameIn(moduleId, FAULT);
}

/**
 * The id of a claims file as the test module of one variant of a run. Vitest's worker serves one project,
 * so that variants which share a lab must be modules of one.
 *
 * @param path of the claims file
 */
export function variantModule(path: string, variant: string): string {
  return withName(path, ENVOY, variant);
}

/** The variant that a test module names; undefined where it is the one of its vitest project. */
export function variantIn(moduleId: string): string | undefined {
  return nameIn(moduleId, ENVOY);
}

/** The id of a test module without its variant: the same for all Envoys of a chapter or a trial. */
export function withoutVariant(moduleId: string): string {
  return moduleId.split(ENVOY)[0] ?? moduleId;
}

/** A text such as a stack trace, with the ids of test modules replaced by the paths of their files. */
export function withPaths(text: string): string {
  return text.replaceAll(/\?(?:fault|envoy)=[\w-]+/g, '');
}

/** Vite and stack traces read signs such as `%` and parentheses in an id. */
function withName(path: string, key: string, name: string): string {
  return `${path}${key}${Buffer.from(name).toString('base64url')}`;
}

function nameIn(moduleId: string, key: string): string | undefined {
  const [, name] = moduleId.split(key);
  return name === undefined ? undefined : Buffer.from(name, 'base64url').toString();
}
