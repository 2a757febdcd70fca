import { CHANGES, type Change } from '../../helpers/envoy/known-changes.ts';
import type { LISTENERS } from './scenario.ts';

/** What becomes of a path: the route that matches, and the path in the check and at the upstream. */
export interface Outcome {
  route: string;
  /** The path in the check and at the upstream. Default: as written. */
  path?: string;
}

/** A path, and what becomes of it. */
export interface PathRow {
  title: string;
  listener: keyof typeof LISTENERS;
  sent: string;
  outcome: Outcome;
  /** The outcome before a change. */
  before?: { change: Change; outcome: Outcome };
}

type Listener = keyof typeof LISTENERS;

/** Paths that stay as written, with their routes. */
function unchanged(listener: Listener, setting: string, rows: [sent: string, route: string][]): PathRow[] {
  return rows.map(([sent, route]) => ({
    title: `${setting}, ${sent} is checked and sent as written, on ${described(route)}`,
    ...{ listener, sent, outcome: { route } },
  }));
}

/** Paths that are changed, with the new path and its route. */
function changed(listener: Listener, setting: string, rows: [sent: string, path: string, route: string][]): PathRow[] {
  return rows.map(([sent, path, route]) => ({
    title:
      route === 'admin'
        ? `${setting}, ${sent} is checked as ${path} and gets the 403 of the route /admin`
        : `${setting}, ${sent} is checked, routed and sent as ${path}`,
    ...{ listener, sent, outcome: { path, route } },
  }));
}

/** What each route matches, for titles. */
const MATCHED: Record<string, string> = {
  others: 'all other paths',
  segment: 'the path /a/b',
  segments: 'the prefix /a/',
  start: 'the path /a',
};

function described(route: string): string {
  return `the route of ${MATCHED[route]}`;
}

const DOT_PARAMETERS: [sent: string, path: string, route: string, routeBefore: string][] = [
  ['/a/..;x/b', '/b', 'others', 'segments'],
  ['/a/..;/b', '/b', 'others', 'segments'],
  ['/a/.;x/b', '/a/b', 'segment', 'segments'],
  ['/..;/admin/x', '/admin/x', 'admin', 'others'],
  ['/x/..;a=b/admin/x', '/admin/x', 'admin', 'others'],
  ['/a/..;/..;/admin/x', '/admin/x', 'admin', 'segments'],
];

const IGNORED_PARAMETERS: [sent: string, route: string, routeBefore: string][] = [
  ['/a;x=1/b', 'segment', 'start'],
  ['/a;/b', 'segment', 'start'],
  ['/a;x/b;y/c', 'segments', 'start'],
  ['/a;b/c', 'segments', 'start'],
];

