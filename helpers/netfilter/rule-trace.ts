import { socketAddress } from '../constants/addresses.ts';
import { given } from '../util/given.ts';
import type { HandledRule } from './nft.ts';
import { commentOf, type Rule } from './rules.ts';

/** A rule that a packet has matched, from the kernel's trace. */
export interface MatchedRule {
  packet: TracedPacket;
  family: Rule['family'];
  table: string;
  chain: string;
  /** The rule as iptables prints it, from `-A` on. */
  text: string;
  comment?: string;
  /** `ACCEPT`, `JUMP:DIVERT`, `CONTINUE`, … */
  verdict: string;
}

interface TracedPacket {
  /** Ingress and egress interface. */
  in?: string;
  out?: string;
  from: string;
  to: string;
  id: number;
  flags: string;
  /** The mark after the rule: `0x1`. */
  mark?: string;
}

/** NFT_RETURN, -5 in linux/netfilter/nf_tables.h; xtables-monitor has no name for it. */
const RETURN = '0xfffffffb';

/** TCP flags in the order of their bits, as in `Packet`. */
const FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK'];

/**
 * Reads the output of `xtables-monitor --trace`: a line per packet, then one per matched rule.
 * Leaves out TRACE rules.
 *
 * @param handled rules of nft, which the tool names by their handle alone
 */
export function parseRuleTrace(lines: string[], handled: HandledRule[] = []): MatchedRule[] {
  const matched: MatchedRule[] = [];
  let packet: TracedPacket | undefined;
  // The tool does not end the line of such a rule.
  for (const line of lines.flatMap((each) => each.split(/(?<=\S {2})(?=PACKET: | TRACE: )/))) {
    if (line.startsWith('PACKET: ')) packet = parsePacket(line);
    const [, of = '', inChain = '', handle = '', end = ''] =
      /^ TRACE: \d+ \S+ ([^:]+):([^:]+):rule:(0x\w+):(\S+)/.exec(line) ?? [];
    const own = handled.find((rule) => rule.table === of && rule.chain === inChain && rule.handle === handle);
    if (packet && own) {
      const { family, table, chain, text, comment } = own;
      const verdict = end === RETURN ? 'RETURN' : end;
      matched.push({ packet, family, table, chain, text, verdict, ...given({ comment }) });
      continue;
    }
    const [, table, chain, verdict, tool, text] =
      /^ TRACE: \d+ \S+ (\w+):([^:\s]+):rule:\w+:(\S+)\s+(ip6?tables) -t \w+ (-A .*)$/.exec(line) ?? [];
    if (!packet || !table || !chain || !verdict || !text || text.endsWith('-j TRACE')) continue;
    matched.push({
      ...{ packet, family: tool === 'ip6tables' ? 'ipv6' : 'ipv4', table, chain, text },
      verdict: verdict === RETURN ? 'RETURN' : verdict,
      ...given({ comment: commentOf(text) }),
    });
  }
  return matched;
}

function parsePacket(line: string): TracedPacket {
  const field = (name: string): string | undefined => new RegExp(` ${name}=(\\S+)`).exec(line)?.[1];
  const words = line.split(' ');
  return {
    ...given({ in: field('IN'), out: field('OUT'), mark: field('MARK') }),
    from: socketAddress(field('SRC') ?? '', field('SPORT') ?? ''),
    to: socketAddress(field('DST') ?? '', field('DPORT') ?? ''),
    id: Number(field('ID') ?? 0),
    flags: FLAGS.filter((flag) => words.includes(flag)).join(' '),
  };
}
