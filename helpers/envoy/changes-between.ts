import { given } from '../util/given.ts';
import { CHANGES, type Change, guardOf, hasChange } from './known-changes.ts';
import { releasePage } from './release-notes.ts';

/** A known change that two versions do not share. */
export interface ChangeBetween {
  /** Its name in the code of claims: `hideTransportFailureReason`. */
  name: keyof typeof CHANGES;
  /** Whether the second version has it; false where only the first has: a fix that a release lacks. */
  isNew: boolean;
  /** Every first release with it, one for each minor version, oldest first. */
  since: string[];
  what: string;
  /** The runtime guard that turns it off: `envoy.reloadable_features.…`. */
  guard?: string;
  cves: string[];
  /** Addresses: of its pull request, of reports about it, and of the release notes that its source names. */
  links: string[];
  /** Whether Envoy's release notes or an advisory have it. */
  isDocumented: boolean;
  /** Where Envoy documents it; `undocumented` with how it was found. */
  source: string;
}

/**
 * The known changes between two Envoy versions, oldest first: what `compare` can explain.
 *
 * @param a version of Envoy, as `b`; not necessarily a known one
 */
export function changesBetween(a: string, b: string): ChangeBetween[] {
  return (Object.entries(CHANGES) as [keyof typeof CHANGES, Change][]).flatMap(([name, change]) =>
    hasChange(change, a) === hasChange(change, b) ? [] : [{ name, isNew: hasChange(change, b), ...partsOf(change) }],
  );
}

/** The parts of a change, as its texts name them. */
export function partsOf(change: Change): Omit<ChangeBetween, 'name' | 'isNew'> {
  const { since, what, source } = change;
  return {
    ...{ since: [since].flat(), what },
    ...given({ guard: guardOf(change) }),
    cves: source.match(/CVE-\d+-\d+/g) ?? [],
    links: [...(source.match(/https:\/\/[^\s;,)]+/g) ?? []), ...notedIn(source).map(releasePage)],
    isDocumented: !source.startsWith('undocumented'),
    source,
  };
}

/** The releases whose notes a source names: `release notes of 1.36.7, 1.37.3 and 1.38.1, bug_fixes`. */
function notedIn(source: string): string[] {
  const [list = ''] = /release notes of \d+\.\d+\.\d+(?:(?:, | and )\d+\.\d+\.\d+)*/.exec(source) ?? [];
  return list.match(/\d+\.\d+\.\d+/g) ?? [];
}
