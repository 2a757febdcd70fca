import { socketAddress } from '../constants/addresses.ts';
import type { ConntrackEntry } from '../exchange/observers/conntrack.ts';

/**
 * Reads `/proc/net/nf_conntrack`: an entry a line, the original tuple first, then the reply tuple.
 * Skips ICMP, without ports.
 */
export function parseConntrack(text: string): Omit<ConntrackEntry, 'host'>[] {
  return text.split('\n').flatMap((line) => {
    const protocol = /^ipv[46]\s+\d+\s+(\w+)/.exec(line)?.[1];
    const [original, reply] = [...line.matchAll(/src=(\S+) dst=(\S+) sport=(\d+) dport=(\d+)/g)].map(
      ([, src = '', dst = '', sport = '', dport = '']) => ({
        source: socketAddress(src, sport),
        destination: socketAddress(dst, dport),
      }),
    );
    if (protocol === undefined || original === undefined || reply === undefined) return [];
    const nat = original.source !== reply.destination || original.destination !== reply.source;
    return [{ protocol, original, reply, nat }];
  });
}
