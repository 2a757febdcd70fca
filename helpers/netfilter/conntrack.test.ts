import { expect, test } from 'vitest';
import { parseConntrack } from './conntrack.ts';

test('an entry with mirrored replies has no NAT', () => {
  const line =
    'ipv4     2 tcp      6 431999 ESTABLISHED src=192.0.2.10 dst=198.51.100.10 sport=50000 dport=80 src=198.51.100.10 dst=192.0.2.10 sport=80 dport=50000 [ASSURED] mark=0 use=2\n';
  expect(parseConntrack(line)).toEqual([
    {
      protocol: 'tcp',
      original: { source: '192.0.2.10:50000', destination: '198.51.100.10:80' },
      reply: { source: '198.51.100.10:80', destination: '192.0.2.10:50000' },
      nat: false,
    },
  ]);
});

test('an entry with other replies has NAT', () => {
  const line =
    'ipv4     2 tcp      6 119 TIME_WAIT src=198.51.100.1 dst=198.51.100.10 sport=50000 dport=80 src=127.0.0.1 dst=198.51.100.1 sport=4999 dport=50000 [ASSURED] mark=0 use=1\n';
  expect(parseConntrack(line)).toEqual([
    expect.objectContaining({ nat: true, reply: { source: '127.0.0.1:4999', destination: '198.51.100.1:50000' } }),
  ]);
});

test('IPv6 addresses are compressed and in brackets', () => {
  const line =
    'ipv6     10 tcp      6 431999 ESTABLISHED src=2001:0db8:0001:0000:0000:0000:0000:0010 dst=2001:0db8:0002:0000:0000:0000:0000:0010 sport=50000 dport=80 src=2001:0db8:0002:0000:0000:0000:0000:0010 dst=2001:0db8:0001:0000:0000:0000:0000:0010 sport=80 dport=50000 [ASSURED] mark=0 use=2\n';
  expect(parseConntrack(line)[0]?.original).toEqual({
    source: '[2001:db8:1::10]:50000',
    destination: '[2001:db8:2::10]:80',
  });
});

test('entries without ports are skipped', () => {
  expect(
    parseConntrack(
      'ipv4     2 icmp     1 29 src=127.0.0.1 dst=127.0.0.1 type=8 code=0 id=1 src=127.0.0.1 dst=127.0.0.1\n\n',
    ),
  ).toEqual([]);
});
