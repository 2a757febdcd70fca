/** The first claims of a setup, which pass at once. */
export function claimsText(name: string, config: string): string {
  return `import { chapter, requestClaims } from 'envoy-big-book';
import { expect } from 'vitest';

const test = chapter('${name}');

test('Envoy is live with ${config.replaceAll("'", "\\'")}', async ({ lab }) => {
  const { state } = JSON.parse(await lab.envoy.admin('/server_info'));
  expect(state).toBe('LIVE');
});

// A claim for each request in bigbook/${name}.http: its status is what \`# @expect\` names.
await requestClaims('${name}', test);
`;
}
