import { CHANGES } from '../../helpers/envoy/known-changes.ts';

/** The lines of one header, in wire order. */
export type Lines = readonly string[];

/** What a route with a header matcher accepts. */
export interface HeaderRow {
  title: string;
  /** The route's name and path. */
  route: string;
  always?: Lines[];
  never?: Lines[];
  /** Matched only since the change. */
  since?: Lines[];
  /** Matched only before the change. */
  until?: Lines[];
}

const NONE: Lines = [];
const EMPTY: Lines = [''];
const ADMIN: Lines = ['admin'];
const USER: Lines = ['user'];
const UPPER: Lines = ['ADMIN'];
const JOINED: Lines = ['admin,user'];
const ADMIN_USER: Lines = ['admin', 'user'];
const USER_ADMIN: Lines = ['user', 'admin'];
const ADMIN_ADMIN: Lines = ['admin', 'admin'];
const USER_GUEST: Lines = ['user', 'guest'];
const UPPER_USER: Lines = ['ADMIN', 'user'];
const EMPTY_ADMIN: Lines = ['', 'admin'];

/** Matchers of x-role and one line of it, or none. */
export const ONE_LINE: HeaderRow[] = [
  {
    title: 'an exact matcher accepts the value "admin", but no other case, list or empty value, and no missing header',
    ...{ route: 'exact', always: [ADMIN], never: [NONE, EMPTY, USER, UPPER, JOINED] },
  },
  {
    title: 'a safe_regex matcher accepts the whole value "admin" only',
    ...{ route: 'regex', always: [ADMIN], never: [NONE, EMPTY, UPPER, JOINED, ['admins']] },
  },
  {
    title: 'a prefix matcher of "ad" accepts "admin" and the list "admin,user"',
    ...{ route: 'prefix', always: [ADMIN, JOINED], never: [NONE, EMPTY, USER, UPPER] },
  },
  {
    title: 'a suffix matcher of "min" accepts "admin", but not the list "admin,user"',
    ...{ route: 'suffix', always: [ADMIN], never: [NONE, EMPTY, USER, UPPER, JOINED] },
  },
  {
    title: 'a contains matcher of "dmi" accepts "admin" and the list "admin,user"',
    ...{ route: 'contains', always: [ADMIN, JOINED], never: [NONE, EMPTY, USER, UPPER] },
  },
  {
    title: 'an exact matcher of "admin,user" accepts that list, but not "admin, user" with a space',
    ...{ route: 'joined', always: [JOINED], never: [NONE, ADMIN, ['admin, user']] },
  },
  {
    title: 'a range matcher from 1 to 10 accepts 1, 9 and 5; not 10, 0, a list, a word or a missing header',
    ...{ route: 'range', always: [['1'], ['9'], ['5']], never: [['10'], ['0'], ['5,7'], ['5x'], EMPTY, NONE] },
  },
  {
    title: 'present_match true accepts any value, also an empty one, but no missing header',
    ...{ route: 'present', always: [ADMIN, EMPTY, ADMIN_USER], never: [NONE] },
  },
  {
    title: 'present_match false accepts a missing header only',
    ...{ route: 'absent', always: [NONE], never: [ADMIN, EMPTY, ADMIN_USER] },
  },
  {
    title: 'ignore_case: an exact matcher accepts "admin" and "ADMIN"',
    ...{ route: 'folded', always: [ADMIN, UPPER], never: [NONE, USER, JOINED] },
  },
  {
    title: 'ignore_case: a prefix matcher of "AD" accepts "admin" and "ADMIN"',
    ...{ route: 'folded-prefix', always: [ADMIN, UPPER, JOINED], never: [NONE, USER] },
  },
  {
    title: 'ignore_case: a suffix matcher of "MIN" accepts "admin" and "ADMIN"',
    ...{ route: 'folded-suffix', always: [ADMIN, UPPER], never: [NONE, USER, JOINED] },
  },
  {
    title: 'ignore_case: a contains matcher of "DMI" accepts "admin" and "ADMIN" in one line and in two',
    ...{ route: 'folded-contains', always: [ADMIN, UPPER, JOINED, UPPER_USER, USER_ADMIN], never: [NONE, USER] },
  },
  {
    title: 'invert_match: an exact matcher accepts other values, but no missing header',
    ...{ route: 'not-exact', always: [USER, UPPER, JOINED, EMPTY], never: [ADMIN, NONE] },
  },
  {
    title: 'invert_match: a safe_regex matcher accepts other values, but no missing header',
    ...{ route: 'not-regex', always: [USER, UPPER, JOINED, EMPTY], never: [ADMIN, NONE] },
  },
  {
    title: 'invert_match: a prefix matcher accepts values without the prefix, but no missing header',
    ...{ route: 'not-prefix', always: [USER, UPPER, EMPTY], never: [ADMIN, JOINED, NONE] },
  },
  {
    title: 'invert_match: a contains matcher rejects two lines where one contains the text, and a missing header',
    ...{
      route: 'not-contains',
      always: [USER, EMPTY, USER_GUEST],
      never: [ADMIN, JOINED, ADMIN_USER, USER_ADMIN, NONE],
    },
  },
  {
    title: 'invert_match: a range matcher accepts numbers outside the range, words and lists, but no missing header',
    ...{ route: 'not-range', always: [['10'], ['0'], USER, ['5,7']], never: [['1'], ['5'], ['9'], NONE] },
  },
  {
    title: 'invert_match: present_match true accepts a missing header only',
    ...{ route: 'not-present', always: [NONE], never: [ADMIN, EMPTY] },
  },
  {
    title: 'invert_match: present_match false accepts any value, also an empty one',
    ...{ route: 'not-absent', always: [ADMIN, EMPTY, ADMIN_USER], never: [NONE] },
  },
  {
    title: 'an exact matcher of the empty value accepts an empty header, but no missing one',
    ...{ route: 'empty', always: [EMPTY], never: [NONE, ADMIN] },
  },
  {
    title: 'treat_missing_header_as_empty: an exact matcher of the empty value accepts a missing header, too',
    ...{ route: 'missing-is-empty', always: [EMPTY, NONE], never: [ADMIN] },
  },
  {
    title: 'treat_missing_header_as_empty: an inverted exact matcher accepts a missing header',
    ...{ route: 'missing-is-not-admin', always: [NONE, EMPTY, USER], never: [ADMIN] },
  },
];

