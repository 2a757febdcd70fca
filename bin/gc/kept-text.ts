import { relative } from 'node:path';
import { PROGRAM } from '../../helpers/constants/program.ts';
import { projectRoot } from '../../helpers/constants/project.mjs';
import { ageText } from '../../helpers/util/age.ts';
import { sizeText } from '../../helpers/util/size.ts';
import type { Kept } from './kept-files.ts';

/** A line for each folder, and the sum. @param done absent for a listing that removes nothing */
export function describeKept(kept: Kept[], done: 'removed' | undefined, now = Date.now()): string {
  if (kept.length === 0) return 'nothing to remove\n';
  const rows = kept.map(({ path, bytes, changed, inUse }) => ({
    age: ageText(now - changed),
    size: sizeText(bytes),
    name: `${shown(path)}${inUse === undefined ? '' : ` (${inUse})`}`,
  }));
  const widthOf = (column: 'age' | 'size') => Math.max(...rows.map((row) => row[column].length));
  const lines = rows.map(
    ({ age, size, name }) => `${age.padEnd(widthOf('age'))}  ${size.padStart(widthOf('size'))}  ${name}`,
  );
  const sum = `${done === undefined ? '' : `${done} `}${sumsOf(kept)}`;
  const hint = `nothing was removed; \`${PROGRAM} gc --reports --older-than 7d\` removes what is older and not in use`;
  return `${[...lines, '', sum, ...(done === undefined ? [hint] : [])].join('\n')}\n`;
}

/** `reports: 147, 509 MB; caches: 12, 134 MB`. */
export function sumsOf(kept: Kept[]): string {
  return (['report', 'cache'] as const)
    .map((kind) => {
      const of = kept.filter((each) => each.kind === kind);
      return `${kind}s: ${of.length}, ${sizeText(of.reduce((sum, { bytes }) => sum + bytes, 0))}`;
    })
    .join('; ');
}

/** A path relative to the project where it is in it. */
function shown(path: string): string {
  const inside = relative(projectRoot, path);
  return inside.startsWith('..') ? path : inside;
}
