import { isIPv4 } from 'node:net';

/** The first packet of a connection, where rules decide about it. */
export interface Packet {
  /** The interface where it comes in, or goes out. */
  in?: string;
  out?: string;
  source: string;
  destination: string;
  protocol: 'tcp' | 'udp';
  port: number;
  /** The user and the group of the program that sends it from this host. */
  uid?: number;
  gid?: number;
  mark: number;
  /** Whether its destination is an address of this host. */
  local: boolean;
}

/** What a rule requires; undefined: it depends on the packet. */
export type Match = (packet: Packet) => boolean | undefined;

export type Verdict =
  | { kind: 'accept' | 'drop' | 'return' | 'continue' }
  | { kind: 'jump' | 'goto'; chain: string }
  /** To a port of this host. */
  | { kind: 'redirect' | 'tproxy'; port: number }
  | { kind: 'mark'; value: number; mask: number };

export interface PathRule {
  matches: Match[];
  verdicts: Verdict[];
}

export const HOOKS = ['prerouting', 'input', 'forward', 'output', 'postrouting'] as const;

export type Hook = (typeof HOOKS)[number];

export interface Chain {
  /** Of tables of another name and family. */
  table: string;
  name: string;
  rules: PathRule[];
  /** Where packets enter it; absent for chains that others jump to. */
  hook?: Hook;
  priority: number;
  policy: 'accept' | 'drop';
}

/** Whether an IPv4 address is in `10.0.0.0/8`; false for anything else. */
export function inNetwork(address: string, network: string): boolean {
  const [base = '', length = '32'] = network.split('/');
  if (!isIPv4(address) || !isIPv4(base)) return address === network;
  const bits = (text: string): number => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(length));
  return Math.floor(bits(address) / size) === Math.floor(bits(base) / size);
}

/** Whether a number is in `80`, `80,443`, `1000:2000` or `1000-2000`. */
export function inRanges(value: number | undefined, ranges: string): boolean {
  return (
    value !== undefined &&
    ranges.split(',').some((range) => {
      const [from, to] = range.trim().split(/[:-]/);
      return value >= Number(from) && value <= Number(to ?? from);
    })
  );
}

/** Whether the name of an interface is that of a rule, where `eth+` and `eth*` are all that begin with `eth`. */
export function isInterface(name: string | undefined, pattern: string): boolean {
  if (name === undefined) return false;
  return /[+*]$/.test(pattern) ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
