/** A TCP or UDP packet as captured on an interface of a host. */
export interface Packet {
  /** Seconds since the epoch. */
  at: number;
  /** The interface's number. */
  link: number;
  direction: 'in' | 'out';
  protocol: 'tcp' | 'udp';
  /** `192.0.2.1:80`, `[2001:db8::1]:80`. */
  from: string;
  to: string;
  /** The identification of an IPv4 packet; 0 for IPv6. */
  id: number;
  /** `SYN`, `SYN ACK`, …; empty for UDP. */
  flags: string;
  /** 0 for UDP. */
  sequence: number;
  acknowledged: number;
  /** Bytes of payload. */
  bytes: number;
  /** The first line of a payload that is text; else empty. */
  text: string;
}

const MAGIC = 0xa1b2c3d4;
/** Of `tcpdump -i any`: https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html */
const LINUX_SLL2 = 276;
const SLL2_BYTES = 20;
/** The packet type of sent packets, packet(7). */
const OUTGOING = 4;
const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const TCP = 6;
const UDP = 17;

const FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK'];

/** A packet with its payload, as far as it was captured. */
export type WholePacket = Packet & { payload: Buffer };

/**
 * Parses the TCP and UDP packets of a little-endian capture of `tcpdump -i any -w`.
 *
 * @throws Error for another format
 */
export function parsePcap(file: Buffer): Packet[] {
  return parseWholePackets(file).map(({ payload: _, ...packet }) => packet);
}

/** The same with payloads. @throws Error for another format */
export function parseWholePackets(file: Buffer): WholePacket[] {
  if (file.length < 24 || file.readUInt32LE(0) !== MAGIC) throw new Error('not a capture with times in microseconds');
  const linkType = file.readUInt32LE(20) & 0xffff;
  if (linkType !== LINUX_SLL2) throw new Error(`a capture of link type ${linkType}, expected ${LINUX_SLL2}`);
  const packets: WholePacket[] = [];
  for (let at = 24; at + 16 <= file.length; ) {
    const captured = file.readUInt32LE(at + 8);
    const data = file.subarray(at + 16, at + 16 + captured);
    if (data.length < captured) break;
    const packet = parsePacket(data);
    if (packet) packets.push({ at: file.readUInt32LE(at) + file.readUInt32LE(at + 4) / 1e6, ...packet });
    at += 16 + captured;
  }
  return packets;
}

function parsePacket(data: Buffer): Omit<WholePacket, 'at'> | undefined {
  const ether = data.readUInt16BE(0);
  const ip = data.subarray(SLL2_BYTES);
  const network = ether === IPV4 ? parseIpv4(ip) : ether === IPV6 ? parseIpv6(ip) : undefined;
  if (!network) return undefined;
  const { protocol, source, destination, id, payload, bytes } = network;
  const isTcp = protocol === TCP;
  if (!isTcp && protocol !== UDP) return undefined;
  const head = isTcp ? ((payload[12] ?? 0) >> 4) * 4 : 8;
  const bits = isTcp ? (payload[13] ?? 0) : 0;
  return {
    link: data.readUInt32BE(4),
    direction: data[10] === OUTGOING ? 'out' : 'in',
    protocol: isTcp ? 'tcp' : 'udp',
    from: `${source}:${payload.readUInt16BE(0)}`,
    to: `${destination}:${payload.readUInt16BE(2)}`,
    id,
    flags: FLAGS.filter((_, bit) => bits & (1 << bit)).join(' '),
    sequence: isTcp ? payload.readUInt32BE(4) : 0,
    acknowledged: isTcp ? payload.readUInt32BE(8) : 0,
    bytes: bytes - head,
    text: isTcp ? firstLine(payload.subarray(head)) : '',
    // A short frame is padded.
    payload: payload.subarray(head, bytes),
  };
}

/** @returns `bytes`: the length of the payload, of which the capture may hold less */
function parseIpv4(ip: Buffer) {
  const head = ((ip[0] ?? 0) & 15) * 4;
  const address = (at: number): string => ip.subarray(at, at + 4).join('.');
  const id = ip.readUInt16BE(4);
  const ends = { protocol: ip[9], source: address(12), destination: address(16) };
  return { ...ends, id, payload: ip.subarray(head), bytes: ip.readUInt16BE(2) - head };
}

/** Packets with extension headers are passed over: labs send none. */
function parseIpv6(ip: Buffer): ReturnType<typeof parseIpv4> {
  const address = (at: number): string => {
    const groups = Array.from({ length: 8 }, (_, group) => ip.readUInt16BE(at + 2 * group).toString(16));
    return new URL(`http://[${groups.join(':')}]`).hostname;
  };
  const ends = { protocol: ip[6], source: address(8), destination: address(24) };
  return { ...ends, id: 0, payload: ip.subarray(40), bytes: ip.readUInt16BE(4) };
}

/** The first line of a payload if it is short printable ASCII; else empty. */
function firstLine(payload: Buffer): string {
  const [line = ''] = payload.toString('latin1').split('\r\n', 1);
  return /^[\x20-\x7e]+$/.test(line) && line.length < 200 ? line : '';
}
