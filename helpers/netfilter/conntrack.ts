import type { ConntrackEntry } from '../exchange/observers/conntrack.ts';

type Entry = Omit<ConntrackEntry, 'host'>;

/**
 * Reads `/proc/net/nf_conntrack`: one line an entry, the tuple of the first packet, then the tuple that replies have.
 * Entries without ports (ICMP) are passed over.
 */
export function parseConntrack(text: string): Entry[] {
  return text.split('\n').flatMap((line) => {
    const protocol = /^ipv[46]\s+\d+\s+(\w+)/.exec(line)?.[1];
    const [original, reply] = [...line.matchAll(/src=(\S+) dst=(\S+) sport=(\d+) dport=(\d+)/g)].map(
      ([, src = '', dst = '', sport = '', dport = '']) => ({
        source: `${bracketed(shortened(src))}:${sport}`,
        destination: `${bracketed(shortened(dst))}:${dport}`,
      }),
    );
    if (protocol === undefined || original === undefined || reply === undefined) return [];
    const nat = original.source !== reply.destination || original.destination !== reply.source;
    return [{ protocol, original, reply, nat }];
  });
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** The kernel prints IPv6 addresses here in full (`2001:0db8:0001:0000:…`): writes them the short way, RFC 5952. */
function shortened(address: string): string {
  return address.includes(':') ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}
