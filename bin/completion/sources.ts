import { loadFaults } from '../../fixtures/compiled/chapter-faults.ts';
import { EDITABLE } from '../../fixtures/playground/lab-calls.ts';
import { callServer, labsUp } from '../../fixtures/playground/lab-client.ts';
import { LEVELS } from '../../helpers/check/finding.ts';
import { BACKENDS } from '../../helpers/constants/backends.ts';
import { CAPABILITIES } from '../../helpers/constants/capabilities.ts';
import { SANDBOXES } from '../../helpers/constants/sandboxes.ts';
import { TIMEOUTS } from '../../helpers/constants/timeouts.ts';
import { VERSIONS } from '../../helpers/envoy/versions.ts';
import { TOPOLOGIES } from '../../helpers/project/config.ts';
import { TAGS } from '../../helpers/scenario/topics.ts';
import type { Completion, Place } from '../../helpers/util/completion.ts';
import { adminPages } from '../playground/admin-page.ts';
import { chapterSlugs } from '../run/chapters.ts';
import { keptClaims } from '../run/claims.ts';
import { readKills } from '../run/kills-file.ts';

/** Commands that take chapters, whether or not their labs are running. */
const ON_CHAPTERS = ['run', 'prove', 'up', 'trace', 'compare', 'config'];

/** Commands that take only a running lab. */
const ON_LABS = ['logs', 'rules', 'conntrack', 'reset', 'down'];

const FILE_OPTIONS = [
  '--record',
  '--junit',
  '--html',
  '--file',
  '--pcap',
  '--accept',
  '--from-dump',
  '--rules',
  '--requests',
  '--write-requests',
];

/** The values of the other options that have known ones. */
const VALUES: Record<string, (slugs: string[]) => readonly string[] | Promise<string[]>> = {
  '--envoy': () => ['latest', 'all', ...VERSIONS.toReversed()],
  '--backend': () => BACKENDS,
  '--sandbox': () => SANDBOXES,
  '--require': () => CAPABILITIES,
  '--claim': claimsOf,
  '--tag': () => TAGS,
  '--fault': faultsOf,
  '--fail-on': () => LEVELS,
  '--topology': () => TOPOLOGIES,
};

/** The candidates at a position of the command line. Loads nothing that starts labs. */
export async function sourceOf(place: Place): Promise<Completion> {
  const values = await valuesAt(place);
  return values === 'files' ? values : values.map((value) => ({ value }));
}

async function valuesAt({ command, before, option }: Place): Promise<readonly string[] | 'files'> {
  if (option !== undefined) {
    if (FILE_OPTIONS.includes(option)) return 'files';
    return VALUES[option]?.(before.length > 0 ? before : await chapterSlugs()) ?? [];
  }
  if (ON_CHAPTERS.includes(command)) return chapters(command, before);
  if (ON_LABS.includes(command)) return before.length === 0 ? labsUp() : [];
  if (command === 'exec' || command === 'shell') return labsAnd(before, hostsOf);
  if (command === 'edit') return labsAnd(before, () => EDITABLE);
  if (command === 'admin') return labsAnd(before, pagesOf);
  return command === 'merge' || command === 'check' ? 'files' : [];
}

async function chapters(command: string, before: string[]): Promise<string[]> {
  // The first two arguments are versions or records.
  if (command === 'compare' && before.length < 2) return VERSIONS.toReversed();
  if (['up', 'trace', 'config'].includes(command) && before.length > 0) return [];
  return (await chapterSlugs()).filter((slug) => !before.includes(slug));
}

/** For a command whose first word may be a lab: the running labs, and names inside them. */
async function labsAnd(
  [slug, ...more]: string[],
  inLab: (slug: string) => readonly string[] | Promise<string[]>,
): Promise<string[]> {
  const up = await labsUp();
  if (more.length > 0 || (slug !== undefined && !up.includes(slug))) return [];
  const found = await Promise.all((slug === undefined ? up : [slug]).map(inLab));
  return [...new Set([...found.flat(), ...(slug === undefined ? up : [])])];
}

async function hostsOf(slug: string): Promise<string[]> {
  const lab = await soon(callServer(slug, 'describe'));
  return Object.keys(lab?.server.hosts ?? {});
}

/** The admin pages that Envoy lists. */
async function pagesOf(slug: string): Promise<string[]> {
  const help = await soon(callServer(slug, 'admin', { path: '/help', method: 'GET' }));
  return adminPages(help ?? '');
}

/** The titles of claims as last collected or, for a chapter that has changed, from `kills.json`: to collect them takes seconds. */
async function claimsOf(slugs: string[]): Promise<string[]> {
  const kept = keptClaims(slugs);
  const titles = slugs.map(async (slug) => {
    const claims = kept.get(slug);
    if (claims) return claims.map(({ title }) => title);
    const known = await readKills(slug).catch(() => undefined);
    return Object.values(known?.kills ?? {}).flat();
  });
  return [...new Set((await Promise.all(titles)).flat())];
}

async function faultsOf(slugs: string[]): Promise<string[]> {
  const chapters = await Promise.all(slugs.map(loadFaults));
  return chapters.flatMap(({ faults }) => Object.keys(faults));
}

/** An answer that arrives in time and is no error. */
function soon<T>(answer: Promise<T | undefined>): Promise<T | undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), TIMEOUTS.completionMs).unref();
    answer.then(resolve, () => resolve(undefined));
  });
}
