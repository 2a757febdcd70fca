import { isObject, type Json, type JsonObject, objectAt, objectsOf, textAt } from '../../util/json.ts';
import type { HttpAction } from './draft.ts';
import { fullMatch } from './regex-sample.ts';
import { headerMatches, textMatches } from './string-match.ts';

/** The route that Envoy finds for a request. */
export interface Found {
  host: JsonObject;
  /** Its position in the virtual host. */
  index: number;
  /** Whether a random number decides whether it is this route. */
  random: boolean;
}

/**
 * Finds the route of a request as Envoy's router does: by the most specific domain, then the first
 * match. A route with a matcher of unknown form is taken for one that does not match.
 *
 * @param name of the request's own route, whose unknown matchers count as met
 */
export function routeFor(
  config: JsonObject,
  sent: HttpAction,
  own?: { host: JsonObject; index: number },
): Found | undefined {
  const action = withoutScheme(sent);
  const host = hostFor(config, action.host ?? '');
  if (!host) return undefined;
  let random = false;
  for (const [index, route] of objectsOf(host.routes).entries()) {
    const isOwn = own?.host === host && own.index === index;
    const met = routeMatches(objectAt(route, 'match') ?? {}, action) ?? isOwn;
    if (!met) continue;
    const fraction = runtimeFraction(objectAt(route, 'match'));
    if (fraction <= 0) continue;
    if (fraction < 1) random = true;
    if (fraction >= 1 || isOwn) return { host, index, random };
  }
  return undefined;
}

/** A request whose target is a URL as one to its path. */
function withoutScheme(action: HttpAction): HttpAction {
  const [, host, path] = /^https?:\/\/([^/?#]+)(.*)$/.exec(action.target) ?? [];
  return host === undefined ? action : { ...action, host, target: path || '/' };
}

/** The share of requests that `runtime_fraction` lets match. */
export function runtimeFraction(match: JsonObject | undefined): number {
  const value = objectAt(match, 'runtime_fraction', 'default_value');
  return value === undefined ? 1 : fractionOf(value);
}

/** A FractionalPercent as a share. */
export function fractionOf({ numerator = 0, denominator }: JsonObject): number {
  const parts = denominator === 'MILLION' ? 1_000_000 : denominator === 'TEN_THOUSAND' ? 10_000 : 100;
  return Number(numerator) / parts;
}

/** The domains of a virtual host. */
export function domainsOf(host: JsonObject): string[] {
  const { domains } = host;
  return Array.isArray(domains) ? domains.filter((domain) => typeof domain === 'string') : [];
}

function hostFor(config: JsonObject, authority: string): JsonObject | undefined {
  const name = authority.toLowerCase();
  const ranked = objectsOf(config.virtual_hosts).flatMap((host) =>
    domainsOf(host).flatMap((domain) => {
      const rank = rankOf(domain.toLowerCase(), name);
      return rank === undefined ? [] : [{ host, rank }];
    }),
  );
  return ranked.sort((a, b) => b.rank - a.rank)[0]?.host;
}

/** How specific a domain is that matches a name: exact, then the longest suffix, then the longest prefix. */
function rankOf(domain: string, name: string): number | undefined {
  if (domain === name) return 3_000_000;
  if (domain === '*') return 0;
  if (domain.startsWith('*')) {
    const matches = name.endsWith(domain.slice(1)) && name.length >= domain.length;
    return matches ? 2_000_000 + domain.length : undefined;
  }
  if (!domain.endsWith('*')) return undefined;
  return name.startsWith(domain.slice(0, -1)) && name.length >= domain.length ? 1_000_000 + domain.length : undefined;
}

/** Whether a RouteMatch accepts a request, apart from its runtime fraction; undefined where a matcher's form is unknown. */
export function routeMatches(match: JsonObject, action: HttpAction): boolean | undefined {
  const results = [
    pathMatches(match, action),
    ...objectsOf(match.headers).map((header) => headerMatches(header, sentValue(action, textAt(header, 'name') ?? ''))),
    ...objectsOf(match.query_parameters).map((parameter) => parameterMatches(parameter, action.target)),
    match.grpc === undefined ? true : /^application\/grpc/.test(sentValue(action, 'content-type') ?? ''),
    ['tls_context', 'dynamic_metadata', 'filter_state', 'cookies'].some((field) => hasItems(match[field]))
      ? undefined
      : true,
  ];
  if (results.includes(false)) return false;
  return results.includes(undefined) ? undefined : true;
}

function hasItems(value: Json | undefined): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined;
}

/** The value of a header or of a pseudo header. */
export function sentValue({ headers, method, target, host }: HttpAction, name: string): string | undefined {
  if (name === ':method') return method;
  if (name === ':path') return target;
  if (name === ':authority' || name === 'host') return host;
  if (name === ':scheme') return 'http';
  const values = headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(',');
}

function pathMatches(match: JsonObject, { method, target }: HttpAction): boolean | undefined {
  if (match.connect_matcher !== undefined) return method === 'CONNECT';
  if (method === 'CONNECT') return false;
  const [path = ''] = target.split(/[?#]/);
  const folded = (text: string): string => (match.case_sensitive === false ? text.toLowerCase() : text);
  const { prefix, path: exact, path_separated_prefix: separated } = match;
  if (typeof exact === 'string') return folded(path) === folded(exact);
  if (typeof separated === 'string')
    return folded(path) === folded(separated) || folded(path).startsWith(`${folded(separated)}/`);
  const regex = textAt(match, 'safe_regex', 'regex');
  if (regex !== undefined) return fullMatch(regex)?.test(path);
  if (match.path_match_policy !== undefined) return undefined;
  return folded(path).startsWith(folded(typeof prefix === 'string' ? prefix : ''));
}

function parameterMatches(parameter: JsonObject, target: string): boolean | undefined {
  const [, query = ''] = target.split('?');
  const value = new URLSearchParams(query.split('#')[0]).get(textAt(parameter, 'name') ?? '');
  if (isObject(parameter.string_match)) return value !== null && textMatches(parameter.string_match, value);
  return (value !== null) === ((parameter.present_match ?? true) === true);
}
