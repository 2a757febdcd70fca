import { expect, test } from 'vitest';
import { settingsText } from './settings-text.ts';

test('settings are code that names the versions and every setup', () => {
  const text = settingsText({
    envoys: ['1.36.2', '1.40.0'],
    setups: {
      edge: { config: 'deploy/envoy.yaml', env: { SERVICE: "it's" }, requests: 'bigbook/edge.http' },
      'side-car': { config: 'mesh/envoy.yaml', rules: 'mesh/iptables.sh' },
    },
  });
  expect(text).toBe(`import { defineConfig } from 'envoy-big-book';

export default defineConfig({
  // The version in use, and the one to upgrade to.
  envoys: ['1.36.2', '1.40.0'],
  setups: {
    edge: {
      config: 'deploy/envoy.yaml',
      env: { SERVICE: 'it\\'s' },
      requests: 'bigbook/edge.http',
    },
    'side-car': {
      config: 'mesh/envoy.yaml',
      rules: 'mesh/iptables.sh',
    },
  },
});
`);
});
