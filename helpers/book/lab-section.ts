import { PROGRAM_OF_CHECKOUT } from '../constants/program.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { STUB_NAMES, STUBS } from '../scenario/stub-names.ts';
import { flowchartOf } from './flowchart.ts';
import { block, code, type Part, present } from './markdown.ts';
import { readableRules } from './rules-text.ts';

/** The lab of a chapter: its picture, its rules and its policy routing. */
export function labSection(scenario: Scenario, config: string | undefined): Part[] {
  const { routing } = scenario;
  const rules = rulesParts(scenario);
  return [
    '## Lab',
    block('mermaid', flowchartOf(scenario, config)),
    labText(scenario, rules.length > 0),
    ...(rules.length > 0 ? ['## Netfilter rules', ...rules] : []),
    routing.length > 0 && block('sh', ['# policy routing', ...routing.map((line) => `ip ${line}`)].join('\n')),
  ];
}

function labText({ topology, names, stubs, envoy, needs }: Scenario, hasRules: boolean): string {
  const settings = Object.entries(topology.sysctls).map(([name, value]) => code(`${name}=${value}`));
  const sentences = present([
    topology.kind === 'router'
      ? "A router connects the downstream to the upstreams. Envoy runs in the router's network namespace."
      : `The downstream's programs${envoy ? ' and Envoy' : ''} share one host. Each upstream is a host of its own.`,
    settings.length > 0 && `Kernel settings of the ${middleOf(topology)}: ${settings.join(', ')}.`,
    ...Object.entries(names).map(([name, to]) => `The name ${code(name)} resolves to ${code(to)}.`),
    ...STUB_NAMES.map(
      (name) => stubs[name] && `The ${STUBS[name].name} runs on Envoy's host. Each claim configures its response.`,
    ),
    stubs.metadata && `The instance metadata service supports ${stubs.metadata.versions.join(' and ')}.`,
    needs.length > 0 &&
      `Required capabilities: ${needs.map(code).join(', ')}. ${code(`${PROGRAM_OF_CHECKOUT} doctor`)} checks them.`,
    !hasRules && envoy && "There are no netfilter rules: clients connect to Envoy's listener directly.",
  ]);
  return sentences.join(' ');
}

/** The name of the host that Envoy shares. */
function middleOf({ kind }: Scenario['topology']): string {
  return kind === 'router' ? 'router' : 'host';
}

function rulesParts({ netfilter, netfilter6, topology }: Scenario): string[] {
  const shown = (host: string, programs: string, rules = ''): string[] =>
    rules.trim() ? [block('text', `# on ${host}, loaded by ${programs}\n${readableRules(rules)}`)] : [];
  const middle = middleOf(topology);
  const [v4, v6] = ['iptables-restore', 'ip6tables-restore'];
  const isSame = netfilter6.trim() !== '' && netfilter6.trim() === netfilter.trim();
  return [
    ...shown(middle, isSame ? `${v4} and ${v6}` : v4, netfilter),
    ...(isSame ? [] : shown(middle, v6, netfilter6)),
    ...Object.entries(topology.upstreams).flatMap(([name, upstream]) => shown(name, v4, upstream.netfilter)),
  ];
}
