import { lstat, readdir, readlink, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { distFolders } from '../../fixtures/compiled/copies.mjs';
import { stateFolder } from '../../fixtures/setup/state-folder.mjs';
import { harnessRoot, projectRoot } from '../../helpers/constants/project.mjs';

/** Reports, or what can be made again: compiled copies, results of earlier proofs. */
export interface Kept {
  kind: 'report' | 'cache';
  path: string;
  bytes: number;
  /** When its newest file was written, in milliseconds since 1970. */
  changed: number;
  /** Why it is never removed. */
  inUse?: string;
}

/** The places of a project. */
export interface Places {
  reports: string;
  /** Folders of compiled copies. */
  copies: string[];
  state: string;
}

export function placesOf(): Places {
  return { reports: join(projectRoot, 'reports'), copies: [...distFolders()], state: stateFolder() };
}

/** Compiled copies this young may be loaded by a running command. */
const LOADED_MS = 24 * 60 * 60 * 1000;

/** What a project keeps between commands, oldest first. */
export async function keptFiles({ reports, copies, state }: Places, now = Date.now()): Promise<Kept[]> {
  const latest = await readlink(join(reports, 'latest')).catch(() => undefined);
  const runs = (await folders(reports)).filter((name) => /^\d{8}T\d{6}Z/.test(name));
  const found = runs.map(
    async (name): Promise<Kept> => ({
      kind: 'report',
      ...(await measured(join(reports, name))),
      ...(latest !== undefined && basename(latest) === name ? { inUse: 'the latest report' } : {}),
    }),
  );
  for (const folder of copies)
    for (const name of (await folders(folder)).filter((each) => /^[a-z]+-[0-9a-f]{16}$/.test(each)))
      found.push(copyIn(join(folder, name), now));
  for (const name of (await folders(state)).filter((each) => ['trials', 'guards', 'npm'].includes(each)))
    found.push(measured(join(state, name)).then((size) => ({ kind: 'cache', ...size })));
  return (await Promise.all(found)).sort((a, b) => a.changed - b.changed);
}

async function copyIn(path: string, now: number): Promise<Kept> {
  const size = await measured(path);
  const inUse =
    path === harnessRoot ? 'this harness' : now - size.changed < LOADED_MS ? 'younger than a day' : undefined;
  return { kind: 'cache', ...size, ...(inUse === undefined ? {} : { inUse }) };
}

/** Removes what is older than `ms` and not in use. @returns what was removed */
export async function removeKept(kept: Kept[], ms: number, now = Date.now()): Promise<Kept[]> {
  const old = kept.filter(({ changed, inUse }) => inUse === undefined && now - changed > ms);
  await Promise.all(old.map(({ path }) => rm(path, { recursive: true, force: true })));
  return old;
}

/** The names of the folders in a folder; none where it does not exist. */
async function folders(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.flatMap((entry) => (entry.isDirectory() ? entry.name : []));
}

/** The size of a folder, and its newest change. Links are not followed. */
async function measured(path: string): Promise<Pick<Kept, 'path' | 'bytes' | 'changed'>> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch(() => []);
  const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  const states = await Promise.all([path, ...files].map((file) => lstat(file).catch(() => undefined)));
  return {
    path,
    // What it occupies on the disk: stat(2) counts blocks of 512 bytes.
    bytes: states.reduce((sum, state) => sum + (state?.blocks ?? 0) * 512, 0),
    changed: Math.max(...states.map((state) => state?.mtimeMs ?? 0)),
  };
}
