import { PROGRAM } from '../../helpers/constants/program.ts';
import { describeChange } from '../../helpers/envoy/known-changes.ts';
import type { Setup } from '../../helpers/project/config.ts';
import { counted } from '../../helpers/report/wording.ts';
import { wrapped } from '../../helpers/report/wrap.ts';
import { TAGS, TASKS, type Tag, type Task } from '../../helpers/scenario/topics.ts';
import { UsageError } from '../../helpers/util/errors.ts';
import { knownName } from '../../helpers/util/known-name.ts';
import { colours as pc } from '../colours.ts';
import { columns } from '../columns.ts';
import type { DeclaredClaim } from '../run/claims.ts';
import { command, print } from './command.ts';
import { listChangesCommand } from './list-changes.ts';
import { gathered } from './option-values.ts';

interface ListOptions {
  tag?: string[];
  claims?: true;
  faults?: true;
  versions?: true;
  json?: true;
}

export const listCommand = command('list', ['list', 'list --tag tproxy --claims', 'list redirect'])
  .description('List chapters grouped by task, one per line.')
  .argument('[pattern]', 'only chapters whose name or title contains the text or matches the regex')
  .option('--tag <tag>', `only chapters with this tag; repeatable: ${TAGS.join(', ')}`, gathered)
  .option('--claims', 'also print the requirement and the claims of each chapter')
  .option('--faults', 'also print the faults of each chapter and how many claims detect each')
  .option('--versions', 'list the known Envoy versions instead')
  .option('--json', 'print JSON, with claims, faults and versions')
  .addCommand(listChangesCommand)
  .action(async (pattern: string | undefined, options: ListOptions) => {
    const { VERSIONS } = await import('../../helpers/envoy/versions.ts');
    if (options.versions && !options.json) return print(VERSIONS.map((version) => `${version}\n`).join(''));
    const tags = (options.tag ?? []).map((tag) => knownName('tag', tag, [...TAGS]));
    const contents = await tableOfContents(pattern, tags, options);
    print(options.json ? contents : describe(contents));
  });

interface ListedChapter {
  slug: string;
  task: Task;
  tags: Tag[];
  title: string;
  requirement: string;
  topology: string;
  envoyConfig?: string;
  /** Absent where they are not asked for. */
  claims?: DeclaredClaim[];
  /** `kills`: titles of the claims that detect the fault on the newest Envoy version. Absent where they are not asked for. */
  faults?: { name: string; why: string; kills: string[] }[];
}

/** A setup of the project. */
interface ListedSetup extends Setup {
  name: string;
  /** Absent where they are not asked for. */
  claims?: DeclaredClaim[];
}

interface TableOfContents {
  scenarios: ListedChapter[];
  setups: ListedSetup[];
  /** Oldest first. A rebuild has no official image. */
  envoys: { version: string; officialImage: string | undefined }[];
}

async function tableOfContents(
  pattern: string | undefined,
  tags: Tag[],
  options: ListOptions,
): Promise<TableOfContents> {
  const [
    { chooseChapters, loadScenarios, NOTHING_HERE, setupNames },
    { projectSettings },
    { declaredClaims },
    { matching },
    { VERSIONS, officialImage },
  ] = await Promise.all([
    import('../run/chapters.ts'),
    import('../../fixtures/project/settings.ts'),
    import('../run/claims.ts'),
    import('../run/chosen-claims.ts'),
    import('../../helpers/envoy/versions.ts'),
  ]);
  const all = await loadScenarios();
  const labels = all.map(({ slug, title }) => `${slug} ${title}`);
  const matched = pattern === undefined ? labels : matching('chapter', pattern, labels);
  const scenarios = all.filter(
    (scenario, at) => matched.includes(labels[at] ?? '') && tags.every((tag) => scenario.tags.includes(tag)),
  );
  const { setups = {} } = await projectSettings();
  const names = tags.length > 0 ? [] : await setupNames();
  const listed = (pattern === undefined ? names : matching('setup', pattern, names)).flatMap((name) => {
    const setup = setups[name];
    return setup ? [{ name, ...setup }] : [];
  });
  if (scenarios.length + listed.length === 0) {
    const asked = [pattern === undefined ? [] : JSON.stringify(pattern), tags.map((tag) => `tag ${tag}`)];
    if (asked.flat().length === 0) throw new UsageError(NOTHING_HERE);
    throw new UsageError(`no chapter matches ${asked.flat().join(' and ')}; \`${PROGRAM} list\` lists all chapters`);
  }
  const faults = options.faults || options.json ? await Promise.all(scenarios.map(({ slug }) => faultsOf(slug))) : [];
  const claims =
    options.claims || options.json ? await declaredClaims(scenarios.map(({ slug }) => slug)) : new Map<string, never>();
  const withClaims = async (setups: ListedSetup[]): Promise<ListedSetup[]> => {
    if (!options.claims || setups.length === 0) return setups;
    const claims = await declaredClaims(await chooseChapters(setups.map(({ name }) => name)));
    return setups.map((setup) => ({ ...setup, claims: claims.get(setup.name) ?? [] }));
  };
  return {
    scenarios: scenarios.map(({ slug, task, tags, title, requirement, topology, envoy }, at) => ({
      ...{ slug, task, tags, title, requirement },
      topology: topology.kind,
      ...(envoy && { envoyConfig: envoy.config }),
      ...(claims.has(slug) && { claims: claims.get(slug) ?? [] }),
      ...(faults[at] && { faults: faults[at] }),
    })),
    setups: await withClaims(listed),
    envoys: VERSIONS.map((version) => ({ version, officialImage: officialImage(version) })),
  };
}

