import type { BigbookConfig } from './config.ts';

/** The text of `bigbook.config.ts`. */
export function settingsText({ envoys = [], setups = {}, accept }: BigbookConfig): string {
  const described = Object.entries(setups).map(([name, setup]) => {
    const lines = Object.entries(setup).flatMap(([field, value]) =>
      value === undefined ? [] : [`      ${field}: ${literalOf(value)},\n`],
    );
    return `    ${keyOf(name)}: {\n${lines.join('')}    },\n`;
  });
  return `import { defineConfig } from 'envoy-big-book';

export default defineConfig({
  // The version in use, and the one to upgrade to.
  envoys: ${literalOf(envoys)},
  setups: {
${described.join('')}  },
${accept === undefined ? '' : `  // Differences that are accepted, each with a reason.\n  accept: ${literalOf(accept)},\n`}});
`;
}

/** A value as code with single quotes. */
function literalOf(value: unknown): string {
  if (typeof value === 'string')
    return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
  if (Array.isArray(value)) return `[${value.map(literalOf).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, each]) => `${keyOf(key)}: ${literalOf(each)}`);
    return `{ ${entries.join(', ')} }`;
  }
  return JSON.stringify(value);
}

function keyOf(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : literalOf(name);
}
