import { DOWNSTREAM_UID } from '../constants/ports.ts';
import { PROGRAM_OF_CHECKOUT } from '../constants/program.ts';
import { type Change, describeChange } from '../envoy/known-changes.ts';
import { RECORDED, RECORDED_KINDS } from '../exchange/observers/registry.ts';
import { killedBy } from '../record/kills.ts';
import { counted } from '../report/wording.ts';
import { firstRequest } from '../scenario/first-request.ts';
import { scenarioFile } from '../scenario/suite-files.ts';
import { shellWords } from '../util/shell-words.ts';
import { isVariant } from './contents.ts';
import { flowchartOf } from './flowchart.ts';
import { anchor, block, code, details, html, linked, list, page, prose, slugOf } from './markdown.ts';
import type { ChapterEvidence, ClaimEvidence, ExchangeEvidence } from './page-data.ts';
import { readableRules } from './rules-text.ts';
import { sequenceOf } from './sequence.ts';
import type { BookClaim, ChapterSource } from './sources.ts';
import type { EnvoysEvidence } from './versions-data.ts';

/** The page of a chapter: what stands, what holds and how one knows. */
export function chapterPage(source: ChapterSource, others: ChapterSource[], envoys: EnvoysEvidence): string {
  const { scenario, claims, config, evidence } = source;
  const { slug, title, requirement, purpose, envoy } = scenario;
  const on = evidence && envoy ? ` What was seen stands with each, on Envoy ${prose(evidence.envoy)}.` : '';
  return page({ title, description: requirement }, [
    `${code(slug)} · ${envoy ? code(`envoy-configs/${envoy.config}`) : 'without Envoy'} · ${code(scenarioFile(slug))}`,
    prose(purpose),
    `> ${prose(requirement)}`,
    '## What is stood up',
    block('mermaid', flowchartOf(scenario, config)),
    standing(source),
    ...rulesSection(source),
    ...configSection(source),
    '## What holds',
    `${counted(claims.length, 'claim')}, each a test.${on}`,
    ...claims.map((claim) =>
      claimSection(
        claim,
        evidence?.claims.find((seen) => seen.title === claim.title),
      ),
    ),
    ...traceSection(evidence),
    '## What differs between Envoys',
    differences(source, envoys),
    '## How one knows that the claims can fail',
    faultsSection(source),
    '## Try it',
    trySection(source),
    ...originSection(source, others),
  ]);
}

function originSection({ scenario }: ChapterSource, others: ChapterSource[]): string[] {
  const { slug, origin } = scenario;
  if (!origin) return [];
  const family = others.filter(
    ({ scenario: other }) => other.origin?.chapter === origin.chapter && other.slug !== slug,
  );
  return [
    '## Where it comes from',
    [
      `The chapter ${code(origin.chapter)} of the original.`,
      isVariant(scenario) ? 'This is a variant of it.' : '',
      prose(origin.changed),
    ]
      .filter(Boolean)
      .join(' '),
    family.length > 0
      ? `See also: ${family.map(({ scenario: other }) => `[${prose(other.title)}](${other.slug}.md)`).join(', ')}.`
      : '',
  ];
}

function standing({ scenario }: ChapterSource): string {
  const { topology, names, stubs, envoy, needs } = scenario;
  const settings = Object.entries(topology.sysctls).map(([name, value]) => code(`${name}=${value}`));
  return list([
    topology.kind === 'router'
      ? 'The downstream and the upstream are behind a router, whose network namespace Envoy shares.'
      : `The downstream's programs${envoy ? ' and Envoy' : ''} share one host; each upstream has one of its own.`,
    ...(settings.length > 0
      ? [`Kernel settings of the ${topology.kind === 'router' ? 'router' : 'host'}: ${settings.join(', ')}.`]
      : []),
    ...Object.entries(names).map(([name, to]) => `The name ${code(name)} leads to ${code(to)}.`),
    ...(stubs.authz
      ? ['An authorization service answers on the same host as Envoy; what it says is up to each claim.']
      : []),
    ...(stubs.metadata ? [`An instance metadata service speaks ${stubs.metadata.versions.join(' and ')}.`] : []),
    ...(needs.length > 0
      ? [
          `It needs these abilities of kernel and engine: ${needs.map(code).join(', ')}; ${code(`${PROGRAM_OF_CHECKOUT} doctor`)} probes them.`,
        ]
      : []),
  ]);
}

