import type { Rule, RuleFamily } from './rules.ts';

/** nft's names of the families of iptables and ip6tables, nft(8). */
export const NFT_FAMILY = { ipv4: 'ip', ipv6: 'ip6' } as const;

const BUILT_IN = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];

/** Declares each built-in chain that a ruleset fills: nft has none, unlike iptables. */
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
 * An nft script, one transaction, equivalent to a ruleset, from its translation by
 * `iptables-restore-translate`.
 *
 * @param keep whether to add to the tables of the ruleset; else the script replaces them
 * @throws where a rule was not translated (the tool leaves a comment), or lost its counter or its
 *   comment
 */
export function nftScript(ruleset: string, translation: string, family: RuleFamily, keep = false): string {
  const lines = translation.split('\n').filter((line) => line.trim() && !/^# (Translated by|Completed on) /.test(line));
  const rules = lines.filter((line) => line.startsWith('add rule '));
  const lost = [
    ...lines.filter((line) => line.startsWith('#')),
    ...rules.filter((line) => !/ counter /.test(`${line} `) || nftCommentOf(line) === undefined),
  ];
  const given = ruleset.split('\n').filter((line) => line.startsWith('-A '));
  if (lost.length > 0) throw new Error(`iptables-restore-translate cannot translate: ${lost.join('; ')}`);
  if (given.length !== rules.length)
    throw new Error(`iptables-restore-translate made ${rules.length} rules of ${given.length}`);
  const tables = keep ? [] : [...ruleset.matchAll(/^\*(\w+)/gm)].map(([, name]) => `${NFT_FAMILY[family]} ${name}`);
  // Deleting a missing table is an error.
  const cleared = tables.flatMap((table) => [`add table ${table}`, `delete table ${table}`]);
  return [...cleared, ...lines.map(withOneFlag).flatMap(asInIptables)].join('\n').concat('\n');
}

/** `nft` 1.1 has a syntax error at `tcp flags rst / rst`, the translation of `--tcp-flags RST RST`: it expects a list. */
function withOneFlag(line: string): string {
  return line.replace(/\btcp flags (\w+) \/ (\w+)(?= )/, 'tcp flags & $2 == $1');
}

/**
 * Adds to a translated rule what nf_tables needs to behave as iptables, without counters:
 * - `tproxy` without a socket continues with the next rule (`nft_tproxy.c`: NFT_BREAK), TPROXY
 *   drops (`xt_TPROXY.c`: NF_DROP): a rule that drops follows.
 * - `socket wildcard` matches full sockets only (`nft_socket.c`), so `wildcard 0` misses the last
 *   packet of a handshake, which `-m socket` matches (`xt_socket.c`). A separate chain, named
 *   `PREROUTING/open-sockets` after the rule's chain and comment, returns wildcard sockets instead.
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
 * Reads the rules with counters in the output of `nft list ruleset`; the name of a separate chain
 * starts with the rule's.
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

/** A rule of nft by its handle, with which the kernel names it in a trace. */
export interface HandledRule extends Pick<Rule, 'family' | 'table' | 'chain' | 'text' | 'comment'> {
  /** `0x5`. */
  handle: string;
}

/** Reads the rules in the output of `nft --handle list table`. */
export function parseHandles(text: string, family: Rule['family']): HandledRule[] {
  return parseNft(text.replace(/ # handle (\d+)$/gm, ''), family).flatMap((rule, at) => {
    const lines = text.split('\n').filter((line) => /\bcounter packets \d+ bytes \d+/.test(line));
    const handle = / # handle (\d+)$/.exec(lines[at] ?? '')?.[1];
    return handle === undefined ? [] : { ...rule, handle: `0x${Number(handle).toString(16)}` };
  });
}

/** A rule's comment, which nft lists last; it cannot contain quotes. */
function nftCommentOf(rule: string): string | undefined {
  return / comment "([^"]*)"$/.exec(rule.trim())?.[1];
}
