import { expect, test } from 'vitest';
import { parsePcap } from './pcap.ts';

/** A file of tcpdump -i any: its head, and packets of link type LINUX_SLL2. */
function pcap(...packets: { link: number; type: number; ether: number; ip: string; cut?: number }[]): Buffer {
  const head = Buffer.from('d4c3b2a1020004000000000000000000000800001401000000'.slice(0, 48), 'hex');
  return Buffer.concat([
    head,
    ...packets.flatMap(({ link, type, ether, ip, cut = 0 }) => {
      const sll = Buffer.alloc(20);
      sll.writeUInt16BE(ether, 0);
      sll.writeUInt32BE(link, 4);
      sll[10] = type;
      const data = Buffer.concat([sll, Buffer.from(ip, 'hex')]);
      const record = Buffer.alloc(16);
      record.writeUInt32LE(1_000, 0);
      record.writeUInt32LE(250_000, 4);
      record.writeUInt32LE(data.length, 8);
      record.writeUInt32LE(data.length, 12);
      return [record, data.subarray(0, data.length - cut)];
    }),
  ]);
}

const PORTS_80 = 'c0000050';
const SYN = `4500003c1234400040060000c000020ac633640a${PORTS_80}0000000100000000a002000000000000`;
const DATA = `45000034123540004006000 0c000020ac633640a${PORTS_80}00000002000000075018000000000000`.replace(' ', '');
const UDP6 = `6000000000091140${'20010db8000100000000000000000010'}${'20010db8000200000000000000000010'}c00000350009000041`;

test('a packet has addresses, flags, numbers, interface and direction', () => {
  expect(parsePcap(pcap({ link: 2, type: 4, ether: 0x0800, ip: SYN }))).toEqual([
    {
      ...{ at: 1_000.25, link: 2, direction: 'out', protocol: 'tcp', id: 0x1234, flags: 'SYN' },
      ...{ from: '192.0.2.10:49152', to: '198.51.100.10:80', sequence: 1, acknowledged: 0, bytes: 0, text: '' },
    },
  ]);
});

test('a packet has the first line of a text payload', () => {
  const [packet] = parsePcap(
    pcap({ link: 3, type: 0, ether: 0x0800, ip: DATA + Buffer.from('GET / HTTP/1.1\r\nhost').toString('hex') }),
  );
  expect(packet).toMatchObject({ direction: 'in', flags: 'PSH ACK', bytes: 12, text: 'GET / HTTP/1.1' });
});

test('reads IPv6 and UDP; skips other protocols and truncated packets', () => {
  const packets = parsePcap(
    pcap(
      { link: 1, type: 0, ether: 0x0806, ip: '0001' },
      { link: 1, type: 0, ether: 0x86dd, ip: UDP6 },
      { link: 1, type: 0, ether: 0x0800, ip: SYN, cut: 3 },
    ),
  );
  expect(packets).toMatchObject([
    { protocol: 'udp', from: '[2001:db8:1::10]:49152', to: '[2001:db8:2::10]:53', bytes: 1, id: 0, flags: '' },
  ]);
});

test('another file format is refused', () => {
  expect(() => parsePcap(Buffer.from('no capture at all, of any kind'))).toThrow('not a capture');
  const ethernet = pcap();
  ethernet.writeUInt32LE(1, 20);
  expect(() => parsePcap(ethernet)).toThrow('a capture of link type 1, expected 276');
});
