import { PROGRAM_OF_CHECKOUT } from '../constants/program.ts';
import type { Observation } from '../exchange/observation.ts';
import { counted } from '../report/wording.ts';
import { firstRequest } from '../scenario/first-request.ts';
import { ORIGINAL_COMMANDS } from '../scenario/origin.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { claimsFile, scenarioFile } from '../scenario/suite-files.ts';
import { shellWords } from '../util/shell-words.ts';
import { changeAnchor, changesData } from './changes-data.ts';
import { claimSection, firstExchange } from './claim-section.ts';
import { configExcerpt, faultChanges } from './config-excerpt.ts';
import { isVariant } from './contents.ts';
import { faultsSection } from './faults-section.ts';
import { labSection } from './lab-section.ts';
import { block, code, fileLink, type Part, page, present, prose, proseWithCode, table } from './markdown.ts';
import { sequenceOf } from './sequence.ts';
import type { ChapterSource } from './sources.ts';
import { trySection } from './try-section.ts';

/** The page of a chapter: its lab, its claims with what they read, its faults, and commands to try. */
export function chapterPage(source: ChapterSource, others: ChapterSource[], version: string): string {
  const { scenario, config } = source;
  const { slug, title, requirement, purpose, tags, envoy } = scenario;
  const files = [scenarioFile(slug), claimsFile(slug), ...(envoy ? [configFile(envoy.config)] : [])];
  return page({ title, description: requirement }, [
    [code(slug), ...tags.map(code), ...files.map(fileLink)].join(' · '),
    `**${proseWithCode(requirement)}** ${proseWithCode(purpose)}`,
    ...labSection(scenario, config),
    ...configSection(source),
    ...claimsSection(source, version),
    ...traceSection(source),
    ...faultsSection(source),
    ...trySection(source),
    ...originSection(scenario, others),
  ]);
}

function configFile(name: string): string {
  return `envoy-configs/${name}`;
}

function configSection({ scenario, faults, config }: ChapterSource): Part[] {
  const { envoy } = scenario;
  const excerpt = config === undefined ? undefined : configExcerpt(config, faultChanges(scenario, faults));
  if (!envoy || excerpt === undefined) return [];
  return [
    '## Envoy config',
    `The lines of ${fileLink(configFile(envoy.config))} that the faults below change:`,
    block('yaml', excerpt),
  ];
}

function claimsSection({ scenario, claims, record }: ChapterSource, version: string): Part[] {
  const observations = (title: string): Observation[] | undefined =>
    record?.claims.find((claim) => claim.title === title)?.observations;
  const all = claims.flatMap(({ title }) => observations(title) ?? []);
  // A control that bypasses Envoy may come first.
  const first = all.find(({ accessLog }) => accessLog.length > 0) ?? all[0];
  const changes = changesData([{ scenario, claims }]).filter((change) => change.claims.length > 0);
  const links = changes.map(({ key, since }) => `[${prose(since.join(' and '))}](versions.md#${changeAnchor(key)})`);
  const sentences = [
    `${counted(claims.length, 'claim')}, each a test.`,
    `Below each one are its exchanges on Envoy ${version}, with the values that the claim read and that differ from the chapter's first exchange, which is shown whole. What a claim reads of the lab or of netfilter itself is not listed.`,
    links.length > 0 && `Outcomes changed with Envoy ${links.join(', ')}.`,
  ];
  return [
    '## Claims',
    present(sentences).join(' '),
    first && firstExchange(first),
    ...claims.map((claim) => claimSection(claim, observations(claim.title), first)),
  ];
}

function traceSection({ trace }: ChapterSource): Part[] {
  if (!trace) return [];
  return ['## Trace of a request', block('mermaid', sequenceOf(trace))];
}

function originSection(scenario: Scenario, others: ChapterSource[]): Part[] {
  const { slug, origin } = scenario;
  if (!origin) return [];
  const family = others
    .map((other) => other.scenario)
    .filter((other) => other.origin?.chapter === origin.chapter && other.slug !== slug);
  const links = family.map((other) => `[${prose(other.title)}](${other.slug}.md)`).join(', ');
  const sentences = [
    `${isVariant(scenario) ? 'A variant of the' : 'The'} chapter ${code(origin.chapter)} of the Envoy Proxy Big Book of Examples.`,
    prose(origin.changed),
    links !== '' && `See also: ${links}.`,
  ];
  const today = shellWords(firstRequest(scenario));
  return [
    '## Origin',
    present(sentences).join(' '),
    table(
      ['', 'set-up', 'request'],
      [
        ['original, 2020', "its scripts, on a machine of one's own", code(ORIGINAL_COMMANDS[origin.chapter])],
        ['here', code(`${PROGRAM_OF_CHECKOUT} trace ${slug}`), code(today)],
      ],
    ),
  ];
}