/** Matchers of x-role and several lines of it. */
export const SEVERAL_LINES: HeaderRow[] = [
  {
    title: 'an exact matcher accepts "admin" in one of two lines since 1.39.0, in neither before',
    ...{ route: 'exact', since: [ADMIN_USER, USER_ADMIN, ADMIN_ADMIN, EMPTY_ADMIN], never: [USER_GUEST, UPPER_USER] },
  },
  {
    title: 'a safe_regex matcher accepts "admin" in one of two lines since 1.39.0, in neither before',
    ...{ route: 'regex', since: [ADMIN_USER, USER_ADMIN, ADMIN_ADMIN, EMPTY_ADMIN], never: [USER_GUEST, UPPER_USER] },
  },
  {
    title: 'a prefix matcher accepts the prefix in the second of two lines since 1.39.0, only in the first before',
    ...{ route: 'prefix', always: [ADMIN_USER, ADMIN_ADMIN], since: [USER_ADMIN, EMPTY_ADMIN], never: [USER_GUEST] },
  },
  {
    title: 'a suffix matcher accepts the suffix in the first of two lines since 1.39.0, only in the last before',
    ...{ route: 'suffix', always: [USER_ADMIN, ADMIN_ADMIN], since: [ADMIN_USER], never: [USER_GUEST] },
  },
  {
    title: 'a contains matcher accepts the text in either of two lines',
    ...{ route: 'contains', always: [ADMIN_USER, USER_ADMIN, ADMIN_ADMIN], never: [USER_GUEST] },
  },
  {
    title: 'a contains matcher of a comma accepts any two lines before 1.39.0, and only a comma within a line since',
    ...{ route: 'comma', always: [JOINED], until: [ADMIN_USER, USER_GUEST, ['5', '7']], never: [ADMIN, NONE] },
  },
  {
    title: 'an exact matcher of "admin,user" accepts the lines "admin" and "user" before 1.39.0, and not since',
    ...{ route: 'joined', until: [ADMIN_USER], never: [USER_ADMIN, ADMIN_ADMIN] },
  },
  {
    title: 'a range matcher accepts a number in one of two lines since 1.39.0, in neither before',
    ...{
      route: 'range',
      since: [
        ['5', '7'],
        ['5', '70'],
        ['70', '5'],
      ],
      never: [['70', '80']],
    },
  },
  {
    title: 'ignore_case: an exact matcher accepts "ADMIN" in one of two lines since 1.39.0, in neither before',
    ...{ route: 'folded', since: [UPPER_USER, USER_ADMIN], never: [USER_GUEST] },
  },
  {
    title: 'invert_match: an exact matcher rejects "admin" in one of two lines since 1.39.0, accepts it before',
    ...{ route: 'not-exact', always: [USER_GUEST], until: [ADMIN_USER, USER_ADMIN, ADMIN_ADMIN, EMPTY_ADMIN] },
  },
  {
    title: 'invert_match: a safe_regex matcher rejects "admin" in one of two lines since 1.39.0, accepts it before',
    ...{ route: 'not-regex', always: [USER_GUEST], until: [ADMIN_USER, USER_ADMIN, ADMIN_ADMIN] },
  },
  {
    title:
      'invert_match: a prefix matcher rejects the prefix in the second of two lines since 1.39.0, accepts it before',
    ...{ route: 'not-prefix', always: [USER_GUEST], until: [USER_ADMIN, EMPTY_ADMIN], never: [ADMIN_USER] },
  },
  {
    title: 'invert_match: a range matcher rejects a number in one of two lines since 1.39.0, accepts it before',
    ...{
      route: 'not-range',
      always: [['70', '80']],
      until: [
        ['5', '7'],
        ['70', '5'],
      ],
    },
  },
  {
    title: 'an exact matcher of the empty value accepts an empty line beside another since 1.39.0, and not before',
    ...{ route: 'empty', since: [EMPTY_ADMIN], never: [ADMIN_USER] },
  },
  {
    title: 'treat_missing_header_as_empty and invert_match: "admin" in one of two lines is rejected since 1.39.0',
    ...{ route: 'missing-is-not-admin', always: [USER_GUEST], until: [ADMIN_USER, USER_ADMIN] },
  },
];