export const PATHS: PathRow[] = [
  ...unchanged('plain', 'without normalize_path', [
    ['/a/../b', 'segments'],
    ['/a/%2e%2e/b', 'segments'],
    ['/a/..;x/b', 'segments'],
    ['//admin', 'others'],
    ['/%61dmin', 'others'],
    [String.raw`/x\..\admin`, 'others'],
    ['/x/..%2Fadmin', 'others'],
    ['/ADMIN', 'others'],
  ]),
  ...changed('normalized', 'with normalize_path', [
    ['/a/../b', '/b', 'others'],
    ['/a/./b', '/a/b', 'segment'],
    ['/a/b/..', '/a/', 'segments'],
    ['/../../x', '/x', 'others'],
    ['/a/%2e%2e/b', '/b', 'others'],
    ['/a/%2E/b', '/a/b', 'segment'],
    ['/a;/../b', '/b', 'others'],
    ['/a;x/../b', '/b', 'others'],
    ['/a//../b', '/a/b', 'segment'],
    [String.raw`/a\b`, '/a/b', 'segment'],
    [String.raw`/x\..\admin`, '/admin', 'admin'],
    ['/%61dmin', '/admin', 'admin'],
  ]),
  ...DOT_PARAMETERS.map(
    ([sent, path, route, routeBefore]): PathRow => ({
      title:
        route === 'admin'
          ? `with normalize_path, ${sent} gets the 403 of the route /admin since 1.39.1; before, it passes as written`
          : `with normalize_path, ${sent} is checked, routed and sent as ${path} since 1.39.1; before, as written`,
      ...{ listener: 'normalized', sent, outcome: { path, route } },
      before: { change: CHANGES.dotSegmentParameters, outcome: { route: routeBefore } },
    }),
  ),
  ...unchanged('normalized', 'with normalize_path', [
    ['/a;x=1/b', 'others'],
    ['/a/b;v=1', 'segments'],
    ['/;/admin/x', 'others'],
    ['/a/%3b/b', 'segments'],
    ['/a/..%3bx/b', 'segments'],
    ['/a//b', 'segments'],
    ['/x?c=d;e', 'others'],
    ['/x?a=/../b', 'others'],
    ['/x/..%2Fadmin', 'others'],
    ['/x/%252e%252e/admin', 'others'],
    ['/a%zz', 'others'],
  ]),
  ...changed('normalized', 'with normalize_path', [['/admin;x/y', '/admin;x/y', 'admin']]),
  ...changed('merged', 'with merge_slashes', [
    ['//admin', '/admin', 'admin'],
    ['/x///y', '/x/y', 'others'],
    ['/a//../b', '/a/../b', 'segments'],
  ]),
  ...unchanged('merged', 'with merge_slashes', [
    ['//', 'others'],
    ['/x/?a=//b', 'others'],
  ]),
  ...unchanged('kept', 'with escaped slashes kept', [
    ['/a%2Fb', 'others'],
    ['/a%5Cb', 'others'],
    ['/x/..%2Fadmin', 'others'],
  ]),
  ...changed('kept', 'with escaped slashes kept', [['/x/../a%2Fb', '/a%2Fb', 'others']]),
  ...changed('rejected', 'with escaped slashes rejected', [['/x/../a', '/a', 'start']]),
  ...changed('redirected', 'with escaped slashes redirected', [['/x/../a', '/a', 'start']]),
  ...unchanged('rejected', 'with escaped slashes rejected', [
    ['/x?a=%2F', 'others'],
    ['/a%252Fb', 'others'],
  ]),
  ...changed('unescaped', 'with escaped slashes unescaped', [
    ['/a%2Fb', '/a/b', 'segment'],
    ['/a%2fb', '/a/b', 'segment'],
    ['/a%5Cb', '/a/b', 'segment'],
    ['/x/..%2Fadmin', '/admin', 'admin'],
    ['/x%2F..%2Fadmin', '/admin', 'admin'],
    ['/%2Fadmin', '//admin', 'others'],
  ]),
  ...unchanged('unescaped', 'with escaped slashes unescaped', [
    ['/x?a=%2F', 'others'],
    ['/a%252Fb', 'others'],
  ]),
  ...IGNORED_PARAMETERS.map(
    ([sent, route, routeBefore]): PathRow => ({
      title: `with ignore_path_parameters_in_path_matching, ${sent} matches ${MATCHED[route]} since 1.39.1, ${MATCHED[routeBefore]} before`,
      ...{ listener: 'ignoring', sent, outcome: { route } },
      before: { change: CHANGES.pathParametersPerSegment, outcome: { route: routeBefore } },
    }),
  ),
  ...unchanged('ignoring', 'with ignore_path_parameters_in_path_matching', [
    ['/a/b;v=1', 'segment'],
    ['/a;x', 'start'],
    ['/a/b?q=;z', 'segment'],
    ['/a;b?q=1', 'start'],
    ['/b;a', 'others'],
  ]),
  ...changed('ignoring', 'with ignore_path_parameters_in_path_matching', [['/admin;x', '/admin;x', 'admin']]),
];

