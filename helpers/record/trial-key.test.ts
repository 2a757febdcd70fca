import { expect, test } from 'vitest';
import { sameHost, scenario } from '../scenario/scenario.ts';
import { type TrialInputs, trialKey } from './trial-key.ts';

const SCENARIO = scenario({
  slug: 'alpha',
  task: 'intercept',
  title: 'a',
  requirement: 'b',
  purpose: 'c',
  topology: sameHost({ upstreams: { blue: { port: 80 } } }),
  netfilter: `
    *nat
    -A OUTPUT -p tcp --dport 80 -j REDIRECT --to-ports 4999 -m comment --comment "to Envoy"
    COMMIT`,
});

const INPUTS: TrialInputs = {
  scenario: SCENARIO,
  injects: 'declared faults',
  envoyConfig: 'static_resources: {}\n',
  claims: 'c1',
  harness: 'h1',
  envoyImage: 'sha256:e1',
  hostImage: 'sha256:f1',
  node: 'v24.1.0',
  kernel: '6.18.0',
  architecture: 'x86_64',
  engine: 'Docker 20.10.24',
  backend: 'iptables-nft',
  sandbox: 'namespaces',
  iptables: 'iptables v1.8.11 (nf_tables)',
  capabilities: ['redirect', 'tproxy'],
};

/** Another value of each input. A new input does not compile without one. */
const OTHER: { [Input in keyof Required<TrialInputs>]: TrialInputs[Input][] } = {
  scenario: [
    { ...SCENARIO, netfilter: '' },
    { ...SCENARIO, topology: sameHost({ upstreams: { blue: { port: 80, fault: { name: 'red' } } } }) },
    { ...SCENARIO, envoy: { config: 'alpha.yaml', uid: 101, changes: [{ delete: ['admin'] }] } },
  ],
  misdated: ['a change'],
  injects: ['mutations'],
  envoyConfig: ['static_resources: {}\n#\n', undefined],
  claims: ['c2'],
  harness: ['h2'],
  envoyImage: ['sha256:e2'],
  hostImage: ['sha256:f2'],
  node: ['v24.1.1'],
  kernel: ['6.18.1'],
  architecture: ['aarch64'],
  engine: ['Docker 20.10.25'],
  backend: ['nft'],
  sandbox: ['containers', undefined],
  iptables: ['iptables v1.8.12 (nf_tables)'],
  capabilities: [['redirect'], ['redirect', 'tproxy', 'owner']],
};

const changes = Object.entries(OTHER).flatMap(([input, values]) => values.map((value) => ({ input, value })));

test.each(changes)('another $input is another key ($value)', ({ input, value }) => {
  expect(trialKey({ ...INPUTS, [input]: value })).not.toBe(trialKey(INPUTS));
});

test('equal inputs have one key, in any order', () => {
  const reversed = Object.fromEntries(Object.entries(INPUTS).toReversed()) as typeof INPUTS;
  expect(trialKey(structuredClone(reversed))).toBe(trialKey(INPUTS));
  expect(trialKey(INPUTS)).toMatch(/^[0-9a-f]{64}$/);
});

test.each([[() => 1], [/a/], [new Map()], [new Date()], [1n]])('a scenario with %o has no key', (value) => {
  expect(() => trialKey({ ...INPUTS, scenario: Object.assign({}, SCENARIO, { stubs: { value } }) })).toThrow(
    /^--incremental compares scenarios by their data, found \[object \w+\] in "value"/,
  );
});
