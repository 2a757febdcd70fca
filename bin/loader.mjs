import { register } from 'tsx/esm/api';

/** Ends the loading of TypeScript: with it vitest takes 700 ms to load, 250 ms without. */
export const stopLoadingTypeScript = register();
