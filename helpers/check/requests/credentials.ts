import { createHash } from 'node:crypto';
import type { RawHeader } from '../../exchange/wire.ts';
import { isObject, type Json, type JsonObject, objectAt, objectsOf, textAt, valueAt } from '../../util/json.ts';
import { type HttpAction, withHeaders } from './draft.ts';
import { configsFor, type HttpEntry, type RouteAt } from './http-entries.ts';
import { acceptedBy } from './rbac.ts';
import { matchedAction, matcherVariants } from './rbac-matcher.ts';
import { routeMatches } from './router.ts';

/** A token in a header or in a target, which the world fills in: it differs from run to run. */
export function tokenOf(provider: string): string {
  return `{{token ${provider}}}`;
}

/** Replaces the names of tokens in a text by tokens. */
export function withTokens(text: string, tokens: Record<string, string>): string {
  return text.replaceAll(/\{\{token ([^{}]+)\}\}/g, (whole, name: string) => tokens[name] ?? whole);
}

/** A request with the credentials that the filters of an entry demand for it. */
export function withCredentials(
  entry: HttpEntry,
  at: Pick<RouteAt, 'host' | 'route'> | undefined,
  action: HttpAction,
): HttpAction {
  const providers = jwtProviders(entry, action, at);
  const [first] = providers;
  const signed = first === undefined ? action : withToken(entry, action, first);
  const basic = basicCredentials(entry, at);
  return allowed(entry, at, basic === undefined ? signed : withHeaders(signed, [basic]));
}

/**
 * A request that the filters of an entry let pass: the one with credentials, or one to another path where
 * RBAC allows no request to this one.
 */
export function passingRequest(entry: HttpEntry, at: Pick<RouteAt, 'host' | 'route'>, action: HttpAction): HttpAction {
  for (const { type, config } of entry.httpFilters) {
    const { rules } = config;
    if (type !== 'RBAC' || !isObject(rules) || (rules.action ?? 'ALLOW') !== 'ALLOW') continue;
    const policies = Object.values(objectAt(rules, 'policies') ?? {}).filter(isObject);
    if (policies.some((policy) => acceptedBy(policy, action, true))) continue;
    const [other] = policies.flatMap((policy) => acceptedBy(policy, action) ?? []);
    if (other) return withCredentials(entry, at, other.action);
  }
  return withCredentials(entry, at, action);
}

/** A request with headers for which RBAC allows it; unchanged where none are known. */
function allowed(entry: HttpEntry, at: Pick<RouteAt, 'host' | 'route'> | undefined, action: HttpAction): HttpAction {
  let made = action;
  for (const { type, config } of entry.httpFilters) {
    if (type !== 'RBAC') continue;
    const own = at && configsFor(at, /RBACPerRoute$/)[0];
    const { rules, matcher } = own ? (objectAt(own, 'rbac') ?? {}) : config;
    const before = made;
    if (isObject(matcher))
      made = matcherVariants(matcher, before).find((each) => matchedAction(matcher, each) === 'ALLOW') ?? before;
    if (!isObject(rules) || (rules.action ?? 'ALLOW') !== 'ALLOW') continue;
    const policies = Object.values(objectAt(rules, 'policies') ?? {}).filter(isObject);
    const met = policies.map((policy) => acceptedBy(policy, before, true)).filter((each) => each !== undefined);
    made = (met.find((each) => each.action === before) ?? met[0])?.action ?? made;
  }
  return made;
}

/** Each provider whose token a request needs. */
export function jwtProviders(entry: HttpEntry, action: HttpAction, at?: Pick<RouteAt, 'host' | 'route'>): string[] {
  return entry.httpFilters.flatMap(({ type, config }) => {
    if (type !== 'JwtAuthentication') return [];
    const own = at && configsFor(at, /jwt_authn/)[0];
    if (own?.disabled === true) return [];
    const rule = objectsOf(config.rules).find((each) => routeMatches(objectAt(each, 'match') ?? {}, action) !== false);
    const named = textAt(own, 'requirement_name') ?? textAt(rule, 'requirement_name');
    return providersIn(named === undefined ? rule?.requires : valueAt(config, 'requirement_map', named));
  });
}

