import { defineConfig } from 'vitest/config';
import { TIMEOUTS } from '../../helpers/constants/timeouts.ts';

/** The tests of the site, in a real Chromium: apart from the book's own, which have to run without one. */
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
