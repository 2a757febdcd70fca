import { expect, test } from 'vitest';
import { capturedTraffic } from './captured-traffic.ts';

const NFT = {
  ...{ family: 'inet', name: 'mesh' },
  text: `table inet mesh {
	chain prerouting {
		type nat hook prerouting priority dstnat; policy accept;
		jump inbound comment "inet mesh prerouting 1"
	}
	chain inbound {
		meta l4proto tcp tcp dport { 15008, 15090 } counter return comment "a"
		meta l4proto tcp counter redirect to :15006 comment "b"
	}
	chain output {
		type nat hook output priority -100; policy accept;
		oifname "lo" ip daddr != 127.0.0.1 counter return comment "c"
		meta skuid 1337 counter return comment "d"
		meta mark & 0x00000fff == 0x00000539 counter return comment "e"
		ip daddr 10.0.0.0/8 tcp dport != 22 counter redirect to :15001 comment "f"
	}
}
`,
};

test('rules of nft: sets, jumps, users, marks and networks', () => {
  expect(capturedTraffic({ netfilter: '', nft: [NFT], routing: [] })).toEqual({
    outbound: [
      { port: 15001, how: 'redirect', destinations: [80, 443, 8080, 15008, 15090].map((port) => `10.0.0.80:${port}`) },
    ],
    inbound: [
      {
        ...{ port: 15006, how: 'redirect' },
        destinations: ['192.0.2.1', '203.0.113.80'].flatMap((host) =>
          [80, 443, 8080, 22].map((port) => `${host}:${port}`),
        ),
      },
    ],
    exempt: [1337],
    exemptMarks: [0x539],
  });
});

test('TPROXY with a chain for open sockets captures what arrives', () => {
  const netfilter = `*mangle
:DIVERT - [0:0]
-A PREROUTING -p tcp -m socket --transparent -j DIVERT
-A PREROUTING -i to-downstream -p tcp -m tcp --dport 80 -j TPROXY --on-port 4999 --on-ip 0.0.0.0 --tproxy-mark 0x1/0x1
-A DIVERT -j MARK --set-xmark 0x1/0xffffffff
-A DIVERT -j ACCEPT
COMMIT
`;
  expect(capturedTraffic({ netfilter, nft: [], routing: ['rule add pref 9 fwmark 0x1 lookup 100'] })).toEqual({
    outbound: [],
    inbound: [{ port: 4999, how: 'tproxy', destinations: ['192.0.2.1:80', '203.0.113.80:80'] }],
    exempt: [],
    exemptMarks: [],
  });
});

test('a program of the host whose packets get a mark is captured where they come in again', () => {
  const netfilter = `*mangle
-A PREROUTING -p tcp -m mark --mark 0x1 -j TPROXY --on-port 16000 --on-ip 0.0.0.0 --tproxy-mark 0x1/0xffffffff
-A OUTPUT -m owner --uid-owner 5000-5001 -j ACCEPT
-A OUTPUT -p tcp -m multiport --dports 80,12345 -j MARK --set-xmark 0x1/0xffffffff
COMMIT
`;
  expect(capturedTraffic({ netfilter, nft: [], routing: ['rule add pref 9 fwmark 0x1 lookup 100'] })).toEqual({
    outbound: [{ port: 16000, how: 'tproxy', destinations: ['203.0.113.80:80', '203.0.113.80:12345'] }],
    inbound: [],
    exempt: [5000],
    exemptMarks: [],
  });
});
