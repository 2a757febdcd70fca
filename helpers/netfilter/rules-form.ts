import { UsageError } from '../util/errors.ts';

/** How a file gives rules. */
export type RulesForm = 'script' | 'restore' | 'nft';

const LARGEST_BYTES = 1_000_000;

/** A table of iptables-restore text; Istio writes a blank after the star. */
const TABLE = /^\*\s*\w+\s*$/;

const TOOL = /^(?:sudo\s+(?:-\S+\s+)*)?(?:\S*\/)?(?:ip6?tables(?:-\w+)*|nft|ip|ipset|sysctl|modprobe)\s/;

const NFT =
  /^(?:(?:add|create|destroy|delete|flush)\s+(?:table|chain|rule|set|map|ruleset|element)|table\s|flush\s+ruleset|define\s|include\s+")/;

/**
 * The form of a file with rules: a shell script, iptables-restore text, or a file for `nft -f`.
 *
 * @param name for the error
 * @throws UsageError for an empty, binary or large file, and for any other text
 */
export function formOfRules(text: string, name: string): RulesForm {
  if (text.includes('\0') || text.includes('\uFFFD')) throw new UsageError(`${name}: it is binary, not rules`);
  if (text.length > LARGEST_BYTES)
    throw new UsageError(`${name}: it has ${text.length} characters; rules have at most ${LARGEST_BYTES}`);
  const [first = ''] = text.split('\n', 1);
  if (/^#!.*\bnft\b/.test(first)) return 'nft';
  if (first.startsWith('#!')) return 'script';
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line && !line.startsWith('#'));
  if (lines.length === 0) throw new UsageError(`${name}: it has no rules`);
  const [opening = ''] = lines;
  if (NFT.test(opening)) return 'nft';
  const table = lines.findIndex((line) => TABLE.test(line));
  // Rules of a script may be in a here-document, which a command opens.
  if (table >= 0 && lines.slice(0, table).every((line) => /^ip6?tables-save\b/.test(line))) return 'restore';
  if (lines.some((line) => TOOL.test(line))) return 'script';
  throw new UsageError(
    `${name}: it has neither a command of iptables or nft, nor a table of iptables-save; it begins with "${opening.slice(0, 60)}"`,
  );
}

/** A table with its rules, and the line of the file where it begins, from 1. */
interface TableText {
  line: number;
  text: string;
  ipv6: boolean;
}

/** The tables of iptables-restore text, each with its family; a text may have the tables of both. */
export function tablesOfRestore(text: string): TableText[] {
  const tables: (TableText & { name: string; addresses: 4 | 6 | undefined })[] = [];
  let open: (typeof tables)[number] | undefined;
  for (const [at, line] of text.split('\n').entries()) {
    const trimmed = line.trim();
    const name = TABLE.test(trimmed) ? trimmed.slice(1).trim() : undefined;
    if (name !== undefined) {
      open = { name, line: at + 1, text: '', ipv6: false, addresses: undefined };
      tables.push(open);
    }
    if (!open || trimmed === '' || trimmed.startsWith('#')) {
      // The lines keep their numbers.
      if (open) open.text += '\n';
      continue;
    }
    open.text += name === undefined ? `${trimmed}\n` : `*${name}\n`;
    open.addresses ??= familyOf(trimmed);
    if (trimmed === 'COMMIT') open = undefined;
  }
  let ipv6 = false;
  const seen = new Set<string>();
  for (const table of tables) {
    // A second table of the same name is of the other family: that of IPv6, as Istio prints them.
    if (table.addresses !== undefined) ipv6 = table.addresses === 6;
    else if (seen.has(table.name)) ipv6 = true;
    table.ipv6 = ipv6;
    seen.add(table.name);
    if (!/^COMMIT$/m.test(table.text)) table.text += 'COMMIT\n';
  }
  return tables.map(({ line, text, ipv6 }) => ({ line, text, ipv6 }));
}

/** The family of the addresses in a rule; undefined where it has none. */
function familyOf(rule: string): 4 | 6 | undefined {
  const bare = rule.replace(/"(?:[^"\\]|\\.)*"/g, '');
  if (/\s(?:\d{1,3}\.){3}\d{1,3}(?:[/:\s]|$)/.test(bare)) return 4;
  if (/\s\[?(?:[0-9a-f]{0,4}:){2,}[0-9a-f]{0,4}(?:[\]/\s]|$)|icmpv6|ipv6-icmp/i.test(bare)) return 6;
  return undefined;
}
