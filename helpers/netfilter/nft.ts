import type { Rule } from './rules.ts';

/** nft's words for a family, nft(8): the tables of iptables are those of `ip`, of ip6tables those of `ip6`. */
export const NFT_FAMILY = { ipv4: 'ip', ipv6: 'ip6' } as const;

const BUILT_IN = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];

/**
 * An iptables-restore text that declares each chain of the kernel's which it fills. iptables knows them anyway; nft has
 * only those that were made, and `iptables-restore-translate` makes only those that are declared.
 */
export function withDeclaredChains(ruleset: string): string {
  return ruleset
    .split(/^(?=\*)/m)
    .map((table) => {
      const filled = BUILT_IN.filter((chain) => new RegExp(`^-A ${chain} `, 'm').test(table));
      const missing = filled.filter((chain) => !new RegExp(`^:${chain} `, 'm').test(table));
      return table.replace(/^(\*\w+\n)/, `$1${missing.map((chain) => `:${chain} ACCEPT [0:0]\n`).join('')}`);
    })
    .join('');
}

/**
 * The nft script that does what an iptables-restore text says, from what `iptables-restore-translate` made of it. It is
 * one transaction, and replaces the tables that the text names, or adds to them where it `keeps` what they hold.
 *
 * @throws where a rule was not translated (the tool leaves it as a comment), or has lost its counter or its comment
 */
export function nftScript(
  ruleset: string,
  translation: string,
  family: Rule['family'],
  { keep = false }: { keep?: boolean } = {},
): string {
  const lines = translation.split('\n').filter((line) => line.trim() && !/^# (Translated by|Completed on) /.test(line));
  const rules = lines.filter((line) => line.startsWith('add rule '));
  const lost = [
    ...lines.filter((line) => line.startsWith('#')),
    ...rules.filter((line) => !/ counter /.test(`${line} `) || nftCommentOf(line) === undefined),
  ];
  const given = ruleset.split('\n').filter((line) => line.startsWith('-A '));
  if (lost.length > 0) throw new Error(`iptables-restore-translate does not translate whole: ${lost.join('; ')}`);
  if (given.length !== rules.length) {
    throw new Error(`iptables-restore-translate made ${rules.length} rules of ${given.length}`);
  }
  const tables = keep ? [] : [...ruleset.matchAll(/^\*(\w+)/gm)].map(([, name]) => `${NFT_FAMILY[family]} ${name}`);
  // What is to be deleted has to be there.
  const cleared = tables.flatMap((table) => [`add table ${table}`, `delete table ${table}`]);
  return [...cleared, ...lines.flatMap(asInIptables)].join('\n').concat('\n');
}

/**
 * What a translated rule has to be for nft to do what iptables does. In two things the kernel's nf_tables differs:
 * - `tproxy` that finds no socket lets the packet go on to the next rule (`nft_tproxy.c` gives NFT_BREAK), where TPROXY
 *   drops it (`xt_TPROXY.c` gives NF_DROP): a rule that drops follows.
 * - `socket wildcard` asks only full sockets (`nft_socket.c`), so a rule with `wildcard 0` passes by the packet that ends a
 *   handshake, which `-m socket` takes (`xt_socket.c`): sockets without an address are sent back instead, by a chain of
 *   the rule's own. It is named after the rule's chain and comment, `PREROUTING/open-sockets`.
 *
 * What is added has no counter: it is a part of the rule that has one.
 */
function asInIptables(line: string): string[] {
  if (line.includes(' tproxy to ')) {
    return [line, line.replace(/ counter tproxy to .*/, ' drop comment "as TPROXY does where it finds no socket"')];
  }
  const [, table, chain, matches, what] =
    /^add rule (\S+ \S+) (\S+) (.*)socket wildcard 0 socket transparent 1 (counter .*)$/.exec(line) ?? [];
  if (matches === undefined) return [line];
  const own = `${table} ${chain}/${nftCommentOf(line)?.replaceAll(/\W+/g, '-')}`;
  return [
    `add chain ${own}`,
    `add rule ${own} socket wildcard 1 return`,
    `add rule ${own} ${what}`,
    `add rule ${table} ${chain} ${matches}socket transparent 1 jump ${own.slice(own.lastIndexOf(' ') + 1)}`,
  ];
}

/**
 * Reads the output of `nft list ruleset`: the rules that count, each as nft writes it but for its counter. One in a chain
 * of its own belongs to the chain that this is named after.
 */
export function parseNft(text: string, family: Rule['family']): Rule[] {
  const rules: Rule[] = [];
  let table = '';
  let chain = '';
  for (const line of text.split('\n')) {
    table = /^table \w+ (\S+) \{/.exec(line)?.[1] ?? table;
    chain = /^\tchain ([^\s/]+)\S* \{/.exec(line)?.[1] ?? chain;
    const packets = /\bcounter packets (\d+) bytes \d+/.exec(line)?.[1];
    if (packets === undefined) continue;
    const rule = line.trim().replace(/counter packets \d+ bytes \d+/, 'counter');
    rules.push({ family, table, chain, text: rule, comment: nftCommentOf(rule), packets: Number(packets) });
  }
  return rules;
}

/** A rule's comment, which nft puts last and between quotes; it can hold none itself. */
function nftCommentOf(rule: string): string | undefined {
  return / comment "([^"]*)"$/.exec(rule.trim())?.[1];
}
