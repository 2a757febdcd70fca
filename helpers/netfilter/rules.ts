import { unknownName } from '../util/suggestion.mjs';

export type RuleFamily = 'ipv4' | 'ipv6';

/** A netfilter rule as iptables-save or nft prints it. */
export interface Rule {
  /** `inet`: a rule of nft for both families. */
  family: RuleFamily | 'inet';
  table: string;
  chain: string;
  /** The rule: from `-A` on, or as nft lists it in its chain. */
  text: string;
  comment: string | undefined;
  /** The packet counter. */
  packets: number;
}

/** Reads the rules in the output of `iptables-save -c` or `ip6tables-save -c`. */
export function parseRules(text: string, family: RuleFamily): Rule[] {
  const rules: Rule[] = [];
  let table = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1);
    const [, packets, rule, chain] = /^\[(\d+):\d+\] (-A (\S+) .*)$/.exec(line) ?? [];
    if (packets === undefined || rule === undefined || chain === undefined) continue;
    rules.push({ family, table, chain, text: rule, comment: commentOf(rule), packets: Number(packets) });
  }
  return rules;
}

/**
 * The rules whose counters rose between two snapshots, with the increase. A new rule counts from 0.
 */
export function countedRules(before: Rule[], after: Rule[]): Rule[] {
  const key = ({ family, table, chain, text }: Rule): string => `${family} ${table} ${chain} ${text}`;
  const known = new Map(before.map((rule) => [key(rule), rule.packets]));
  return after
    .map((rule) => ({ ...rule, packets: rule.packets - (known.get(key(rule)) ?? 0) }))
    .filter(({ packets }) => packets > 0);
}

/**
 * The number of packets that a rule counts in every run, or `some`. A nat rule sees the first
 * packet of a connection only, and so does a TPROXY rule behind a rule for open sockets, but for a
 * segment that is retransmitted on a busy machine after Envoy's socket closed. Of parallel
 * connections, some SYN may be retransmitted and captured again. A rule for the state NEW counts
 * Envoy's connections too; their number varies for parallel requests. Other rules depend on the
 * segmentation of a stream.
 *
 * @param connections the number of the downstream's connections
 */
export function steadyCount({ table, text, packets }: Rule, connections: number): number | 'some' {
  if (table === 'nat') return packets;
  if (connections > 1) return 'some';
  if (/-j TPROXY|\btproxy to\b/.test(text)) return packets < PACKETS_OF_A_CONNECTION ? 1 : 'some';
  return MATCHES_NEW.test(text) ? packets : 'some';
}

/** The packets that a client sends at least, also on a connection that is reset: SYN, ACK, request. */
const PACKETS_OF_A_CONNECTION = 3;

const MATCHES_NEW = /--ctstate NEW|\bct state new\b/;

/**
 * Whether timing decides if a rule counts at all: one for the state NEW, where parallel requests
 * may reuse open connections.
 */
export function countsByChance({ table, text }: Rule, connections: number): boolean {
  return table !== 'nat' && connections > 1 && MATCHES_NEW.test(text);
}

/** A rule's comment, without the quotes and backslashes of iptables-save. */
export function commentOf(rule: string): string | undefined {
  const [, quoted, bare] = /--comment (?:"((?:[^"\\]|\\.)*)"|(\S+))/.exec(rule) ?? [];
  return (quoted ?? bare)?.replace(/\\(.)/g, '$1');
}

/** The comments of an iptables-restore text, in order. */
export function commentsOf(ruleset: string): string[] {
  return ruleset.split('\n').flatMap((line) => commentOf(line) ?? []);
}

/** Removes the rule with a comment; throws where there is none. */
export function withoutRule(ruleset: string, comment: string): string {
  ruleOf(ruleset, comment);
  const kept = ruleset.split('\n').filter((line) => commentOf(line) !== comment);
  return kept.join('\n');
}

/** Replaces a part of the rule with a comment; throws where there is no such rule or part. */
export function changedRule(ruleset: string, comment: string, from: string, to: string): string {
  const rule = ruleOf(ruleset, comment);
  const changed = rule.replace(from, () => to);
  if (changed === rule) throw new Error(`the rule "${comment}" has no "${from}" that could become "${to}": ${rule}`);
  return ruleset.replace(rule, () => changed);
}

/** Swaps the rules with two comments; throws where one is missing. */
export function swappedRules(ruleset: string, one: string, other: string): string {
  const [first, second] = [ruleOf(ruleset, one), ruleOf(ruleset, other)];
  const lines = ruleset.split('\n').map((line) => (line === first ? second : line === second ? first : line));
  return lines.join('\n');
}

/** A rule of a text, and its table. */
export interface PlacedRule {
  table: string;
  /** `-A OUTPUT -p tcp …`. */
  text: string;
  comment: string;
}

/** The rule with a comment; throws where there is none. */
export function placedRule(ruleset: string, comment: string): PlacedRule {
  const text = ruleOf(ruleset, comment);
  const [table = ''] = tablesOf(ruleset.slice(0, ruleset.indexOf(text))).slice(-1);
  return { table, text: text.trim(), comment };
}

function ruleOf(ruleset: string, comment: string): string {
  const rule = ruleset.split('\n').find((line) => commentOf(line) === comment);
  if (rule === undefined) throw new Error(unknownName('rule comment', comment, commentsOf(ruleset)));
  return rule;
}

/** Appends a rule to a table, which may be new. */
export function addedRule(ruleset: string, table: string, rule: string): string {
  // iptables-restore would flush a repeated table before its second part.
  const lines = ruleset.trimEnd().split('\n').filter(Boolean);
  const start = lines.findIndex((line) => line.trim() === `*${table}`);
  if (start < 0) return `${[...lines, `*${table}`, rule, 'COMMIT'].join('\n')}\n`;
  const end = lines.findIndex((line, at) => at > start && line.trim() === 'COMMIT');
  return `${lines.toSpliced(end, 0, rule).join('\n')}\n`;
}

/** The names of the tables in an iptables-restore text. */
function tablesOf(ruleset: string): string[] {
  return [...ruleset.matchAll(/^\s*\*\s*(\w+)/gm)].flatMap(([, table]) => table ?? []);
}

/** An iptables-restore text that empties the tables of a ruleset. */
export function emptied(ruleset: string): string {
  const tables = tablesOf(ruleset).map((table) => `*${table}\nCOMMIT\n`);
  return tables.join('');
}

/** An iptables-restore text that loads a ruleset and empties the other tables of a second text. */
export function replacing(other: string, ruleset: string): string {
  return `${emptied(tablesLost(other, ruleset))}${ruleset}`;
}

/** The tables, with their rules, that another text lacks. */
export function tablesLost(ruleset: string, other: string): string {
  const kept = tablesOf(other);
  const tables = ruleset.split(/^(?=\s*\*)/m);
  return tables.filter((table) => tablesOf(table).some((name) => !kept.includes(name))).join('');
}

/** The rules of the tables that another text lacks, each as `-t table -A …`. */
export function rulesLost(ruleset: string, other: string): string[] {
  return tablesLost(ruleset, other)
    .split(/^(?=\*)/m)
    .flatMap((table) => [...table.matchAll(/^-A .*/gm)].map(([rule]) => `-t ${tablesOf(table)[0]} ${rule}`));
}

/** Removes indentation and blank lines, as iptables-restore requires. */
export function dedent(ruleset: string): string {
  return `${ruleset
    .trim()
    .replaceAll(/\s*\n\s*/g, '\n')
    .replaceAll(/^\*\s+/gm, '*')}\n`;
}
