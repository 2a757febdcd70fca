import type { RawHeader } from '../../exchange/wire.ts';
import { isObject, objectAt, objectsOf, textAt } from '../../util/json.ts';
import { jwtProviders, passingRequest, withCredentials, withToken } from './credentials.ts';
import { changedTls, type Draft, type HttpAction, through, withHeaders } from './draft.ts';
import { configsFor, type HttpEntry } from './http-entries.ts';
import type { Filter } from './listeners.ts';
import { acceptedBy } from './rbac.ts';
import { matchedAction, matcherVariants } from './rbac-matcher.ts';
import type { RouteRequest } from './route-requests.ts';
import { headerValue, matchingText } from './string-match.ts';

/** What the requests for a policy start from. */
interface Asking {
  entry: HttpEntry;
  /** The requests of its routes, without credentials. */
  requests: RouteRequest[];
  filter: Filter;
}

type Change = Pick<Draft, 'action'> & Partial<Pick<Draft, 'how' | 'circumstances' | 'tls' | 'from'>>;

/** By the type of the filter. */
const POLICIES: Record<string, (asking: Asking) => Change[]> = {
  Cors: cors,
  CsrfPolicy: csrf,
  RBAC: rbac,
  JwtAuthentication: jwt,
  BasicAuth: basic,
  ExtAuthz: denied,
  RateLimit: denied,
  HTTPFault: fault,
  HealthCheck: healthCheck,
  Buffer: buffer,
};

/** Requests for each decision of the policies of an entry. */
export function policyRequests(entry: HttpEntry, requests: RouteRequest[]): Draft[] {
  return entry.httpFilters.flatMap((filter) =>
    (POLICIES[filter.type]?.({ entry, requests, filter }) ?? []).map(
      (change): Draft => ({ group: 'policy', from: `filter ${filter.name}`, ...through(entry), ...change }),
    ),
  );
}

/** The request of the first route that leads to a cluster, a GET where there is one; else of the first route. */
export function usualRequest(requests: RouteRequest[]): RouteRequest | undefined {
  const usable = requests.filter(({ action }) => action.method !== 'CONNECT');
  const leading = usable.filter(({ at }) => at.route.route !== undefined);
  return leading.find(({ action }) => action.method === 'GET') ?? leading[0] ?? usable[0];
}

function cors({ entry, requests }: Asking): Change[] {
  const seen = new Set<string>();
  return requests.flatMap(({ at, action: plain }) => {
    const [policy] = configsFor(at, /CorsPolicy$/);
    const older = objectAt(at.route, 'route', 'cors') ?? objectAt(at.host, 'cors');
    const found = policy ?? older;
    if (!found || seen.has(JSON.stringify(found))) return [];
    seen.add(JSON.stringify(found));
    const [matcher] = objectsOf(found.allow_origin_string_match);
    const origin = matcher ? matchingText(matcher, (text) => text !== '' && !/\s/.test(text)) : undefined;
    const action = withCredentials(entry, at, plain);
    const [method = 'POST'] = (textAt(found, 'allow_methods') ?? '').split(/[\s,]+/).filter(Boolean);
    const [header = 'x-asked'] = (textAt(found, 'allow_headers') ?? '').split(/[\s,]+/).filter(Boolean);
    const preflight: RawHeader[] = [
      ['access-control-request-method', method],
      ['access-control-request-headers', header],
    ];
    const from = (value: string, how: string): Change[] => [
      {
        action: withHeaders({ ...action, method: 'OPTIONS' }, [['origin', value], ...preflight]),
        how: `as a CORS preflight from ${how}`,
      },
      { action: withHeaders(action, [['origin', value]]), how: `from ${how}` },
    ];
    return [
      ...(origin === undefined ? [] : from(origin, 'an allowed origin')),
      ...from('https://other.invalid', 'another origin'),
    ];
  });
}

function csrf({ entry, requests }: Asking): Change[] {
  const usual = usualRequest(requests);
  if (!usual) return [];
  const action: HttpAction = { ...withCredentials(entry, usual.at, usual.action), method: 'POST', body: 'check' };
  const own = `http://${action.host}`;
  return [
    { action: withHeaders(action, [['origin', own]]), how: 'from its own origin' },
    { action: withHeaders(action, [['origin', 'https://other.invalid']]), how: 'from another origin' },
    { action, how: 'without an origin' },
  ];
}