/** safe_regex matchers of x-text; each character is one byte. */
export const BYTES: HeaderRow[] = [
  {
    title: 'the regex ^.$ accepts one byte above 7F since 1.39.1; before, one character of UTF-8',
    ...{ route: 'one', always: [['a']], since: [['\xe9'], ['\xff']], until: [['\xc3\xa9']], never: [['caf\xe9']] },
  },
  {
    title: 'the regex ^[^a-z]$ accepts one byte above 7F since 1.39.1; before, one character of UTF-8',
    ...{ route: 'not-letter', since: [['\xe9'], ['\xff']], until: [['\xc3\xa9']], never: [['a']] },
  },
  {
    title: 'the regex ^..$ accepts the two bytes of one UTF-8 character since 1.39.1, and not before',
    ...{ route: 'two', always: [['ab']], since: [['\xc3\xa9']], never: [['\xe9']] },
  },
  {
    title: 'the regex ^caf.$ accepts caf and the byte E9 since 1.39.1; before, caf and C3 A9',
    ...{ route: 'caf-any', always: [['cafe']], since: [['caf\xe9']], until: [['caf\xc3\xa9']] },
  },
  {
    title: String.raw`the regex ^caf\xe9$ accepts caf and the byte E9 since 1.39.1; before, caf and C3 A9`,
    ...{ route: 'caf-e9', since: [['caf\xe9']], until: [['caf\xc3\xa9']], never: [['cafe']] },
  },
  {
    title: 'the regex .* accepts values that are not UTF-8 since 1.39.1, and not before',
    ...{ route: 'all', always: [['a'], ['\xc3\xa9'], ['']], since: [['\xe9'], ['\xff'], ['caf\xe9']] },
  },
  {
    title: 'the regex ^café$, written in UTF-8, accepts the same bytes, but not caf and E9',
    ...{ route: 'cafe-utf8', always: [['caf\xc3\xa9']], never: [['caf\xe9'], ['cafe']] },
  },
];

/** The change on which a row depends; `undefined` where all versions behave alike. */
export function changeOf({ since, until }: HeaderRow, change: 'lines' | 'bytes') {
  if (!since && !until) return undefined;
  return change === 'lines' ? CHANGES.headersMatchedPerLine : CHANGES.regexMatchesBytes;
}
