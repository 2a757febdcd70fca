// `vitest run` for `npm test`, which also takes `--seed N` and `--seed=N` as `bigbook run` does.
const at = process.argv.findIndex((word) => /^--seed(=|$)/.test(word));
if (at >= 0) {
  const [option = '', next = ''] = process.argv.splice(at, process.argv[at] === '--seed' ? 2 : 1);
  process.env.BIGBOOK_SEED = option === '--seed' ? next : option.slice('--seed='.length);
}
process.argv.splice(2, 0, 'run');
await import(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url).href);