function rbac({ entry, requests, filter }: Asking): Change[] {
  const usual = usualRequest(requests);
  if (!usual) return [];
  const own = requests
    .flatMap(({ at }) => configsFor(at, /RBACPerRoute$/))
    .map((config) => objectAt(config, 'rbac') ?? {});
  const all = [filter.config, ...own].flatMap((config) => Object.entries(objectAt(config, 'rules', 'policies') ?? {}));
  const { matcher } = filter.config;
  const byTree = isObject(matcher)
    ? matcherVariants(matcher, usual.action).map((action): Change => {
        const decision = matchedAction(matcher, action) === 'DENY' ? 'denies' : 'allows';
        return { action, how: `as RBAC ${decision}` };
      })
    : [];
  const byPolicy = all.flatMap(([name, policy]): Change[] => {
    const accepted = isObject(policy) ? acceptedBy(policy, usual.action) : undefined;
    if (!accepted) return [];
    return [
      {
        action: withCredentials(entry, usual.at, accepted.action),
        how: `as RBAC policy ${name} describes`,
        ...(accepted.certificate && changedTls(entry, { clientCertificate: true })),
      },
    ];
  });
  return [...byPolicy, ...byTree];
}

function jwt({ entry, requests }: Asking): Change[] {
  const seen = new Set<string>();
  return requests.flatMap(({ at, action }) => {
    const providers = jwtProviders(entry, action, at);
    const key = providers.join();
    if (providers.length === 0 || seen.has(key)) return [];
    seen.add(key);
    const [first = '', ...others] = providers;
    return [
      { action, how: 'without a token' },
      { action: withToken(entry, action, first, 'e30.e30.c2ln'), how: 'with a malformed token' },
      ...others.map((name) => ({ action: withToken(entry, action, name), how: `with a token of ${name}` })),
    ];
  });
}

function basic({ requests }: Asking): Change[] {
  const usual = usualRequest(requests);
  if (!usual) return [];
  const wrong = Buffer.from('user:wrong').toString('base64');
  return [
    { action: usual.action, how: 'without credentials' },
    { action: withHeaders(usual.action, [['authorization', `Basic ${wrong}`]]), how: 'with wrong credentials' },
  ];
}

/** Services deny; once for each route is little, since most routes share the service. */
function denied({ entry, requests }: Asking): Change[] {
  const usual = usualRequest(requests);
  if (!usual) return [];
  const action = passingRequest(entry, usual.at, usual.action);
  const circumstances = { services: 'deny' } as const;
  return [
    { action, circumstances },
    { action: { ...action, method: 'POST', body: 'check' }, circumstances },
    { action: { ...action, method: 'POST', body: 'check' } },
  ];
}

function fault({ entry, requests, filter: { config } }: Asking): Change[] {
  const usual = usualRequest(requests);
  if (!usual) return [];
  const matched = objectsOf(config.headers).flatMap((matcher): RawHeader[] => {
    const value = headerValue(matcher);
    return typeof value === 'string' ? [[textAt(matcher, 'name') ?? '', value]] : [];
  });
  const action = withHeaders(withCredentials(entry, usual.at, usual.action), matched);
  return [
    ...(matched.length > 0 ? [{ action, how: 'with the headers of the fault filter' }] : []),
    ...(objectAt(config, 'abort', 'header_abort')
      ? [{ action: withHeaders(action, [['x-envoy-fault-abort-request', '418']]), how: 'asking for a fault' }]
      : []),
    ...(objectAt(config, 'delay', 'header_delay')
      ? [{ action: withHeaders(action, [['x-envoy-fault-delay-request', '50']]), how: 'asking for a delay' }]
      : []),
  ];
}

function healthCheck({ entry, requests, filter: { config } }: Asking): Change[] {
  const usual = usualRequest(requests);
  const path = objectsOf(config.headers).find(({ name }) => name === ':path');
  const target = path && headerValue(path, (text) => text.startsWith('/'));
  if (!usual || typeof target !== 'string') return [];
  return [{ action: { ...withCredentials(entry, usual.at, usual.action), target }, how: 'as a health check' }];
}

/** The longest body that is worth its time. */
const LARGEST = 1_000_000;

function buffer({ entry, requests, filter: { config } }: Asking): Change[] {
  const usual = usualRequest(requests);
  const most = Number(config.max_request_bytes ?? 0);
  if (!usual || most <= 0 || most > LARGEST) return [];
  const action: HttpAction = {
    ...withCredentials(entry, usual.at, usual.action),
    method: 'POST',
    body: 'x'.repeat(most + 1),
  };
  return [{ action, how: 'with a body over the limit of the buffer' }];
}