/** Escaped slashes that Envoy refuses or redirects without a check: the location, if any. */
export const ESCAPED: { listener: 'rejected' | 'redirected'; sent: string; location?: string }[] = [
  { listener: 'rejected', sent: '/a%2Fb' },
  { listener: 'rejected', sent: '/a%2fb' },
  { listener: 'rejected', sent: '/a%5Cb' },
  { listener: 'rejected', sent: '/x/..%2Fadmin' },
  { listener: 'redirected', sent: '/a%2Fb', location: '/a/b' },
  { listener: 'redirected', sent: '/a%5Cb', location: '/a/b' },
  { listener: 'redirected', sent: '/x/..%2Fadmin', location: '/admin' },
  { listener: 'redirected', sent: '/%2Fadmin', location: '//admin' },
];

/** Kinds of path matchers: the paths that a route accepts, and similar ones that it does not. */
export const KINDS: { title: string; route: string; accepted: string[]; others: string[] }[] = [
  {
    title: 'a path matcher accepts its path with any query string, but no other case, slash or escape',
    ...{ route: 'exact', accepted: ['/exact', '/exact?q=1'], others: ['/exact/', '/Exact', '/exact%20', '/%65xact'] },
  },
  {
    title: 'a path matcher with case_sensitive false accepts its path in any case, but no longer path',
    ...{ route: 'folded', accepted: ['/folded', '/FOLDED'], others: ['/Folded/x'] },
  },
  {
    title: 'a prefix matcher with case_sensitive false accepts its prefix in any case, also within a segment',
    ...{ route: 'folded-prefix', accepted: ['/foldedprefix/x', '/FOLDEDPREFIXx'], others: ['/x/foldedprefix'] },
  },
  {
    title: 'path_separated_prefix accepts whole segments only',
    ...{ route: 'folders', accepted: ['/folders', '/folders/', '/folders/x', '/folders?x'], others: ['/foldersx'] },
  },
  {
    title: 'a prefix matcher accepts any continuation of its prefix',
    ...{ route: 'segments', accepted: ['/a/', '/a/c', '/a//b'], others: ['/ab', '/A/c'] },
  },
  {
    title: 'a safe_regex matcher accepts the whole path without the query string',
    ...{ route: 'regex', accepted: ['/items/12', '/items/12?x'], others: ['/items/12/', '/items/x', '/x/items/1'] },
  },
  {
    title: 'a URI template accepts one segment for {user}, also with an escaped slash, and any rest for **',
    route: 'template',
    accepted: [
      '/users/a/posts/b',
      '/users/a/posts/b/c',
      '/users/a/posts/',
      '/users/a%2Fb/posts/c',
      '/users/a/posts/b?q',
    ],
    others: ['/users/a/posts', '/users//posts/b', '/users/a/b/posts/c'],
  },
];

/** Query parameter matchers: the query strings that a route accepts, and similar ones that it does not. */
export const QUERIES: { title: string; route: string; accepted: string[]; others: string[] }[] = [
  {
    title:
      'an exact query parameter matcher tries the first value as written: no other case, name, escape or second value',
    route: 'exact',
    accepted: ['?q=a', '?q=a&q=b', '?x&q=a'],
    others: ['', '?q=A', '?Q=a', '?q=%61', '?q=b&q=a', '?q=a+'],
  },
  {
    title: 'a prefix query parameter matcher accepts longer values',
    ...{ route: 'prefix', accepted: ['?q=ab'], others: ['?q=ba'] },
  },
  {
    title: 'ignore_case: a query parameter matcher accepts a value in any case',
    ...{ route: 'folded', accepted: ['?q=a', '?q=A'], others: ['?q=b', '?Q=a'] },
  },
  {
    title: 'a safe_regex query parameter matcher accepts whole values',
    ...{ route: 'regex', accepted: ['?q=12'], others: ['?q=12a'] },
  },
  {
    title: 'present_match true of a query parameter accepts it with and without a value',
    ...{ route: 'present', accepted: ['?q', '?q=', '?q=1'], others: ['', '?x'] },
  },
  {
    title: 'present_match false of a query parameter accepts requests without it',
    ...{ route: 'absent', accepted: ['', '?x'], others: ['?q'] },
  },
  {
    title: 'two query parameter matchers both have to accept',
    ...{ route: 'two', accepted: ['?q=a&r', '?r=1&q=a'], others: ['?q=a', '?r'] },
  },
];
