import { listDifferences } from '../../compare/value-differences.ts';
import { countsByChance, type Rule, steadyCount } from '../../netfilter/rules.ts';
import { type Observer, sorted } from './observer.ts';

/** A rule and its host. */
export type HostRule = Rule & { host: string };

/** A rule whose counter rose during an exchange. */
export interface RuleCount {
  host: string;
  /** `nat OUTPUT`. */
  chain: string;
  /** The rule's comment, or the rule itself where it has none. */
  rule: string;
  /** Packets; `some` where the number depends on how the kernel cuts a stream into segments. */
  packets: number | 'some';
}

/** How a chain shows the family of its rules. */
const FAMILY: Record<Rule['family'], string> = { ipv4: '', ipv6: 'ip6 ', inet: 'inet ' };

/** The field of `RuleCount` that holds a field of a rule. */
const RECORDED_FIELDS: Record<string, keyof RuleCount> = {
  family: 'chain',
  table: 'chain',
  comment: 'rule',
  text: 'rule',
};

/** Counters of the rules on Envoy's host, and on the hosts of upstreams with rules. */
export const rules: Observer<HostRule[], RuleCount[]> = {
  title: 'rules that matched',
  nothing: [],
  record: (seen, { replies }) =>
    seen
      .filter((rule) => !countsByChance(rule, replies))
      .map((rule) => ({
        host: rule.host,
        chain: `${FAMILY[rule.family]}${rule.table} ${rule.chain}`,
        rule: rule.comment ?? rule.text,
        packets: steadyCount(rule, replies),
      })),
  recordedKeys: ([index = '', field, ...rest]) =>
    field === undefined ? [index] : [index, RECORDED_FIELDS[field] ?? field, ...rest],
  // The order of tables depends on the backend.
  settle: sorted,
  describe: (counts) =>
    counts.map(({ host, chain, rule, packets }) => {
      const count = packets === 'some' ? 'some packets' : packets === 1 ? '1 packet' : `${packets} packets`;
      return `${host}, ${chain}, “${rule}”: ${count}`;
    }),
  // A retransmitted SYN is one more packet.
  steady: (line) => line.replace(/: (\d+|some) packets?$/, ''),
  differences: (a, b) => listDifferences('rules', a, b, ({ host, chain, rule }) => `${host} ${chain} "${rule}"`),
};