async function faultsOf(slug: string): Promise<NonNullable<ListedChapter['faults']>> {
  const { readKills } = await import('../run/kills-file.ts');
  const { loadFaults } = await import('../../fixtures/compiled/chapter-faults.ts');
  const [declared, known] = await Promise.all([loadFaults(slug), readKills(slug)]);
  return Object.entries(declared.faults).map(([name, { why }]) => ({ name, why, kills: known?.kills[name] ?? [] }));
}

function describe({ scenarios: chapters, setups }: TableOfContents): string {
  const width = columns();
  const slugWidth = Math.max(...chapters.map(({ slug }) => slug.length), ...setups.map(({ name }) => name.length));
  const tasks = Object.entries(TASKS).flatMap(([task, heading]) => {
    const own = chapters.filter((chapter) => chapter.task === task);
    if (own.length === 0) return [];
    return [[pc.bold(heading), ...own.map((chapter) => describeChapter(chapter, slugWidth, width))].join('\n')];
  });
  const tags = [...new Set(chapters.flatMap((chapter) => chapter.tags))].sort();
  const own = setups.map(({ name, config, rules, claims = [] }) => {
    const files = rules === undefined ? config : `${config}, ${rules}`;
    const head = `  ${name.padEnd(slugWidth)}  ${shortened(files, width - slugWidth - 4)}`;
    return [head, ...claims.map(({ title }) => wrapped(title, width, '      ', '    · '))].join('\n');
  });
  const sections = own.length === 0 ? tasks : [[pc.bold('Setups'), ...own].join('\n'), ...tasks];
  if (tags.length === 0) return sections.join('\n\n').concat('\n');
  return [...sections, pc.dim(wrapped(`tags: ${tags.join(', ')}`, width, '  ', ''))].join('\n\n').concat('\n');
}

/** One line or, with claims or faults, several. */
function describeChapter(chapter: ListedChapter, slugWidth: number, width: number): string {
  const { slug, title, requirement, tags, claims, faults } = chapter;
  // A narrow terminal has no room for two columns.
  const head =
    width < 2 * slugWidth
      ? wrapped(`${slug}  ${title}`, width, '    ', '  ')
      : `  ${slug.padEnd(slugWidth)}  ${shortened(title, width - slugWidth - 4)}`;
  if (!claims && !faults) return head;
  return [
    wrapped(`${slug}  ${title}`, width, '    ', '  '),
    pc.dim(wrapped(`${requirement} (${tags.join(', ')})`, width, '    ')),
    ...(claims ?? []).flatMap((claim) => [
      wrapped(claim.title, width, '      ', '    · '),
      ...claim.changes.map((change) => pc.dim(wrapped(describeChange(change), width, '        '))),
    ]),
    ...(faults ?? []).map(({ name, kills }) =>
      wrapped(`${name} (detected by ${counted(kills.length, 'claim')})`, width, '      ', '    ✗ '),
    ),
  ].join('\n');
}

/** A text in one line of at most `width` columns. */
function shortened(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1).trimEnd()}…`;
}