/** The providers of a JwtRequirement, the first of alternatives first. */
function providersIn(requirement: Json | undefined): string[] {
  if (!isObject(requirement)) return [];
  const { provider_name: name } = requirement;
  if (typeof name === 'string') return [name];
  const withAudiences = textAt(requirement, 'provider_and_audiences', 'provider_name');
  if (withAudiences !== undefined) return [withAudiences];
  const lists = [objectAt(requirement, 'requires_any'), objectAt(requirement, 'requires_all')];
  return lists.flatMap((list) => objectsOf(list?.requirements).flatMap(providersIn));
}

/** A request with a provider's token where the provider looks for it. */
export function withToken(entry: HttpEntry, action: HttpAction, name: string, token = tokenOf(name)): HttpAction {
  const provider = providersOf(entry)[name];
  const [header] = objectsOf(provider?.from_headers);
  if (header)
    return withHeaders(action, [[textAt(header, 'name') ?? '', `${textAt(header, 'value_prefix') ?? ''}${token}`]]);
  const [parameter] = textsOf(provider?.from_params);
  if (parameter !== undefined) {
    const separator = action.target.includes('?') ? '&' : '?';
    return { ...action, target: `${action.target}${separator}${parameter}=${token}` };
  }
  const [cookie] = textsOf(provider?.from_cookies);
  if (cookie !== undefined) return withHeaders(action, [['cookie', `${cookie}=${token}`]]);
  return withHeaders(action, [['authorization', `Bearer ${token}`]]);
}

/** The JWT providers of an entry, by name. */
export function providersOf({ httpFilters }: HttpEntry): Record<string, JsonObject> {
  const all = httpFilters.flatMap(({ type, config }) =>
    type === 'JwtAuthentication' ? Object.entries(objectAt(config, 'providers') ?? {}) : [],
  );
  return Object.fromEntries(all.filter((entry): entry is [string, JsonObject] => isObject(entry[1])));
}

function textsOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** Passwords of examples: a config has only the digest of the real one. */
const USUAL = ['password', 'secret', 'test', 'admin', 'changeme', '123456', 'pass', 'envoy', 'demo', 'example', 'user'];

/** The header of a user of `basic_auth` whose password is a usual one or the name. */
function basicCredentials({ httpFilters }: HttpEntry, at?: Pick<RouteAt, 'host' | 'route'>): RawHeader | undefined {
  const filter = httpFilters.find(({ type }) => type === 'BasicAuth');
  if (!filter) return undefined;
  const own = at && configsFor(at, /basic_auth/)[0];
  for (const [user, digest] of usersIn(own ?? filter.config)) {
    const password = [user, ...USUAL, `${user}1`, `${user}123`].find((each) => sha1(each) === digest);
    if (password === undefined) continue;
    return ['authorization', `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`];
  }
  return undefined;
}

/** Whether an entry asks for a user and a password that are not known. */
export function hidesPassword(entry: HttpEntry): boolean {
  return entry.httpFilters.some(({ type }) => type === 'BasicAuth') && basicCredentials(entry) === undefined;
}

/** Lines `user:{SHA}digest` of an htpasswd file in the config. */
function usersIn(config: JsonObject): [user: string, digest: string][] {
  const inline = textAt(config, 'users', 'inline_string');
  const bytes = textAt(config, 'users', 'inline_bytes');
  const text = inline ?? (bytes === undefined ? '' : Buffer.from(bytes, 'base64').toString());
  return [...text.matchAll(/^([^:\s]+):\{SHA\}(\S+)/gm)].map(([, user = '', digest = '']) => [user, digest]);
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('base64');
}
