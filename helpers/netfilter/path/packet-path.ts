import type { CapturedRules } from '../captured-rules.ts';
import { chainsOfRestore } from './iptables-path.ts';
import { chainsOfNft } from './nft-path.ts';
import type { Chain, Hook, Packet } from './packet.ts';

/** Where rules lead a packet: on as it is, to a port of this host, or nowhere. */
export type Fate =
  | { kind: 'passes'; mark: number }
  | { kind: 'redirect' | 'tproxy'; port: number; mark: number }
  | { kind: 'dropped'; by: string };

/** The chains of captured rules, of IPv4. */
export function chainsOf({ netfilter, nft }: Pick<CapturedRules, 'netfilter' | 'nft'>): Chain[] {
  return [...chainsOfRestore(netfilter), ...chainsOfNft(nft)];
}

type End = Exclude<Fate, { kind: 'passes' }> | 'accept' | 'end';

/**
 * Follows the first packet of a connection through the chains of a hook. A rule with a match that only the
 * kernel can decide is taken as one that does not match.
 */
export function followed(chains: Chain[], hook: Hook, packet: Packet): Fate {
  const now = { ...packet };
  const entered = chains.filter((chain) => chain.hook === hook).sort((a, b) => a.priority - b.priority);
  for (const chain of entered) {
    const end = walked(chains, chain, now, 0);
    if (typeof end === 'object') return end;
    if (end === 'end' && chain.policy === 'drop')
      return { kind: 'dropped', by: `policy of ${chain.table} ${chain.name}` };
  }
  return { kind: 'passes', mark: now.mark };
}

/** The depth of jumps that the kernel allows (NFT_JUMP_STACK_SIZE). */
const DEEPEST = 16;

/** @param packet changed by the rules that mark it */
function walked(chains: Chain[], chain: Chain, packet: Packet, depth: number): End {
  if (depth > DEEPEST) return 'end';
  for (const [at, { matches, verdicts }] of chain.rules.entries()) {
    if (!matches.every((match) => match(packet) === true)) continue;
    for (const verdict of verdicts) {
      if (verdict.kind === 'accept') return 'accept';
      if (verdict.kind === 'return') return 'end';
      if (verdict.kind === 'drop') return { kind: 'dropped', by: `${chain.table} ${chain.name} ${at + 1}` };
      if (verdict.kind === 'redirect' || verdict.kind === 'tproxy')
        return { kind: verdict.kind, port: verdict.port, mark: packet.mark };
      if (verdict.kind === 'mark') packet.mark = ((packet.mark & ~verdict.mask) | verdict.value) >>> 0;
      if (verdict.kind !== 'jump' && verdict.kind !== 'goto') continue;
      const next = chains.find(({ table, name }) => table === chain.table && name === verdict.chain);
      const end = next ? walked(chains, next, packet, depth + 1) : 'end';
      if (end !== 'end' || verdict.kind === 'goto') return end;
    }
  }
  return 'end';
}
