import { DOWNSTREAM_UID } from '../constants/ports.ts';
import { PROGRAM_OF_CHECKOUT } from '../constants/program.ts';
import { describeChange } from '../envoy/known-changes.ts';
import { RECORDED, RECORDED_KINDS } from '../exchange/observers/registry.ts';
import { killedBy } from '../record/kills.ts';
import { counted } from '../report/wording.ts';
import { firstRequest } from '../scenario/first-request.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { scenarioFile } from '../scenario/suite-files.ts';
import { shellWords } from '../util/shell-words.ts';
import { claimAnchor, claimLink } from './claim-link.ts';
import { isVariant } from './contents.ts';
import { flowchartOf } from './flowchart.ts';
import { block, code, details, html, linked, list, type Part, page, present, prose } from './markdown.ts';
import type { ClaimEvidence, ExchangeEvidence } from './page-data.ts';
import { readableRules } from './rules-text.ts';
import { sequenceOf } from './sequence.ts';
import type { BookClaim, ChapterSource } from './sources.ts';
import type { EnvoysEvidence } from './versions-data.ts';

/** The page of a chapter: its lab, its claims with what was observed, and its faults. */
export function chapterPage(source: ChapterSource, others: ChapterSource[], envoys: EnvoysEvidence): string {
  const { scenario, claims, config, evidence } = source;
  const { slug, title, requirement, purpose, envoy, routing } = scenario;
  const on = evidence && envoy ? ` What was seen stands with each, on Envoy ${prose(evidence.envoy)}.` : '';
  const file = envoy && code(`envoy-configs/${envoy.config}`);
  return page({ title, description: requirement }, [
    `${code(slug)} · ${file ?? 'without Envoy'} · ${code(scenarioFile(slug))}`,
    prose(purpose),
    `> ${prose(requirement)}`,
    '## What is stood up',
    block('mermaid', flowchartOf(scenario, config)),
    labText(scenario),
    '## The rules',
    ...rulesParts(scenario),
    ...(routing.length > 0
      ? ['## Policy routing', block('sh', routing.map((command) => `ip ${command}`).join('\n'))]
      : []),
    ...(file && config !== undefined
      ? ["## Envoy's config", `${file}, whole:`, details('the config', block('yaml', config))]
      : []),
    '## What holds',
    `${counted(claims.length, 'claim')}, each a test.${on}`,
    ...claims.map((claim) =>
      claimSection(
        claim,
        evidence?.claims.find((seen) => seen.title === claim.title),
      ),
    ),
    ...traceSection(source),
    '## What differs between Envoys',
    differences(source, envoys),
    '## How one knows that the claims can fail',
    faultsSection(source),
    '## Try it',
    trySection(source),
    ...originSection(scenario, others),
  ]);
}

function originSection(scenario: Scenario, others: ChapterSource[]): Part[] {
  const { slug, origin } = scenario;
  if (!origin) return [];
  const family = others
    .map((other) => other.scenario)
    .filter((other) => other.origin?.chapter === origin.chapter && other.slug !== slug);
  const sentences = [
    `The chapter ${code(origin.chapter)} of the original.`,
    isVariant(scenario) && 'This is a variant of it.',
    prose(origin.changed),
  ];
  return [
    '## Where it comes from',
    present(sentences).join(' '),
    family.length > 0 && `See also: ${family.map((other) => `[${prose(other.title)}](${other.slug}.md)`).join(', ')}.`,
  ];
}

function labText({ topology, names, stubs, envoy, needs }: Scenario): string {
  const settings = Object.entries(topology.sysctls).map(([name, value]) => code(`${name}=${value}`));
  return list([
    topology.kind === 'router'
      ? 'The downstream and the upstream are behind a router, whose network namespace Envoy shares.'
      : `The downstream's programs${envoy ? ' and Envoy' : ''} share one host; each upstream has one of its own.`,
    settings.length > 0 && `Kernel settings of the ${middleOf(topology)}: ${settings.join(', ')}.`,
    ...Object.entries(names).map(([name, to]) => `The name ${code(name)} leads to ${code(to)}.`),
    stubs.authz && 'An authorization service answers on the same host as Envoy; what it says is up to each claim.',
    stubs.metadata && `An instance metadata service speaks ${stubs.metadata.versions.join(' and ')}.`,
    needs.length > 0 &&
      `It needs these abilities of kernel and engine: ${needs.map(code).join(', ')}; ${code(`${PROGRAM_OF_CHECKOUT} doctor`)} probes them.`,
  ]);
}

/** The name of the host that Envoy shares. */
function middleOf({ kind }: Scenario['topology']): string {
  return kind === 'router' ? 'router' : 'host';
}

function rulesParts({ netfilter, netfilter6, topology }: Scenario): string[] {
  const shown = (intro: string, rules = ''): string[] =>
    rules.trim() ? [intro, block('text', readableRules(rules))] : [];
  const by = (host: string): string => `On ${code(host)}, by ${code('iptables-restore')}:`;
  const isSame = netfilter6.trim() !== '' && netfilter6.trim() === netfilter.trim();
  const parts = [
    ...shown(by(middleOf(topology)), netfilter),
    ...(isSame
      ? [`And the same by ${code('ip6tables-restore')}.`]
      : shown(`And by ${code('ip6tables-restore')}:`, netfilter6)),
    ...Object.entries(topology.upstreams).flatMap(([name, upstream]) => shown(by(name), upstream.netfilter)),
  ];
  return parts.length > 0 ? parts : ['None: programs are told where Envoy is.'];
}

/** How many exchanges of a claim are shown in full; further ones with their reply only. */
const SHOWN_WHOLE = 2;

