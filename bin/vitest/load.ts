import type * as VitestNode from 'vitest/node';
import { stopLoadingTypeScript } from '../loader.mjs';

/** Loads vitest, which loads TypeScript itself; other TypeScript must be loaded before. */
export async function loadVitest(): Promise<typeof VitestNode> {
  await stopLoadingTypeScript();
  return import('vitest/node');
}
