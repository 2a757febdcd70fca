import { PROGRAM_OF_CHECKOUT } from '../constants/program.ts';
import { VERSIONS } from '../envoy/versions.ts';
import { type BookChange, changeAnchor, changesData } from './changes-data.ts';
import { claimLink } from './claim-link.ts';
import { block, linked, list, page, prose } from './markdown.ts';
import type { ChapterSource } from './sources.ts';

/** The page of the versions: every known change, newest first, with its source and the claims that show it. */
export function versionsPage(chapters: Pick<ChapterSource, 'scenario' | 'claims'>[]): string {
  const changes = changesData(chapters);
  const versions = [...new Set(changes.map(firstVersion))];
  return page(
    {
      title: 'Changes between Envoy versions',
      description: 'Every known change of behaviour, with the claims that show it',
    },
    [
      `Every change of behaviour that the chapters found between Envoy ${VERSIONS[0]} and ${VERSIONS.at(-1)}, newest first. A claim that depends on a change asserts one outcome before it and another since.`,
      'Compare two versions yourself. The comparison covers everything observed, also where no claim asserts it. [Get started](index.md#start) says what it needs.',
      block(
        'sh',
        [
          `npm run setup -- --envoy ${VERSIONS[0]},${VERSIONS.at(-1)}`,
          `${PROGRAM_OF_CHECKOUT} compare ${VERSIONS[0]} ${VERSIONS.at(-1)}`,
        ].join('\n'),
      ),
      ...versions.flatMap((version) => [
        `## Since ${version}`,
        ...changes.filter((change) => firstVersion(change) === version).flatMap(changeParts),
      ]),
    ],
  );
}

/** The last of the first versions: a backport is not newer than the minor version that had the change first. */
function firstVersion({ since }: BookChange): string {
  return since.at(-1) ?? '';
}

function changeParts({ key, since, what, source, claims }: BookChange): string[] {
  const backports = since.slice(0, -1);
  const links = claims.map(({ slug, title }) => `${claimLink(title, `${slug}.md`)} (${slug})`);
  return [
    `### <a id="${changeAnchor(key)}"></a>${prose(what)}`,
    `${backports.length > 0 ? `Also since ${backports.join(' and ')}. ` : ''}Source: ${linked(source)}.`,
    links.length > 0 ? `Claims:\n\n${list(links)}` : 'No claim depends on it; `compare` shows it.',
  ];
}
