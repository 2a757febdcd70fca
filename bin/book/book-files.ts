import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChapterEvidence, EVIDENCE_SCHEMA } from '../../helpers/book/page-data.ts';
import { type EnvoysEvidence, NO_ENVOYS } from '../../helpers/book/versions-data.ts';
import { projectRoot } from '../../helpers/constants/project.mjs';
import { messageOf, UsageError } from '../../helpers/util/errors.ts';

const DOCS = join(projectRoot, 'docs');

/** The pages that are written by hand, in docs/ as well. */
export const BY_HAND = ['benchmarks.md', 'commands.md', 'glossary.md', 'how-it-works.md', 'layout.md'];

/** Where everything but the Envoys' own stands. */
const ENVOYS = 'envoys';

/** @throws UsageError for a file that is not JSON of this schema */
export async function readChapterEvidence(slug: string): Promise<ChapterEvidence | undefined> {
  return readEvidence<ChapterEvidence>(slug);
}

export async function readEnvoysEvidence(): Promise<EnvoysEvidence> {
  return (await readEvidence<EnvoysEvidence>(ENVOYS)) ?? NO_ENVOYS;
}

export async function writeChapterEvidence(evidence: ChapterEvidence): Promise<void> {
  await writeEvidence(evidence.slug, evidence);
}

export async function writeEnvoysEvidence(evidence: EnvoysEvidence): Promise<void> {
  await writeEvidence(ENVOYS, evidence);
}

async function readEvidence<T extends { schema: string }>(name: string): Promise<T | undefined> {
  const text = await readDoc(join('evidence', `${name}.json`));
  if (text === undefined) return undefined;
  let value: T;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(
      `docs/evidence/${name}.json is not JSON (${messageOf(error)}): \`npm run book\` makes it again`,
    );
  }
  if (value.schema !== EVIDENCE_SCHEMA) {
    throw new UsageError(
      `docs/evidence/${name}.json has schema ${value.schema}, this version reads ${EVIDENCE_SCHEMA}: delete it, and \`npm run book\` makes it again`,
    );
  }
  return value;
}

async function writeEvidence(name: string, value: unknown): Promise<void> {
  await writeDoc(join('evidence', `${name}.json`), `${JSON.stringify(value, null, 1)}\n`);
}

/** A file of docs/; undefined where it is not there. */
export async function readDoc(name: string): Promise<string | undefined> {
  try {
    return await readFile(join(DOCS, name), 'utf8');
  } catch {
    return undefined;
  }
}

export async function writeDoc(name: string, text: string): Promise<void> {
  await mkdir(join(DOCS, 'evidence'), { recursive: true });
  await writeFile(join(DOCS, name), text);
}

export async function removeDoc(name: string): Promise<void> {
  await rm(join(DOCS, name));
}

/** The pages and the evidence that are there, by their names in docs/, sorted. */
export async function listDocs(): Promise<{ pages: string[]; evidence: string[] }> {
  const list = async (folder: string, suffix: string): Promise<string[]> => {
    const files = await readdir(folder).catch(() => []);
    return files.filter((file) => file.endsWith(suffix)).sort();
  };
  const evidence = await list(join(DOCS, 'evidence'), '.json');
  return { pages: await list(DOCS, '.md'), evidence: evidence.filter((file) => file !== `${ENVOYS}.json`) };
}