function claimSection({ title, changes }: BookClaim, { exchanges }: Partial<ClaimEvidence> = {}): string {
  const whole = exchanges?.slice(0, SHOWN_WHOLE) ?? [];
  const more = exchanges?.slice(SHOWN_WHOLE) ?? [];
  return present([
    `<a id="${claimAnchor(title)}"></a>`,
    `### ${prose(title)}`,
    ...changes.map((change) => `*${linked(describeChange(change))}*`),
    ...whole.map((exchange) => details(html(exchange.did), block('text', exchangeText(exchange)))),
    more.length > 0 &&
      details(`and ${counted(more.length, 'more exchange')}`, block('text', more.map(briefly).join('\n'))),
  ]).join('\n\n');
}

function exchangeText({ saw }: ExchangeEvidence): string {
  return RECORDED_KINDS.flatMap((kind) => {
    const lines = saw[kind];
    return lines ? [[RECORDED[kind].title, ...lines.map((line) => `  ${line}`)].join('\n')] : [];
  }).join('\n\n');
}

function briefly({ did, saw }: ExchangeEvidence): string {
  return `${did}: ${saw.replies?.[0] ?? 'no answer'}`;
}

function traceSection({ evidence }: ChapterSource): string[] {
  const trace = evidence?.trace;
  if (!trace) return [];
  return [
    '## One request, seen by everything',
    'Packets as tcpdump captured them, rules as the kernel traced them, steps as Envoy logged them; without acknowledgements, the ends of connections, and what repeats. Ports that the kernel picked have names.',
    block('mermaid', sequenceOf(trace)),
    ...(trace.conntrack.length > 0 ? ['What conntrack keeps of it:', block('text', trace.conntrack.join('\n'))] : []),
  ];
}

function differences({ scenario: { slug, envoy }, claims }: ChapterSource, { envoys, shown }: EnvoysEvidence): string {
  if (!envoy) return 'There is no Envoy here.';
  const declared = claims.flatMap(({ title, changes }) => changes.map((change) => ({ title, change })));
  const known = new Map(declared.map(({ change }) => [change.what, change]));
  const items = [...known.values()].map((change) => {
    const links = declared.filter((each) => each.change.what === change.what).map(({ title }) => claimLink(title));
    return `${linked(describeChange(change))}. Claimed by: ${links.join('; ')}.`;
  });
  const further = Object.entries(shown)
    .filter(([what, { claims }]) => slug in claims && !known.has(what))
    .map(([what]) => `Shows in what was observed: ${prose(what)}.`);
  const all = [...items, ...further];
  if (all.length > 0) return `${list(all)}\n\n[Which Envoy does what](versions.md) has all chapters.`;
  const [oldest, newest] = [envoys[0]?.version, envoys.at(-1)?.version];
  const range = oldest === newest ? '' : ` from ${oldest} to ${newest}`;
  return `Nothing that was found${range}: the claims say one thing for all of them.`;
}

function faultsSection({ scenario: { slug }, faults, kills, claims, evidence }: ChapterSource): string {
  const titles = claims.map(({ title }) => title);
  const items = Object.entries(faults).map(([name, { why }]) => {
    const killed = kills ? killedBy(kills, name, titles, evidence?.envoy) : [];
    const summary = `<strong>${html(name)}</strong>: ${html(why)} (${counted(killed.length, 'claim')})`;
    return details(summary, killsText(killed, titles));
  });
  return [
    `Each of these faults is put in by ${code(`${PROGRAM_OF_CHECKOUT} prove ${slug}`)}, which demands that the claims under it fail, and no others.`,
    ...items,
  ].join('\n\n');
}

/** The claims that a fault kills or, where these are fewer, those that survive it. */
function killsText(killed: string[], titles: string[]): string {
  const survived = titles.filter((title) => !killed.includes(title));
  const links = (those: string[]): string => list(those.map((title) => claimLink(title)));
  if (survived.length >= killed.length) return `It fails:\n\n${links(killed)}`;
  return survived.length === 0 ? 'It fails every claim.' : `It fails every claim but:\n\n${links(survived)}`;
}

function trySection({ scenario, faults }: ChapterSource): string {
  const { slug, topology, envoy, netfilter, netfilter6 } = scenario;
  const downstream = topology.kind === 'router' ? 'downstream' : 'host';
  const ruled = [netfilter, netfilter6, ...Object.values(topology.upstreams).map((spec) => spec.netfilter ?? '')];
  const hasRules = ruled.some((rules) => rules.trim() !== '');
  const [fault] = Object.keys(faults);
  const request = shellWords(firstRequest(scenario));
  const line = (command: string, why: string): string => `# ${why}\n${PROGRAM_OF_CHECKOUT} ${command}`;
  const lines = [
    line(`up ${slug} --detach`, 'start it'),
    line(`exec ${slug} ${downstream} --user ${DOWNSTREAM_UID} -- ${request}`, 'send a request'),
    line(`trace ${slug}`, 'see one pass'),
    hasRules && line(`rules ${slug}`, 'what each rule has counted'),
    netfilter.trim() !== '' && line(`edit ${slug} rules`, 'change the rules, and try again'),
    envoy && line(`edit ${slug} config`, "change Envoy's config"),
    line(`reset ${slug}`, 'as the scenario says again'),
    line(`down ${slug}`, 'end it'),
    line(`run ${slug}`, 'assert all of the above'),
    fault !== undefined && line(`prove ${slug} --fault ${shellWords([fault])}`, 'and see it fail'),
  ];
  return block('sh', present(lines).join('\n'));
}
