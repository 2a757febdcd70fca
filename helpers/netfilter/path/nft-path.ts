import type { NftTable } from '../nft-tables.ts';
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

/** Names of priorities, nft(8). */
const PRIORITIES: Record<string, number> = {
  raw: -300,
  mangle: -150,
  dstnat: -100,
  filter: 0,
  security: 50,
  srcnat: 100,
};

/** The chains of tables of nf_tables that see IPv4. */
export function chainsOfNft(tables: NftTable[]): Chain[] {
  return tables
    .filter(({ family }) => family === 'ip' || family === 'inet')
    .flatMap(({ family, name, text }) =>
      [...text.matchAll(/^\tchain (\S+) \{\n([\s\S]*?)^\t\}/gm)].map(([, chain = '', body = '']) =>
        chainOf(`${family} ${name}`, chain, body),
      ),
    );
}

function chainOf(table: string, name: string, body: string): Chain {
  const [, hooked, priority = ''] = /\bhook (\w+) (?:device \S+ )?priority ([^;]+);/.exec(body) ?? [];
  const hook = HOOKS.find((each): each is Hook => each === hooked);
  const lines = body.split('\n').filter((line) => line.trim() && !/^\t\t(?:type|comment|devices) /.test(line));
  return {
    ...{ table, name, rules: lines.map((line) => ruleOf(line.trim())), priority: priorityOf(priority) },
    policy: /\bpolicy drop;/.test(body) ? 'drop' : 'accept',
    ...(hook && { hook }),
  };
}

/** `dstnat`, `mangle + 1` or `-100`. */
function priorityOf(text: string): number {
  const [, name = '', offset = '0'] = /^([a-z]*)\s*([+-]?\s*\d+)?$/.exec(text.trim()) ?? [];
  return (PRIORITIES[name] ?? 0) + Number(offset.replaceAll(' ', ''));
}

/** Words of a rule; a set of values is one. */
function ruleOf(line: string): PathRule {
  const words = line.replace(/ comment "[^"]*"$/, '').match(/"[^"]*"|\{[^}]*\}|\S+/g) ?? [];
  const rule: PathRule = { matches: [], verdicts: [] };
  let at = 0;
  const next = (): string => (words[at++] ?? '').replace(/^"(.*)"$/, '$1');
  /** A comparison: `!= 5`, `{ 1, 2 }`, `& 0xff == 0x1`. */
  const compared = (matches: (value: string, mask: string | undefined) => Match): void => {
    let word = next();
    let mask: string | undefined;
    if (word === '&' || word === 'and') {
      mask = next();
      word = next();
    }
    const negated = word === '!=';
    const value = negated || word === '==' ? next() : word;
    const values = value.startsWith('{')
      ? value
          .slice(1, -1)
          .split(',')
          .map((each) => each.trim().replaceAll('"', ''))
      : [value];
    const each = values.map((one) => matches(one, mask));
    rule.matches.push((packet) => {
      // A named set is not read.
      if (value.startsWith('@')) return undefined;
      return each.some((match) => match(packet) === true) !== negated;
    });
  };
  while (at < words.length) {
    const word = next();
    const verdict = VERDICTS[word];
    if (verdict) rule.verdicts.push(verdict);
    else if (word === 'jump' || word === 'goto') rule.verdicts.push({ kind: word, chain: next() });
    else if (word === 'redirect' || word === 'tproxy') {
      const rest = words.slice(at).join(' ');
      rule.verdicts.push({ kind: word, port: Number(/:(\d+)/.exec(rest)?.[1]) });
      at = words.length;
    } else if (word === 'l4proto' || word === 'protocol' || word === 'nexthdr')
      compared(
        (value) =>
          ({ protocol }) =>
            value === protocol,
      );
    else if (word === 'tcp' || word === 'udp') {
      rule.matches.push(({ protocol }) => protocol === word);
    } else if (word === 'dport')
      compared(
        (value) =>
          ({ port }) =>
            inRanges(port, value),
      );
    else if (word === 'daddr')
      compared(
        (value) =>
          ({ destination }) =>
            inNetwork(destination, value),
      );
    else if (word === 'saddr')
      compared(
        (value) =>
          ({ source }) =>
            inNetwork(source, value),
      );
    else if (word === 'iifname' || word === 'iif') compared((value) => (packet) => isInterface(packet.in, value));
    else if (word === 'oifname' || word === 'oif') compared((value) => (packet) => isInterface(packet.out, value));
    else if (word === 'skuid')
      compared(
        (value) =>
          ({ uid }) =>
            inRanges(uid, value === 'root' ? '0' : value),
      );
    else if (word === 'skgid')
      compared(
        (value) =>
          ({ gid }) =>
            inRanges(gid, value === 'root' ? '0' : value),
      );
    else if (word === 'ct') {
      const what = next();
      if (words[at] === 'set') at = words.length;
      else
        compared(
          (value) => () =>
            what === 'state' ? value.split(',').includes('new') : what === 'mark' ? Number(value) === 0 : undefined,
        );
    } else if (word === 'mark') {
      if (words[at] === 'set') {
        at += 1;
        rule.verdicts.push({ kind: 'mark', value: Number(next()), mask: 0xffffffff });
      } else
        compared(
          (value, mask = '0xffffffff') =>
            ({ mark }) =>
              (mark & Number(mask)) >>> 0 === Number(value),
        );
    } else if (word === 'socket') {
      rule.matches.push(() => false);
      at += 2;
    } else if (word === 'fib') {
      // `fib daddr type local`
      at += 2;
      compared(
        (value) =>
          ({ local }) =>
            value === 'local' ? local : undefined,
      );
    } else if (!SILENT.has(word) && !/^\d+$/.test(word)) rule.matches.push(() => undefined);
  }
  return rule;
}

const SILENT = new Set([
  'meta',
  'ip',
  'ip6',
  'th',
  'counter',
  'packets',
  'bytes',
  'limit',
  'rate',
  'log',
  'notrack',
  '0',
]);

const VERDICTS: Record<string, Verdict> = {
  accept: { kind: 'accept' },
  drop: { kind: 'drop' },
  reject: { kind: 'drop' },
  return: { kind: 'return' },
};
