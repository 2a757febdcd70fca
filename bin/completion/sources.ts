import { EDITABLE } from '../../fixtures/playground/lab-calls.ts';
import { askServer, labsUp } from '../../fixtures/playground/lab-client.ts';
import { BACKENDS } from '../../helpers/constants/backends.ts';
import { CAPABILITIES } from '../../helpers/constants/capabilities.ts';
import { TIMEOUTS } from '../../helpers/constants/timeouts.ts';
import { VERSIONS } from '../../helpers/envoy/versions.ts';
import { loadFaults } from '../../helpers/scenario/chapter-faults.ts';
import type { Candidate, Place } from '../../helpers/util/completion.ts';
import { adminPages } from '../playground/admin-page.ts';
import { chapterSlugs } from '../run/chapters.ts';
import { readKills } from '../run/kills-file.ts';

/** Commands that take chapters, whether or not a lab of theirs is up. */
const ON_CHAPTERS = ['run', 'prove', 'up', 'trace', 'compare', 'config'];

/** Commands that take a lab that is up, and nothing else. */
const ON_LABS = ['logs', 'rules', 'conntrack', 'reset', 'down'];

/** What can stand at a place of a command line. Nothing is loaded that stands labs up. */
export async function sourceOf({ command, before, option }: Place): Promise<Candidate[] | 'files'> {
  if (option !== undefined) return valuesOf(option, before);
  if (ON_CHAPTERS.includes(command)) return chapters(command, before);
  if (ON_LABS.includes(command)) return before.length === 0 ? listed(await labsUp()) : [];
  if (command === 'exec' || command === 'shell') return labsAnd(before, hostsOf);
  if (command === 'edit') return labsAnd(before, async () => [...EDITABLE]);
  if (command === 'admin') return labsAnd(before, pagesOf);
  return command === 'merge' ? 'files' : [];
}

async function valuesOf(option: string, before: string[]): Promise<Candidate[] | 'files'> {
  switch (option) {
    case '--envoy':
      return listed(['latest', 'all', ...VERSIONS.toReversed()]);
    case '--backend':
      return listed([...BACKENDS]);
    case '--require':
      return listed([...CAPABILITIES]);
    case '--claim':
      return listed(await claimsOf(before.length > 0 ? before : await chapterSlugs()));
    case '--fault':
      return listed(await faultsOf(before.length > 0 ? before : await chapterSlugs()));
    case '--record':
    case '--junit':
    case '--html':
    case '--file':
    case '--pcap':
      return 'files';
    default:
      return [];
  }
}

async function chapters(command: string, before: string[]): Promise<Candidate[] | 'files'> {
  // Its first two are versions, or records.
  if (command === 'compare' && before.length < 2) return listed(VERSIONS.toReversed());
  if (['up', 'trace', 'config'].includes(command) && before.length > 0) return [];
  return listed((await chapterSlugs()).filter((slug) => !before.includes(slug)));
}

/** Of a command whose first word may be the lab that is meant: the labs that are up, and what there is in them. */
async function labsAnd(before: string[], inLab: (slug: string) => Promise<string[]>): Promise<Candidate[]> {
  const up = await labsUp();
  const [slug, ...more] = before;
  if (more.length > 0 || (slug !== undefined && !up.includes(slug))) return [];
  const found = await Promise.all((slug === undefined ? up : [slug]).map(inLab));
  return listed([...new Set([...found.flat(), ...(slug === undefined ? up : [])])]);
}

async function hostsOf(slug: string): Promise<string[]> {
  const lab = await soon(askServer(slug, 'describe'));
  return Object.keys(lab?.server.containers ?? {});
}

/** The admin pages that Envoy itself names. */
async function pagesOf(slug: string): Promise<string[]> {
  const help = await soon(askServer(slug, 'admin', { path: '/help', method: 'GET' }));
  return adminPages(help ?? '');
}

/** The titles of chapters' claims, each of which some fault kills: to ask the chapters themselves takes seconds. */
async function claimsOf(slugs: string[]): Promise<string[]> {
  const titles = slugs.map(async (slug) => {
    const known = await readKills(slug).catch(() => undefined);
    return Object.values(known?.kills ?? {}).flat();
  });
  return [...new Set((await Promise.all(titles)).flat())];
}

/** The names of chapters' faults. */
async function faultsOf(slugs: string[]): Promise<string[]> {
  const chapters = await Promise.all(slugs.map(loadFaults));
  return chapters.flatMap(({ faults }) => Object.keys(faults));
}

/** What is there in time, and does not fail. */
function soon<T>(answer: Promise<T | undefined>): Promise<T | undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), TIMEOUTS.completionMs).unref();
    answer.then(resolve, () => resolve(undefined));
  });
}

function listed(values: string[]): Candidate[] {
  return values.map((value) => ({ value }));
}
