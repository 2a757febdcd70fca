import { expect, test } from 'vitest';
import { parseHandles } from './nft.ts';
import { parseRuleTrace } from './rule-trace.ts';

// As xtables-monitor 1.8.11 prints it.
const PACKET =
  'IN=to-downstream MACSRC=d6:27:f8:84:be:a7 MACDST=ce:42:8d:65:ee:d5 MACPROTO=0800 SRC=192.0.2.10 DST=198.51.100.10 LEN=60 TOS=0x0 TTL=64 ID=55339 DF SPORT=39700 DPORT=80';
const TPROXY =
  '-A PREROUTING -p tcp -m tcp --dport 80 -m comment --comment "Envoy\\\'s" -j TPROXY --on-port 4999 --on-ip 0.0.0.0 --tproxy-mark 0x1/0x1';

test('a rule has its packet and the mark after it; TRACE rules, policies and implicit returns are left out', () => {
  const lines = [
    `PACKET: 2 653b22b3 ${PACKET} SYN `,
    ' TRACE: 2 653b22b3 raw:PREROUTING:rule:0x2:CONTINUE  iptables -t raw -A PREROUTING -p tcp -j TRACE',
    ' TRACE: 2 653b22b3 raw:PREROUTING:policy:ACCEPT ',
    `PACKET: 2 653b22b3 ${PACKET} SYN MARK=0x1 `,
    ` TRACE: 2 653b22b3 mangle:PREROUTING:rule:0x6:ACCEPT  iptables -t mangle ${TPROXY}`,
  ];
  expect(parseRuleTrace(lines)).toEqual([
    {
      packet: {
        ...{ in: 'to-downstream', from: '192.0.2.10:39700', to: '198.51.100.10:80' },
        ...{ id: 55_339, flags: 'SYN', mark: '0x1' },
      },
      ...{ family: 'ipv4', table: 'mangle', chain: 'PREROUTING', text: TPROXY, comment: "Envoy's", verdict: 'ACCEPT' },
    },
  ]);
});

test('reads IPv6, jumps, and flags in any order', () => {
  const lines = [
    'PACKET: 10 1a OUT=eth0 SRC=2001:db8:1::10 DST=2001:db8:2::10 LEN=72 TC=0 HOPLIMIT=64 FLOWLBL=1 SPORT=1 DPORT=80 ACK PSH FIN ',
    ' TRACE: 10 1a mangle:OUTPUT:rule:0x3:JUMP:DIVERT  ip6tables -t mangle -A OUTPUT -p tcp -j DIVERT',
  ];
  expect(parseRuleTrace(lines)).toEqual([
    {
      packet: { out: 'eth0', from: '[2001:db8:1::10]:1', to: '[2001:db8:2::10]:80', id: 0, flags: 'FIN PSH ACK' },
      ...{
        family: 'ipv6',
        table: 'mangle',
        chain: 'OUTPUT',
        text: '-A OUTPUT -p tcp -j DIVERT',
        verdict: 'JUMP:DIVERT',
      },
    },
  ]);
});

test('reads a RETURN, which xtables-monitor prints as a number', () => {
  const lines = [
    `PACKET: 2 653b22b3 ${PACKET} SYN `,
    ' TRACE: 2 653b22b3 nat:OUTPUT:rule:0x2:0xfffffffb  iptables -t nat -A OUTPUT -p tcp -j RETURN',
  ];
  expect(parseRuleTrace(lines)).toEqual([expect.objectContaining({ verdict: 'RETURN' })]);
});

test('a rule of nft is named by its handle, on a line that goes on', () => {
  const table = `table inet mesh {
	chain output { # handle 1
		type nat hook output priority dstnat; policy accept;
		tcp dport 22 counter packets 0 bytes 0 return comment "inet mesh output 1" # handle 2
		tcp dport 80 counter packets 1 bytes 60 redirect to :15001 comment "inet mesh output 2" # handle 18
	}
}
`;
  const lines = [
    `PACKET: 1 01f4ba48 OUT=lo NFPROTO=2 SRC=127.0.0.1 DST=127.0.0.1 LEN=60 ID=45317 DF SPORT=43044 DPORT=80 SYN `,
    ' TRACE: 1 01f4ba48 mesh:output:rule:0x12:ACCEPT  PACKET: 2 4f8bd842 OUT=lo SRC=127.0.0.1 DST=127.0.0.1 LEN=40 ID=0 SPORT=15001 DPORT=43044 ACK RST ',
  ];
  expect(parseRuleTrace(lines, parseHandles(table, 'inet'))).toMatchObject([
    {
      packet: { to: '127.0.0.1:80' },
      ...{ family: 'inet', table: 'mesh', chain: 'output', comment: 'inet mesh output 2', verdict: 'ACCEPT' },
      text: 'tcp dport 80 counter redirect to :15001 comment "inet mesh output 2"',
    },
  ]);
});
