import type { RawHeader } from '../../exchange/wire.ts';
import { isObject, type JsonObject, objectAt, objectsOf, textAt } from '../../util/json.ts';
import type { NotSeen } from '../report.ts';
import { type Draft, type HttpAction, through } from './draft.ts';
import { type HttpEntry, type RouteAt, routeName, routesIn } from './http-entries.ts';
import { regexSample } from './regex-sample.ts';
import { domainsOf, routeFor, runtimeFraction } from './router.ts';
import { headerValue, matchingText } from './string-match.ts';

/** A request for a route, and the route. */
export interface RouteRequest {
  at: RouteAt;
  action: HttpAction;
}

/** One request for each route that can have one, in their order. */
export function routeRequests(entry: HttpEntry, notSeen: NotSeen[]): RouteRequest[] {
  for (const host of objectsOf(entry.routes.virtual_hosts)) {
    if (host.matcher === undefined) continue;
    const name = `routes of the virtual host ${textAt(host, 'name') ?? '?'}`;
    notSeen.push({ kind: 'route', name, why: 'routes of a tree of matchers are not derived' });
  }
  return routesIn(entry.routes).flatMap((at) => {
    const made = actionFor(entry, at);
    if (typeof made !== 'string') return { at, action: made };
    notSeen.push({ kind: 'route', name: routeName(at), why: made });
    return [];
  });
}

/** A host that a domain matches; `*` matches any. */
export function hostOf(domain: string): string {
  if (domain === '*') return ANY_HOST;
  return domain.replace(/^\*\.?/, (start) => (start === '*' ? 'www' : 'www.')).replace(/\*$/, 'test');
}

const ANY_HOST = 'any.test';

/** The request, or why there is none. */
function actionFor(entry: HttpEntry, at: RouteAt): HttpAction | string {
  const match = objectAt(at.route, 'match') ?? {};
  const [domain = '*'] = domainsOf(at.host);
  if (runtimeFraction(match) <= 0) return 'its runtime fraction is 0';
  const path = pathOf(match);
  if (path === undefined) return unknownPath(match);
  const request: HttpAction = {
    kind: 'http',
    method: match.connect_matcher === undefined ? 'GET' : 'CONNECT',
    target: match.connect_matcher === undefined ? path : `${hostOf(domain)}:443`,
    host: match.connect_matcher === undefined ? hostOf(domain) : `${hostOf(domain)}:443`,
    headers: [],
    protocol: entry.protocol,
  };
  const isGrpc = match.grpc !== undefined;
  const met = withHeaderMatches(isGrpc ? asGrpc(request) : request, objectsOf(match.headers));
  if (typeof met === 'string') return met;
  const asked = withParameters(met, objectsOf(match.query_parameters));
  if (typeof asked === 'string') return asked;
  const action = withCluster(asked, at.route);
  const found = routeFor(entry.routes, action, at);
  if (!found) return 'no request is known that matches it';
  if (found.host === at.host && found.index === at.index) return action;
  return `${routeName({ ...found, route: objectsOf(found.host.routes)[found.index] ?? {} })} takes its requests`;
}

