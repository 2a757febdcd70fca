import {
  type Chain,
  HOOKS,
  type Hook,
  inNetwork,
  inRanges,
  isInterface,
  type Match,
  type PathRule,
  type Verdict,
} from './packet.ts';

/** The priorities of iptables' tables (linux/netfilter_ipv4.h). */
const PRIORITIES: Record<string, number> = { raw: -300, mangle: -150, nat: -100, filter: 0, security: 50 };

/** The chains of iptables-save text. */
export function chainsOfRestore(ruleset: string): Chain[] {
  const chains: Chain[] = [];
  let table = '';
  const chainOf = (name: string): Chain => {
    const known = chains.find((chain) => chain.table === table && chain.name === name);
    if (known) return known;
    const hook = HOOKS.find((each): each is Hook => each === name.toLowerCase());
    const made: Chain = {
      table,
      name,
      rules: [],
      priority: PRIORITIES[table] ?? 0,
      policy: 'accept',
      ...(hook && { hook }),
    };
    chains.push(made);
    return made;
  };
  for (const line of ruleset.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1).trim();
    const [, declared, policy] = /^:(\S+) (\S+)/.exec(line) ?? [];
    if (declared) chainOf(declared).policy = policy === 'DROP' ? 'drop' : 'accept';
    const [, chain, rest] = /^-A (\S+)(.*)$/.exec(line) ?? [];
    if (chain && rest !== undefined) chainOf(chain).rules.push(ruleOf(rest));
  }
  return chains;
}

/** Options whose argument says nothing about the packets that match. */
const SILENT = new Set([
  '-m',
  '--match',
  '--comment',
  '--on-ip',
  '--tproxy-mark',
  '--log-prefix',
  '--log-level',
  '--limit',
  '--limit-burst',
]);

function ruleOf(text: string): PathRule {
  const words = (text.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? []).map((word) => word.replace(/^"(.*)"$/, '$1'));
  const rule: PathRule = { matches: [], verdicts: [] };
  let negated = false;
  let target = '';
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const argument = words[at + 1] ?? '';
    if (word === '!') {
      negated = true;
      continue;
    }
    if (word === '-j' || word === '-g') {
      target = argument;
      rule.verdicts.push(...verdictOf(argument, words.slice(at + 2), word === '-g'));
      break;
    }
    const match = word === '-m' && argument === 'socket' ? NO_SOCKET : MATCHES[word]?.(argument);
    if (match) rule.matches.push(negated ? not(match) : match);
    else if (!SILENT.has(word) && word.startsWith('-') && !FLAGS.has(word)) rule.matches.push(() => undefined);
    if (!FLAGS.has(word)) at += word === '--tcp-flags' ? 2 : 1;
    negated = false;
  }
  if (target === '') rule.verdicts.push({ kind: 'continue' });
  return rule;
}

/** Options without an argument. */
const FLAGS = new Set(['--syn', '--transparent', '--nowildcard', '--restore-skmark', '--socket-exists']);

/** A packet that opens a connection has no socket yet. */
const NO_SOCKET: Match = () => false;

const not =
  (match: Match): Match =>
  (packet) => {
    const matched = match(packet);
    return matched === undefined ? undefined : !matched;
  };

const ports =
  (ranges: string): Match =>
  ({ port }) =>
    inRanges(port, ranges);

const MATCHES: Record<string, (argument: string) => Match> = {
  '-p':
    (name) =>
    ({ protocol }) =>
      name === protocol || name === 'all',
  '-i': (name) => (packet) => isInterface(packet.in, name),
  '-o': (name) => (packet) => isInterface(packet.out, name),
  '-s':
    (networks) =>
    ({ source }) =>
      networks.split(',').some((each) => inNetwork(source, each)),
  '-d':
    (networks) =>
    ({ destination }) =>
      networks.split(',').some((each) => inNetwork(destination, each)),
  '--dport': ports,
  '--dports': ports,
  '--uid-owner':
    (ids) =>
    ({ uid }) =>
      inRanges(uid, ids),
  '--gid-owner':
    (ids) =>
    ({ gid }) =>
      inRanges(gid, ids),
  '--mark':
    (value) =>
    ({ mark }) =>
      masked(mark, value),
  '--ctstate': (states) => () => states.split(',').includes('NEW'),
  '--state': (states) => () => states.split(',').includes('NEW'),
  '--dst-type':
    (type) =>
    ({ local }) =>
      type === 'LOCAL' ? local : undefined,
  '--tcp-flags': () => () => true,
};

function masked(mark: number, text: string): boolean {
  const [value = '0', mask = '0xffffffff'] = text.split('/');
  return (mark & Number(mask)) >>> 0 === Number(value);
}

/** Targets that let a packet go on: they log it, or set what no rule of the first packet reads. */
const GO_ON = new Set([
  'LOG',
  'NFLOG',
  'CONNMARK',
  'CT',
  'NOTRACK',
  'TRACE',
  'TTL',
  'HL',
  'TCPMSS',
  'MASQUERADE',
  'SNAT',
]);

function verdictOf(target: string, options: string[], goes: boolean): Verdict[] {
  const option = (...names: string[]): string => options[options.findIndex((word) => names.includes(word)) + 1] ?? '';
  const port = Number.parseInt(option('--to-ports', '--to-port', '--on-port'), 10);
  if (target === 'REDIRECT' || target === 'TPROXY')
    return [{ kind: target === 'REDIRECT' ? 'redirect' : 'tproxy', port }];
  if (target === 'DNAT') {
    const [, local, to] = /^(127\.[\d.]+)?:?(\d+)?$/.exec(option('--to-destination')) ?? [];
    return local !== undefined && to !== undefined ? [{ kind: 'redirect', port: Number(to) }] : [{ kind: 'accept' }];
  }
  if (target === 'MARK') {
    const [value = '0', mask = '0xffffffff'] = option('--set-xmark', '--set-mark').split('/');
    return [{ kind: 'mark', value: Number(value), mask: Number(mask) }];
  }
  if (target === 'DROP' || target === 'REJECT') return [{ kind: 'drop' }];
  if (target === 'ACCEPT') return [{ kind: 'accept' }];
  if (target === 'RETURN') return [{ kind: 'return' }];
  if (GO_ON.has(target)) return [{ kind: 'continue' }];
  return [{ kind: goes ? 'goto' : 'jump', chain: target }];
}
