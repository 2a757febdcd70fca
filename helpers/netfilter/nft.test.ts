import { describe, expect, test } from 'vitest';
import { nftScript, parseNft, withDeclaredChains } from './nft.ts';
import { steadyCount } from './rules.ts';

const RULESET = `*mangle
:DIVERT - [0:0]
-A PREROUTING -p tcp -m socket --transparent -m comment --comment "open sockets" -j DIVERT
-A DIVERT -m comment --comment "and no further" -j ACCEPT
COMMIT
*nat
-A OUTPUT -p tcp --dport 80 -m comment --comment "it's HTTP" -j REDIRECT --to-ports 4999
COMMIT
`;

const TRANSLATION = `# Translated by iptables-restore-translate v1.8.11 on Mon Nov 23 01:09:57 2026
add table ip mangle
add chain ip mangle DIVERT
add chain ip mangle PREROUTING { type filter hook prerouting priority -150; policy accept; }
add rule ip mangle PREROUTING ip protocol tcp socket wildcard 0 socket transparent 1 counter jump DIVERT comment "open sockets"
add rule ip mangle DIVERT counter accept comment "and no further"
add table ip nat
add chain ip nat OUTPUT { type nat hook output priority -100; policy accept; }
add rule ip nat OUTPUT tcp dport 80 counter redirect to :4999 comment "it's HTTP"
# Completed on Mon Nov 23 01:09:57 2026
`;

test('built-in chains of a ruleset are declared once, each in its table', () => {
  const declared = withDeclaredChains(RULESET);
  expect(declared).toContain('*mangle\n:PREROUTING ACCEPT [0:0]\n:DIVERT - [0:0]\n');
  expect(declared).toContain('*nat\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT');
  expect(withDeclaredChains(declared)).toBe(declared);
});

describe('nftScript', () => {
  test('replaces the tables of the ruleset in its family', () => {
    const script = nftScript(RULESET, TRANSLATION, 'ipv4').split('\n');
    expect(script.slice(0, 5)).toEqual([
      'add table ip mangle',
      'delete table ip mangle',
      'add table ip nat',
      'delete table ip nat',
      'add table ip mangle',
    ]);
    expect(script.filter((line) => line.startsWith('add rule'))).toHaveLength(5);
    expect(nftScript('*nat\nCOMMIT\n', 'add table ip6 nat\n', 'ipv6')).toBe(
      'add table ip6 nat\ndelete table ip6 nat\nadd table ip6 nat\n',
    );
  });

  test('drops packets for which tproxy finds no socket, without a counter, as TPROXY does', () => {
    const ruleset =
      '*mangle\n-A PREROUTING -p tcp --dport 80 -m comment --comment "new" -j TPROXY --on-port 4999\nCOMMIT\n';
    const rule = 'add rule ip mangle PREROUTING tcp dport 80 counter tproxy to :4999 accept comment "new"';
    expect(nftScript(ruleset, rule, 'ipv4', true)).toBe(
      `${rule}\nadd rule ip mangle PREROUTING tcp dport 80 drop comment "as TPROXY does where it finds no socket"\n`,
    );
  });

  test('matches handshakes in progress and no wildcard sockets, as -m socket does', () => {
    const script = nftScript(RULESET, TRANSLATION, 'ipv4').split('\n');
    expect(script.filter((line) => /socket/.test(line))).toEqual([
      'add chain ip mangle PREROUTING/open-sockets',
      'add rule ip mangle PREROUTING/open-sockets socket wildcard 1 return',
      'add rule ip mangle PREROUTING/open-sockets counter jump DIVERT comment "open sockets"',
      'add rule ip mangle PREROUTING ip protocol tcp socket transparent 1 jump PREROUTING/open-sockets',
    ]);
  });

  test.each([
    ['tcp flags rst / rst counter', 'tcp flags & rst == rst counter'],
    ['tcp flags syn / fin,syn,rst,ack counter', 'tcp flags syn / fin,syn,rst,ack counter'],
  ])('a mask of one TCP flag is written without a list: %s', (translated, written) => {
    const translation = TRANSLATION.replace('counter redirect', `${translated} redirect`);
    expect(nftScript(RULESET, translation, 'ipv4')).toContain(` ${written} redirect`);
  });

  test('deletes no table with `keep`', () => {
    expect(nftScript(RULESET, TRANSLATION, 'ipv4', true)).not.toContain('delete');
  });

  test.each([
    ['left as a comment', TRANSLATION.replace('add rule ip nat', '# -t nat -A')],
    ['without its counter', TRANSLATION.replace('counter redirect', 'redirect')],
    ['without its comment', TRANSLATION.replace(' comment "it\'s HTTP"', '')],
  ])('a rule that is %s is an error with the rule', (_, translation) => {
    expect(() => nftScript(RULESET, translation, 'ipv4')).toThrow(/cannot translate: .*redirect to :4999/);
  });

  test('a missing rule is an error', () => {
    expect(() => nftScript(RULESET, TRANSLATION.replace(/add rule ip nat.*\n/, ''), 'ipv4')).toThrow(
      'iptables-restore-translate made 2 rules of 3',
    );
  });
});

describe('parseNft', () => {
  const LISTED = `table ip mangle {
\tchain DIVERT {
\t\tcounter packets 12 bytes 640 accept comment "and no further"
\t}

\tchain PREROUTING {
\t\ttype filter hook prerouting priority mangle; policy accept;
\t\ttcp dport 80 counter packets 1 bytes 60 tproxy to :4999 meta mark set meta mark & 0xfffffffe ^ 0x00000001 accept comment "new HTTP"
\t}
}
table ip filter {
\tchain OUTPUT {
\t\ttype filter hook output priority filter; policy accept;
\t\ttcp dport 80 ct state new counter packets 3 bytes 180 comment "it's a witness"
\t}
}
`;

  test('reads table, chain, comment, packets and the text without the counter', () => {
    const rules = parseNft(LISTED, 'ipv4');
    expect(rules.map(({ table, chain, comment, packets }) => [table, chain, comment, packets])).toEqual([
      ['mangle', 'DIVERT', 'and no further', 12],
      ['mangle', 'PREROUTING', 'new HTTP', 1],
      ['filter', 'OUTPUT', "it's a witness", 3],
    ]);
    expect(rules[0]?.text).toBe('counter accept comment "and no further"');
  });

  test('countsExactly agrees for iptables and nft texts', () => {
    const rules = parseNft(LISTED, 'ipv4');
    expect(rules.map((rule) => steadyCount(rule, 1))).toEqual(['some', 1, 3]);
    expect(rules.map((rule) => steadyCount(rule, 2))).toEqual(['some', 'some', 'some']);
  });

  test('a rule in a separate chain is reported in the chain that the name starts with', () => {
    const listed =
      'table ip mangle {\n\tchain PREROUTING/open-sockets {\n\t\tsocket wildcard 1 return\n\t\tcounter packets 4 bytes 9 jump DIVERT comment "open sockets"\n\t}\n}\n';
    expect(parseNft(listed, 'ipv4')).toEqual([
      expect.objectContaining({ chain: 'PREROUTING', comment: 'open sockets', packets: 4 }),
    ]);
  });

  test('returns no rules for an empty listing', () => {
    expect(parseNft('', 'ipv6')).toEqual([]);
  });
});
