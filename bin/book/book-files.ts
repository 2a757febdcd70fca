import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isGenerated } from '../../helpers/book/markdown.ts';
import { type ChapterEvidence, EVIDENCE_SCHEMA } from '../../helpers/book/page-data.ts';
import { type EnvoysEvidence, NO_ENVOYS } from '../../helpers/book/versions-data.ts';
import { projectRoot } from '../../helpers/constants/project.mjs';
import { messageOf, UsageError } from '../../helpers/util/errors.ts';

const DOCS = join(projectRoot, 'docs');

/** The name of the evidence of all versions; each other one is named after its chapter. */
const ENVOYS = 'envoys';

/** @throws UsageError for a file that is not JSON of this schema */
export function readChapterEvidence(slug: string): Promise<ChapterEvidence | undefined> {
  return readEvidence<ChapterEvidence>(slug);
}

/** @throws UsageError for a file that is not JSON of this schema */
export async function readEnvoysEvidence(): Promise<EnvoysEvidence> {
  return (await readEvidence<EnvoysEvidence>(ENVOYS)) ?? NO_ENVOYS;
}

/** @param name a chapter's slug */
export async function writeEvidence(evidence: ChapterEvidence | EnvoysEvidence, name = ENVOYS): Promise<void> {
  await writeDoc(evidenceFile(name), `${JSON.stringify(evidence, null, 1)}\n`);
}

/** The file of a chapter's evidence, in docs/. */
export function evidenceFile(slug: string): string {
  return `evidence/${slug}.json`;
}

async function readEvidence<T extends { schema: string }>(name: string): Promise<T | undefined> {
  const file = evidenceFile(name);
  const text = await readFile(join(DOCS, file), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  let value: T;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`docs/${file} is not JSON (${messageOf(error)}): \`npm run book\` makes it again`);
  }
  if (value.schema === EVIDENCE_SCHEMA) return value;
  throw new UsageError(
    `docs/${file} has schema ${value.schema}, this version reads ${EVIDENCE_SCHEMA}: delete it, and \`npm run book\` makes it again`,
  );
}

/** @param name relative to docs/ */
export async function writeDoc(name: string, text: string): Promise<void> {
  const file = join(DOCS, name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

/** @param name relative to docs/ */
export async function removeDoc(name: string): Promise<void> {
  await rm(join(DOCS, name));
}

/** The generated pages in docs/, by name. */
export async function generatedPages(): Promise<Map<string, string>> {
  const names = (await readdir(DOCS).catch(() => [])).filter((name) => name.endsWith('.md')).sort();
  const pages = await Promise.all(names.map(async (name) => [name, await readFile(join(DOCS, name), 'utf8')] as const));
  return new Map(pages.filter(([, text]) => isGenerated(text)));
}

/** The slugs of the chapters that docs/evidence/ has a file of, sorted. */
export async function chaptersWithEvidence(): Promise<string[]> {
  const files = await readdir(join(DOCS, 'evidence')).catch(() => []);
  const names = files.filter((file) => file.endsWith('.json')).map((file) => file.replace(/\.json$/, ''));
  return names.filter((name) => name !== ENVOYS).sort();
}
