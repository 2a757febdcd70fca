import type * as VitestNode from 'vitest/node';
import { stopLoadingTypeScript } from '../loader.mjs';

/** Vitest's programming interface. It loads TypeScript by itself; whatever else this process needs of it must be loaded before. */
export async function loadVitest(): Promise<typeof VitestNode> {
  await stopLoadingTypeScript();
  return import('vitest/node');
}
