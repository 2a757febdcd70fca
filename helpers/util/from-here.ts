import { relative } from 'node:path';

/** A path as it is written in the current folder. */
export function fromHere(path: string): string {
  return relative(process.cwd(), path) || path;
}
