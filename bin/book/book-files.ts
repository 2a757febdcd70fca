import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isGenerated } from '../../helpers/book/markdown.ts';
import { formatTrace, parseTrace, type RequestTrace } from '../../helpers/book/request-trace.ts';
import { projectRoot } from '../../helpers/constants/project.mjs';
import { traceFile } from '../../helpers/scenario/suite-files.ts';

const DOCS = join(projectRoot, 'docs');

/** @param name relative to docs/ */
export async function writePage(name: string, text: string): Promise<void> {
  const file = join(DOCS, name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

/** @param name relative to docs/ */
export async function removePage(name: string): Promise<void> {
  await rm(join(DOCS, name));
}

/** The generated pages in docs/, by name. */
export async function generatedPages(): Promise<Map<string, string>> {
  const names = (await readdir(DOCS).catch(() => [])).filter((name) => name.endsWith('.md')).sort();
  const pages = await Promise.all(names.map(async (name) => [name, await readFile(join(DOCS, name), 'utf8')] as const));
  return new Map(pages.filter(([, text]) => isGenerated(text)));
}

/** The trace of a chapter's request; undefined where it has none. @throws UsageError for invalid content */
export async function readTrace(slug: string): Promise<RequestTrace | undefined> {
  const file = traceFile(slug);
  const text = await readFile(join(projectRoot, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : parseTrace(text, file);
}

export async function writeTrace(slug: string, trace: RequestTrace): Promise<void> {
  await writeFile(join(projectRoot, traceFile(slug)), formatTrace(trace));
}
