import { register } from 'tsx/esm/api';

/**
 * Loads TypeScript in this process from now on, until it is called.
 *
 * While it does, every module passes through it: vitest with its many takes 700 ms to load, and 250 ms without.
 */
export const stopLoadingTypeScript = register();
