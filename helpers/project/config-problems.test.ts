import { expect, test } from 'vitest';
import { configProblems } from './config-problems.ts';

test('complete settings have no problem', () => {
  const settings = {
    envoys: ['1.36.2', '1.40.0'],
    setups: {
      edge: {
        config: 'deploy/envoy.yaml',
        env: { SERVICE: 'backend' },
        files: { '/etc/certs': 'generated' },
        requests: 'bigbook/*.http',
      },
      sidecar: {
        config: 'mesh/dump.json',
        rules: 'mesh/iptables.sh',
        topology: 'pod',
        uids: { envoy: 1337 },
        upstreams: { backend: { answers: {} } },
      },
    },
    accept: 'bigbook/accepted.yaml',
    changes: [],
  };
  expect(configProblems(settings)).toEqual([]);
  expect(configProblems({})).toEqual([]);
});

test.each([
  [{ setup: {} }, ['unknown setting "setup"; did you mean "setups"?']],
  [{ setups: { edge: {} } }, ['setups.edge.config is missing']],
  [
    { setups: { edge: { config: 'a.yaml', topolgy: 'pod' } } },
    ['setups.edge: unknown field of a setup "topolgy"; did you mean "topology"?'],
  ],
  [
    { setups: { edge: { config: 'a.yaml', topology: 'pods' } } },
    ['setups.edge.topology: unknown topology "pods"; did you mean "pod"?'],
  ],
  [
    { setups: { edge: { config: 3, uids: { envoy: '1337' }, env: ['A'] } } },
    [
      'setups.edge.config: expected a text, found 3',
      'setups.edge.uids.envoy: expected a whole number from 0, found "1337"',
      'setups.edge.env: expected an object, found ["A"]',
    ],
  ],
  [
    { setups: { 'My Edge': { config: 'a.yaml' } } },
    ['setups: bad name "My Edge"; expected lower-case words with hyphens, such as edge-proxy'],
  ],
  [{ envoys: '1.40.0' }, ['envoys: expected a list, found "1.40.0"']],
  [[], [': expected an object, found []']],
])('bad settings %j are one line for each problem', (settings, problems) => {
  expect(configProblems(settings)).toEqual(problems);
});