/** A path that a match accepts. */
function pathOf(match: JsonObject): string | undefined {
  const { path, prefix, path_separated_prefix: separated } = match;
  if (typeof path === 'string') return path;
  if (typeof separated === 'string') return separated;
  const regex = textAt(match, 'safe_regex', 'regex');
  if (regex !== undefined) return regexSample(regex, (text) => /^\/[^\s?#]*$/.test(text));
  if (match.path_match_policy !== undefined) return templatePath(match.path_match_policy as JsonObject);
  if (match.connect_matcher !== undefined) return '/';
  const start = typeof prefix === 'string' ? prefix : '/';
  return start.startsWith('/') ? start : `/${start}`;
}

/** A path of a URI template: `/users/{id}/**`. */
function templatePath(policy: JsonObject): string | undefined {
  const template = textAt(policy, 'typed_config', 'path_template');
  return template?.replaceAll(/\{\w+(?:=([^}]*))?\}/g, (_, pattern?: string) => pattern ?? 'a').replaceAll(/\*+/g, 'a');
}

function unknownPath(match: JsonObject): string {
  const regex = textAt(match, 'safe_regex', 'regex');
  return regex === undefined ? 'no path is known that it matches' : `no path is known that matches ${regex}`;
}

function withHeaderMatches(request: HttpAction, matchers: JsonObject[]): HttpAction | string {
  let made = request;
  for (const matcher of matchers) {
    const name = textAt(matcher, 'name') ?? '';
    const value = headerValue(matcher);
    if (value === undefined) return `no value of the header ${name} is known that it matches`;
    if (value === null) continue;
    if (name === ':method') made = { ...made, method: value };
    else if (name === ':path') made = { ...made, target: value.startsWith('/') ? value : `/${value}` };
    else if (name === ':authority' || name === 'host') made = { ...made, host: value };
    else if (!name.startsWith(':')) made = { ...made, headers: [...made.headers, [name, value]] };
  }
  if (/^(POST|PUT|PATCH)$/.test(made.method) && made.body === undefined)
    return { ...made, headers: [...made.headers, ['content-type', 'text/plain']], body: 'check' };
  return made;
}

function withParameters(request: HttpAction, parameters: JsonObject[]): HttpAction | string {
  const query: string[] = [];
  for (const parameter of parameters) {
    const name = textAt(parameter, 'name') ?? '';
    const matcher = isObject(parameter.string_match) ? parameter.string_match : undefined;
    if (!matcher && parameter.present_match === false) continue;
    const value = matcher ? matchingText(matcher) : '1';
    if (value === undefined) return `no value of the query parameter ${name} is known that it matches`;
    query.push(`${name}=${encodeURIComponent(value)}`);
  }
  return query.length === 0 ? request : { ...request, target: `${request.target}?${query.join('&')}` };
}

/** Names a cluster where the route reads it from a header. */
function withCluster(request: HttpAction, route: JsonObject): HttpAction {
  const header = textAt(route, 'route', 'cluster_header');
  if (header === undefined || header.startsWith(':')) return request;
  return { ...request, headers: [...request.headers, [header, 'cluster']] };
}

const GRPC_HEADERS: RawHeader[] = [
  ['te', 'trailers'],
  ['content-type', 'application/grpc'],
];

/** An empty gRPC message: not compressed, and of no bytes. */
export const EMPTY_MESSAGE = '\0\0\0\0\0';

/** The same request as a call of gRPC. */
export function asGrpc(request: HttpAction): HttpAction {
  return {
    ...request,
    method: 'POST',
    headers: [...request.headers, ...GRPC_HEADERS],
    body: EMPTY_MESSAGE,
    protocol: 'h2',
  };
}

/** Further requests for a route: its other domains, a path below its prefix, a query. */
export function routeVariants(entry: HttpEntry, { at, action }: RouteRequest): Draft[] {
  if (action.method === 'CONNECT') return [];
  const match = objectAt(at.route, 'match') ?? {};
  const separator = action.target.includes('?') ? '&' : '?';
  const isPrefix = typeof match.prefix === 'string' || typeof match.path_separated_prefix === 'string';
  const [path = '', query] = action.target.split('?');
  const below = `${path.replace(/\/$/, '')}/below${query === undefined ? '' : `?${query}`}`;
  const changes: Partial<HttpAction>[] = [
    ...(isPrefix
      ? [{ target: `${below}${query === undefined ? '?' : '&'}a=1&b=%20` }]
      : [{ target: `${action.target}${separator}a=1` }]),
    ...(at.index === 0
      ? domainsOf(at.host)
          .slice(1, MOST_DOMAINS)
          .map((domain) => ({ host: hostOf(domain) }))
      : []),
  ];
  return changes.map((change) => ({
    group: 'variant',
    from: routeName(at),
    ...through(entry),
    action: { ...action, ...change },
  }));
}

/** A virtual host of a mesh has a dozen names for the same service. */
const MOST_DOMAINS = 6;
