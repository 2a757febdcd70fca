import { expect, test } from 'vitest';
import { nftScriptOf, nftTables, observable } from './nft-tables.ts';

const LISTED = `table ip nat {
	chain OUTPUT {
		type nat hook output priority dstnat; policy accept;
	}
}
table inet mesh {
	set direct {
		type ipv4_addr
		flags interval
		elements = { 10.0.0.0/8,
			     172.16.0.0/12 }
	}

	chain output {
		comment "of the mesh"
		type nat hook output priority dstnat; policy accept;
		ip daddr @direct return
		meta skuid 1337 counter packets 7 bytes 420 return comment "proxy"
		oifname "drop" tcp dport 53 limit rate 5/second accept comment "of two"
		tcp dport { 80, 443 } meta mark set 0x00000001 comment "of two"
		tcp dport vmap { 22 : accept }
		meta l4proto tcp redirect to :15001
		ct state established
	}
}
`;

test('every rule is counted where its matches end, and has a comment', () => {
  const table = nftTables(LISTED)[1];
  if (!table) throw new Error('no second table');
  const rules = observable(table)
    .text.split('\n')
    .filter((line) => /\bcounter\b/.test(line));
  expect(rules.map((line) => line.trim())).toEqual([
    'ip daddr @direct counter return comment "inet mesh output 1"',
    'meta skuid 1337 counter return comment "proxy"',
    'oifname "drop" tcp dport 53 limit rate 5/second counter accept comment "of two (inet mesh output 3)"',
    'tcp dport { 80, 443 } counter meta mark set 0x00000001 comment "of two (inet mesh output 4)"',
    'counter tcp dport vmap { 22 : accept } comment "inet mesh output 5"',
    'meta l4proto tcp counter redirect to :15001 comment "inet mesh output 6"',
    'ct state established counter comment "inet mesh output 7"',
  ]);
  expect(observable(table).text).toContain('\t\tcomment "of the mesh"\n');
  expect(observable(table).text).toContain('\t\ttype ipv4_addr\n');
});

test('a script replaces tables of the same name', () => {
  expect(nftScriptOf([{ family: 'inet', name: 'mesh', text: 'table inet mesh {\n}\n' }])).toBe(
    'add table inet mesh\ndelete table inet mesh\ntable inet mesh {\n}\n',
  );
});
