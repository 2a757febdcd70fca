import { commentOf } from './rules.ts';

/** A rule that a packet has matched, as the kernel's trace tells it. */
export interface MatchedRule {
  /** The packet as it was then. */
  packet: TracedPacket;
  family: 'ipv4' | 'ipv6';
  table: string;
  chain: string;
  /** The rule in iptables' words, from `-A` on. */
  text: string;
  comment?: string;
  /** `ACCEPT`, `JUMP:DIVERT`, `CONTINUE`, … */
  verdict: string;
}

export interface TracedPacket {
  /** The interfaces that it came in by and is to go out by. */
  in?: string;
  out?: string;
  from: string;
  to: string;
  id: number;
  flags: string;
  /** Its mark, after the rule: `0x1`. */
  mark?: string;
}

/** A verdict that xtables-monitor has no name for: NFT_RETURN, -5 in linux/netfilter/nf_tables.h. */
const RETURN = '0xfffffffb';

/** TCP's flags in the order of their bits, as `Packet` has them. */
const FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK'];

/**
 * Reads what `xtables-monitor --trace` prints: a line for a packet, then one for each rule that it matched, and what became of it in
 * the end. Rules of the raw table that trace are left out.
 */
export function parseRuleTrace(lines: string[]): MatchedRule[] {
  const matched: MatchedRule[] = [];
  let packet: TracedPacket | undefined;
  for (const line of lines) {
    if (line.startsWith('PACKET: ')) packet = parsePacket(line);
    const [, table, chain, verdict, tool, text] =
      /^ TRACE: \d+ \S+ (\w+):([^:\s]+):rule:\w+:(\S+)\s+(ip6?tables) -t \w+ (-A .*)$/.exec(line) ?? [];
    if (!packet || !table || !chain || !verdict || !text || text.endsWith('-j TRACE')) continue;
    const comment = commentOf(text);
    matched.push({
      ...{ packet, family: tool === 'ip6tables' ? 'ipv6' : 'ipv4', table, chain, text },
      verdict: verdict === RETURN ? 'RETURN' : verdict,
      ...(comment === undefined ? {} : { comment }),
    });
  }
  return matched;
}

function parsePacket(line: string): TracedPacket {
  const field = (name: string): string | undefined => new RegExp(` ${name}=(\\S+)`).exec(line)?.[1];
  const end = (address = '', port = ''): string =>
    `${address.includes(':') ? new URL(`http://[${address}]`).hostname : address}:${port}`;
  const mark = field('MARK');
  const [into, out] = [field('IN'), field('OUT')];
  const words = line.split(' ');
  return {
    ...(into === undefined ? {} : { in: into }),
    ...(out === undefined ? {} : { out }),
    from: end(field('SRC'), field('SPORT')),
    to: end(field('DST'), field('DPORT')),
    id: Number(field('ID') ?? 0),
    flags: FLAGS.filter((flag) => words.includes(flag)).join(' '),
    ...(mark === undefined ? {} : { mark }),
  };
}
