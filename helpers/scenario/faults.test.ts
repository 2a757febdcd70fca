import { expect, test } from 'vitest';
import {
  addedRule,
  changedRouting,
  changedRule,
  config,
  envoyRunsWith,
  type Fault,
  faulted,
  identity,
  identityLacks,
  metadata,
  resolves,
  swappedRules,
  sysctl,
  upstream,
  withoutRouting,
  withoutRule,
} from './faults.ts';
import { sameHost, scenario } from './scenario.ts';

const MARK = 'rule add fwmark 0x1 lookup 100';
const ALIAS = '-A PREROUTING -p tcp --dport 4999 -m comment --comment "alias" -j REDIRECT --to-ports 80';

const sound = scenario({
  slug: 'sample',
  task: 'intercept',
  title: '',
  requirement: '',
  purpose: '',
  origin: { chapter: 'original-dst', changed: '' },
  topology: sameHost({
    upstreams: { blue: { port: 80, netfilter: `*nat\n${ALIAS}\nCOMMIT` }, green: { port: 80 } },
  }),
  envoy: { config: 'original-dst.yaml', uid: 101 },
  netfilter: `
    *nat
    -A OUTPUT -p tcp --dport 80 -m comment --comment "one" -j REDIRECT --to-ports 4999
    -A OUTPUT -p tcp --dport 81 -m comment --comment "two" -j REDIRECT --to-ports 4999
    COMMIT`,
  routing: [MARK],
});

function under(...fault: Fault[]): typeof sound {
  return faulted(sound, 'fault', fault);
}

test('a fault removes, changes or swaps rules', () => {
  const [, one = '', two = ''] = sound.netfilter.split('\n');
  expect(under(withoutRule('one')).netfilter).toBe(sound.netfilter.replace(`${one}\n`, ''));
  expect(under(changedRule('two', '--dport 81', '--dport 82')).netfilter).toBe(sound.netfilter.replace('81', '82'));
  expect(under(swappedRules('one', 'two')).netfilter).toBe(`*nat\n${two}\n${one}\nCOMMIT\n`);
});

test('a fault changes a rule in both families, or in the named one', () => {
  const both = { ...sound, netfilter6: sound.netfilter };
  const of = (fault: Fault): string[] => {
    const { netfilter, netfilter6 } = faulted(both, 'fault', fault);
    return [netfilter, netfilter6].map((ruleset) => (ruleset === sound.netfilter ? 'sound' : 'faulty'));
  };
  expect(of(withoutRule('one'))).toEqual(['faulty', 'faulty']);
  expect(of(withoutRule('one', 'ipv4'))).toEqual(['faulty', 'sound']);
  expect(of(changedRule('one', '80', '82', 'ipv6'))).toEqual(['sound', 'faulty']);
  expect(() => under(withoutRule('one', 'ipv6'))).toThrow('no rule');
});

test('a fault finds a rule of an upstream by its comment', () => {
  expect(under(withoutRule('alias')).topology.upstreams.blue.netfilter).toBe('*nat\nCOMMIT');
  expect(under(withoutRule('alias')).netfilter).toBe(sound.netfilter);
});

test('a fault adds a rule to an existing or new table', () => {
  const rule = '-A POSTROUTING -j MASQUERADE';
  expect(under(addedRule('nat', rule)).netfilter).toBe(sound.netfilter.replace('COMMIT', `${rule}\nCOMMIT`));
  expect(under(addedRule('nat', rule, { at: 'green' })).topology.upstreams.green.netfilter).toBe(
    `*nat\n${rule}\nCOMMIT\n`,
  );
  expect(under(addedRule('nat', rule, { family: 'ipv6' })).netfilter6).toBe(`*nat\n${rule}\nCOMMIT\n`);
});

test('faults change routing, sysctls, names, upstreams and Envoy', () => {
  expect(under(withoutRouting(MARK)).routing).toEqual([]);
  expect(under(changedRouting(MARK, 'rule add fwmark 0x2 lookup 100')).routing).toEqual([
    'rule add fwmark 0x2 lookup 100',
  ]);
  expect(under(sysctl('net.ipv4.ip_forward', '0')).topology.sysctls).toEqual({ 'net.ipv4.ip_forward': '0' });
  expect(under(resolves('api.test', 'green')).names).toEqual({ 'api.test': 'green' });
  expect(under(upstream('blue', { name: 'green' })).topology.upstreams.blue.fault).toEqual({ name: 'green' });
  expect(under(envoyRunsWith({ uid: 0 })).envoy?.uid).toBe(0);
  expect(under(config({ delete: ['admin'] }), config({ delete: ['x'] })).envoy?.changes).toEqual([
    { delete: ['admin'] },
    { delete: ['x'] },
  ]);
});

test('faults change the authorization stub and the metadata service', () => {
  const stubs = { authz: { identity: {} }, metadata: { versions: ['v2' as const] } };
  const stubsUnder = (fault: Fault): object => fault({ ...sound, stubs }).stubs;
  expect(stubsUnder(identity({ ignoresPeer: true }))).toEqual({ ...stubs, identityFault: { ignoresPeer: true } });
  expect(stubsUnder(identityLacks('SYS_PTRACE'))).toEqual({ ...stubs, identityLacks: ['SYS_PTRACE'] });
  expect(stubsUnder(metadata({ fault: { acceptsAnyToken: true } }))).toEqual({
    ...stubs,
    metadata: { versions: ['v2'], fault: { acceptsAnyToken: true } },
  });
});

test('a fault without effect is an error', () => {
  expect(() => under(withoutRule('three'))).toThrow('no rule with the comment "three"');
  expect(() => under(changedRule('one', '--dport 81', ''))).toThrow('has no "--dport 81"');
  expect(() => under(withoutRouting('rule'))).toThrow('no routing "rule"');
  expect(() => under(upstream('red', {}))).toThrow('no upstream "red"');
  expect(() => under(identity({ ignoresPeer: true }))).toThrow('no authorization stub with identity headers');
});
