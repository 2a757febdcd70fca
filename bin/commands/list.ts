import { describeChange } from '../../helpers/envoy/known-changes.ts';
import { wrapped } from '../../helpers/report/wrap.ts';
import { colours as pc } from '../colours.ts';
import { columns } from '../columns.ts';
import type { DeclaredClaim } from '../run/claims.ts';
import { command, print } from './command.ts';

export const listCommand = command('list', ['list --json'])
  .description(
    'Lists the chapters with what must hold in them and their claims, and the Envoy versions known. Starts nothing.',
  )
  .option('--json', 'print one JSON value and nothing else')
  .action(async ({ json }: { json?: true }) => {
    const book = await tableOfContents();
    print(json ? book : describe(book));
  });

interface TableOfContents {
  scenarios: {
    slug: string;
    title: string;
    requirement: string;
    topology: string;
    envoyConfig?: string;
    claims: DeclaredClaim[];
    /** `kills`: titles of the claims that the fault kills on the newest Envoy. */
    faults: { name: string; why: string; kills: string[] }[];
  }[];
  /** Oldest first. A rebuild has no official image. */
  envoys: { version: string; officialImage: string | undefined }[];
}

async function tableOfContents(): Promise<TableOfContents> {
  const [{ loadScenarios }, { declaredClaims }, { readKills }, { loadFaults }, { VERSIONS, officialImage }] =
    await Promise.all([
      import('../run/chapters.ts'),
      import('../run/claims.ts'),
      import('../run/kills-file.ts'),
      import('../../helpers/scenario/chapter-faults.ts'),
      import('../../helpers/envoy/versions.ts'),
    ]);
  const scenarios = await loadScenarios();
  // Before vitest: once that has been closed, no TypeScript is loaded any more.
  const faults = await Promise.all(
    scenarios.map(async ({ slug }) => {
      const [declared, known] = await Promise.all([loadFaults(slug), readKills(slug)]);
      return Object.entries(declared.faults).map(([name, { why }]) => ({ name, why, kills: known?.kills[name] ?? [] }));
    }),
  );
  const claims = await declaredClaims(scenarios.map(({ slug }) => slug));
  return {
    scenarios: scenarios.map(({ slug, title, requirement, topology, envoy }, at) => ({
      slug,
      title,
      requirement,
      topology: topology.kind,
      ...(envoy && { envoyConfig: envoy.config }),
      claims: claims.get(slug) ?? [],
      faults: faults[at] ?? [],
    })),
    envoys: VERSIONS.map((version) => ({ version, officialImage: officialImage(version) })),
  };
}

function describe({ scenarios, envoys }: TableOfContents): string {
  const width = columns();
  const chapters = scenarios.map(({ slug, title, requirement, topology, envoyConfig, claims }) =>
    [
      wrapped(`${slug}  ${title}`, width, '  ', '').replace(slug, pc.bold),
      wrapped(requirement, width, '  '),
      pc.dim(
        wrapped(
          `${topology}, ${envoyConfig === undefined ? 'without Envoy' : `envoy-configs/${envoyConfig}`}`,
          width,
          '  ',
        ),
      ),
      ...claims.flatMap(({ title, changes }) => [
        wrapped(title, width, '    ', '  · '),
        ...changes.map((change) => pc.dim(wrapped(describeChange(change), width, '      '))),
      ]),
    ].join('\n'),
  );
  return [...chapters, wrapped(`Envoy ${envoys.map(({ version }) => version).join(', ')}`, width, '  ', '')]
    .join('\n\n')
    .concat('\n');
}