function rulesSection({ scenario }: ChapterSource): string[] {
  const { netfilter, netfilter6, routing, topology } = scenario;
  const host = topology.kind === 'router' ? 'router' : 'host';
  const own = Object.entries(topology.upstreams).flatMap(([name, { netfilter: rules = '' }]) =>
    rules.trim() ? [`On ${code(name)}, by ${code('iptables-restore')}:`, block('text', readableRules(rules))] : [],
  );
  const parts = [
    ...(netfilter.trim()
      ? [`On ${code(host)}, by ${code('iptables-restore')}:`, block('text', readableRules(netfilter))]
      : []),
    ...(netfilter6.trim()
      ? netfilter6.trim() === netfilter.trim()
        ? [`And the same by ${code('ip6tables-restore')}.`]
        : [`And by ${code('ip6tables-restore')}:`, block('text', readableRules(netfilter6))]
      : []),
    ...own,
  ];
  return [
    '## The rules',
    ...(parts.length > 0 ? parts : ['None: programs are told where Envoy is.']),
    ...(routing.length > 0
      ? ['## Policy routing', block('sh', routing.map((command) => `ip ${command}`).join('\n'))]
      : []),
  ];
}

function configSection({ scenario: { envoy }, config }: ChapterSource): string[] {
  if (!envoy || config === undefined) return [];
  return [
    "## Envoy's config",
    `${code(`envoy-configs/${envoy.config}`)}, whole:`,
    details('the config', block('yaml', config)),
  ];
}

/** Where a claim stands on its chapter's page. */
export function claimId(title: string): string {
  return `claim-${slugOf(title)}`;
}

/** Exchanges of a claim that are shown whole; of further ones the answer alone. */
const SHOWN_WHOLE = 2;

function claimSection({ title, changes }: BookClaim, seen: ClaimEvidence | undefined): string {
  const whole = seen?.exchanges.slice(0, SHOWN_WHOLE) ?? [];
  const more = seen?.exchanges.slice(SHOWN_WHOLE) ?? [];
  return [
    anchor(claimId(title)),
    `### ${prose(title)}`,
    ...changes.map((change) => `*${linked(describeChange(change))}*`),
    ...whole.map((exchange) => details(html(exchange.did), block('text', exchangeText(exchange)))),
    ...(more.length > 0
      ? [details(`and ${counted(more.length, 'more exchange')}`, block('text', more.map(briefly).join('\n')))]
      : []),
  ].join('\n\n');
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

function traceSection(evidence: ChapterEvidence | undefined): string[] {
  const { trace } = evidence ?? {};
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
  const known = new Map<string, Pick<Change, 'since' | 'what' | 'source'>>();
  for (const { change } of declared) known.set(change.what, change);
  const seen = Object.entries(shown).filter(([, there]) => slug in there.claims);
  const items = [...known.values()].map((change) => {
    const titles = declared.filter(({ change: { what } }) => what === change.what).map(({ title }) => title);
    return `${linked(describeChange(change))}. Claimed by: ${titles.map((title) => claimLink(title)).join('; ')}.`;
  });
  const further = seen
    .filter(([what]) => !known.has(what))
    .map(([what]) => `Shows in what was observed: ${prose(what)}.`);
  const all = [...items, ...further];
  const [oldest, newest] = [envoys[0]?.version, envoys.at(-1)?.version];
  const range = oldest === undefined || oldest === newest ? '' : ` from ${oldest} to ${newest}`;
  if (all.length === 0) return `Nothing that was found${range}: the claims say one thing for all of them.`;
  return `${list(all)}\n\n[Which Envoy does what](versions.md) has all chapters.`;
}

/** @param page absent for a claim of the same page */
export function claimLink(title: string, page = ''): string {
  return `[${prose(title)}](${page}#${claimId(title)})`;
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
  const lines: [string, string][] = [
    [`${PROGRAM_OF_CHECKOUT} up ${slug} --detach`, 'start it'],
    [`${PROGRAM_OF_CHECKOUT} exec ${slug} ${downstream} --user ${DOWNSTREAM_UID} -- ${request}`, 'send a request'],
    [`${PROGRAM_OF_CHECKOUT} trace ${slug}`, 'see one pass'],
    ...(hasRules
      ? ([[`${PROGRAM_OF_CHECKOUT} rules ${slug}`, 'what each rule has counted']] as [string, string][])
      : []),
    ...(netfilter.trim()
      ? ([[`${PROGRAM_OF_CHECKOUT} edit ${slug} rules`, 'change the rules, and try again']] as [string, string][])
      : []),
    ...(envoy ? ([[`${PROGRAM_OF_CHECKOUT} edit ${slug} config`, "change Envoy's config"]] as [string, string][]) : []),
    [`${PROGRAM_OF_CHECKOUT} reset ${slug}`, 'as the scenario says again'],
    [`${PROGRAM_OF_CHECKOUT} down ${slug}`, 'end it'],
    [`${PROGRAM_OF_CHECKOUT} run ${slug}`, 'assert all of the above'],
    ...(fault === undefined
      ? []
      : ([[`${PROGRAM_OF_CHECKOUT} prove ${slug} --fault ${shellWords([fault])}`, 'and see it fail']] as [
          string,
          string,
        ][])),
  ];
  return block('sh', lines.map(([command, why]) => `# ${why}\n${command}`).join('\n'));
}
