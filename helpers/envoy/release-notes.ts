import { readFileSync } from 'node:fs';

/** The sections of Envoy's release notes. */
export type ReleaseSection =
  | 'behavior_changes'
  | 'minor_behavior_changes'
  | 'bug_fixes'
  | 'removed_config_or_runtime'
  | 'new_features'
  | 'deprecated';

/** An entry of Envoy's release notes: what it is about, not what it says. */
export interface ReleaseNote {
  version: string;
  section: ReleaseSection;
  /** `ext_authz`. */
  area: string;
  /** Where its text is. */
  link: string;
  /** The runtime guards that it names. */
  guards?: string[];
}

/** Areas of a section, one per entry; an entry that names guards has them after its area, separated by spaces. */
type Data = Record<string, Partial<Record<ReleaseSection, string[]>>>;

const PAGE = 'https://www.envoyproxy.io/docs/envoy/latest/version_history';

/** Reads the data: an entry is `area` or `area | guard guard`. */
export function readNotes(data: Data): ReleaseNote[] {
  return Object.entries(data).flatMap(([version, sections]) =>
    (Object.entries(sections) as [ReleaseSection, string[]][]).flatMap(([section, entries]) =>
      entries.map((entry): ReleaseNote => {
        const [area = '', names] = entry.split(' | ');
        const guards = names
          ?.split(' ')
          .map((name) => (name.startsWith('envoy.') ? name : `envoy.reloadable_features.${name}`));
        return { version, section, area, link: linkOf(version, section), ...(guards && { guards }) };
      }),
    ),
  );
}

/** `…/v1.37/v1.37.0#bug-fixes`. */
function linkOf(version: string, section: ReleaseSection): string {
  return `${releasePage(version)}#${section.replaceAll('_', '-')}`;
}

/** The address of the release notes of a version. */
export function releasePage(version: string): string {
  return `${PAGE}/v${version.split('.', 2).join('.')}/v${version}`;
}

/** The entries of the release notes of known versions. */
export const RELEASE_NOTES = readNotes(
  JSON.parse(readFileSync(new URL('release-notes.json', import.meta.url), 'utf8')) as Data,
);
