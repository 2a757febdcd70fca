import { defineConfig } from 'vitest/config';
import { TIMEOUTS } from '../../helpers/constants/timeouts.ts';

/** The tests of the site, which need Chromium, separate from all others. */
export default defineConfig({
  test: {
    name: 'site',
    root: new URL('../..', import.meta.url).pathname,
    include: ['docs/.vitepress/**/*.test.ts'],
    watch: false,
    testTimeout: TIMEOUTS.runMs,
    hookTimeout: TIMEOUTS.runMs,
  },
});
