import type { RawHeader } from '../../exchange/wire.ts';
import { given } from '../../util/given.ts';
import { objectsOf } from '../../util/json.ts';
import type { RequestTls } from '../request.ts';
import { passingRequest } from './credentials.ts';
import { changedTls, type Draft, type HttpAction, through, withHeaders } from './draft.ts';
import type { HttpEntry } from './http-entries.ts';
import { usualRequest } from './policy-requests.ts';
import { asGrpc, EMPTY_MESSAGE, hostOf, type RouteRequest } from './route-requests.ts';
import { domainsOf } from './router.ts';

type Change = Partial<Pick<Draft, 'action' | 'tls' | 'circumstances' | 'preamble'>>;

interface Unusual {
  /** What its title adds, and its origin. */
  how: string;
  group?: 'protocol';
  /** Undefined where an entry has no such request. */
  of: (entry: HttpEntry, usual: HttpAction) => Change | undefined;
}

/** Requests that no config asks for and clients send, the most telling first. */
const UNUSUAL: Unusual[] = [
  http('with forwarded headers', (usual) => withHeaders({ ...usual, method: 'POST', body: 'check' }, FORWARDED)),
  http('over HTTP/2', (usual) => (usual.protocol === 'h2' ? undefined : { ...usual, protocol: 'h2' }), 'protocol'),
  http('with an unknown path', (usual) => ({ ...usual, target: '/not-in-the-config' })),
  http('with an unknown host', (usual) => ({ ...usual, host: 'unknown.invalid' })),
  { how: 'as a WebSocket', group: 'protocol', of: webSocket },
  http(
    'as gRPC',
    (usual) => asGrpc({ ...usual, target: usual.target === '/' ? '/check.Service/Method' : usual.target }),
    'protocol',
  ),
  http('with a header of 70 kB', (usual) => withHeaders(usual, [['x-large', 'x'.repeat(70_000)]])),
  http('over HTTP/1.0', (usual) => ({ ...usual, protocol: 'http/1.0' }), 'protocol'),
  http('without a host', (usual) => ({ ...withoutHost(usual), protocol: 'http/1.1' })),
  http('with a body of 100 kB', (usual) => ({ ...usual, method: 'POST', body: 'x'.repeat(100_001) })),
  http('with a doubled slash', (usual) => ({ ...usual, target: `/${path(usual)}` })),
  http('with dots in the path', (usual) => ({ ...usual, target: `/a/..${path(usual)}` })),
  http('with %2e in the path', (usual) => ({ ...usual, target: `/a/%2e%2e${path(usual)}` })),
  http('with a fragment', (usual) => ({ ...usual, target: `${path(usual)}#part` })),
  http('with a path parameter', (usual) => ({ ...usual, target: `${path(usual)};a=1` })),
  http('with an encoded slash', (usual) => ({ ...usual, target: `${path(usual)}%2Fa%5Cb` })),
  http('HEAD', (usual) => ({ ...usual, method: 'HEAD' })),
  http('OPTIONS', (usual) => ({ ...usual, method: 'OPTIONS' })),
  http('as a CORS preflight', (usual) => withHeaders({ ...usual, method: 'OPTIONS' }, PREFLIGHT)),
  http('as gRPC-Web', (usual) => withHeaders({ ...usual, method: 'POST', body: EMPTY_MESSAGE }, GRPC_WEB), 'protocol'),
  http('that accepts gzip', (usual) => withHeaders(usual, [['accept-encoding', 'gzip, br']])),
  http('with an expectation', (usual) =>
    withHeaders({ ...usual, method: 'POST', body: 'check' }, [['expect', '100-continue']]),
  ),
  http('with two lengths', (usual) =>
    raw(
      usual,
      [
        ['content-length', '5'],
        ['content-length', '6'],
      ],
      'check',
    ),
  ),
  http('with a length and chunks', (usual) =>
    raw(
      usual,
      [
        ['content-length', '5'],
        ['transfer-encoding', 'chunked'],
      ],
      CHUNKED,
    ),
  ),
  http('with chunks', (usual) => raw(usual, [['transfer-encoding', 'chunked']], CHUNKED)),
  http('with credentials', (usual) => (has(usual, 'authorization') ? undefined : withHeaders(usual, CREDENTIALS))),
  http('TRACE', (usual) => ({ ...usual, method: 'TRACE' })),
  // Envoy refuses one without a content type.
  http('QUERY', (usual) => withHeaders({ ...usual, method: 'QUERY', body: 'check' }, [['content-type', 'text/plain']])),
  http('with an absolute target', (usual) => ({
    ...usual,
    target: `http://${usual.host ?? ''}${usual.target}`,
    protocol: 'http/1.1',
  })),
  http('with an underscore in a header', (usual) =>
    withHeaders(usual, [
      ['x_under_score', '1'],
      ['x-empty', ''],
    ]),
  ),
  http('with 120 headers', (usual) =>
    withHeaders(
      usual,
      Array.from({ length: 120 }, (_, n): RawHeader => [`x-many-${n}`, `${n}`]),
    ),
  ),
  http('with a port in the host', (usual) => ({ ...usual, host: `${usual.host ?? ''}:8443` })),
  {
    how: 'with bytes that are no HTTP',
    of: (_, { protocol }) =>
      protocol === 'h2'
        ? undefined
        : {
            action: {
              kind: 'bytes',
              steps: [{ send: '\0\x01\x02 no HTTP\r\n\r\n' }, { until: '\r\n\r\n' }, { end: true }],
            },
          },
  },
  {
    how: 'without SNI',
    group: 'protocol',
    of: (entry) => (entry.tls?.sni === undefined ? undefined : { tls: withoutSni(entry) }),
  },
  {
    how: 'with an unknown SNI',
    group: 'protocol',
    of: (entry) => (entry.tls ? changedTls(entry, { sni: 'unknown.invalid' }) : undefined),
  },
  {
    how: 'without a client certificate',
    group: 'protocol',
    of: (entry) => (entry.tls?.clientCertificate ? changedTls(entry, { clientCertificate: false }) : undefined),
  },
  {
    how: 'with a client certificate',
    group: 'protocol',
    of: (entry) =>
      entry.tls && !entry.tls.clientCertificate ? changedTls(entry, { clientCertificate: true }) : undefined,
  },
  {
    how: 'with ALPN h2 and http/1.1',
    group: 'protocol',
    of: (entry) => (entry.tls ? changedTls(entry, { alpn: ['http/1.1', 'h2'] }) : undefined),
  },
  { how: 'without TLS', group: 'protocol', of: (entry) => (entry.tls ? PLAIN : undefined) },
  { how: 'with TLS', group: 'protocol', of: (entry) => (entry.tls ? undefined : { tls: { sni: 'any.test' } }) },
];

/** A change that leaves out TLS. */
const PLAIN: Change = {};

const FORWARDED: RawHeader[] = [
  ['x-forwarded-for', '203.0.113.7, 10.0.0.1'],
  ['x-forwarded-proto', 'https'],
  ['x-forwarded-host', 'outer.test'],
  ['x-request-id', 'c0ffee00-0000-4000-8000-000000000000'],
  ['x-envoy-internal', 'true'],
  ['x-envoy-upstream-rq-timeout-ms', '900'],
  ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
  ['te', 'trailers'],
  ['cookie', 'a=1; b=2'],
];
const PREFLIGHT: RawHeader[] = [
  ['origin', 'https://other.invalid'],
  ['access-control-request-method', 'POST'],
];
const GRPC_WEB: RawHeader[] = [
  ['content-type', 'application/grpc-web+proto'],
  ['x-grpc-web', '1'],
];
const CREDENTIALS: RawHeader[] = [['authorization', 'Bearer abc.def.ghi']];
const CHUNKED = '5\r\ncheck\r\n0\r\n\r\n';

/** The unusual requests of an entry, in their order; undefined for a kind that it does not have. */
export function unusualRequests(entry: HttpEntry, requests: RouteRequest[]): (Draft | undefined)[] {
  const usual = usualRequest(requests);
  const [host] = objectsOf(entry.routes.virtual_hosts);
  const plain: HttpAction = usual?.action ?? {
    ...{ kind: 'http', method: 'GET', target: '/', headers: [], protocol: entry.protocol },
    host: hostOf(host ? (domainsOf(host)[0] ?? '*') : '*'),
  };
  const action = usual ? passingRequest(entry, usual.at, plain) : plain;
  return UNUSUAL.map(({ how, group, of }): Draft | undefined => {
    const isMethod = /^[A-Z]+$/.test(how);
    const change = of(entry, action);
    if (!change) return undefined;
    const { tls, ...base } = through(entry);
    const secured = change === PLAIN || tls === undefined ? {} : { tls };
    const origin: Pick<Draft, 'group' | 'action' | 'from' | 'how'> = {
      group: group ?? 'unusual',
      action,
      from: `unusual: ${how}`,
      ...given({ how: isMethod ? undefined : how }),
    };
    return { ...origin, ...base, ...secured, ...change };
  });
}

function http(how: string, changed: (usual: HttpAction) => HttpAction | undefined, group?: 'protocol'): Unusual {
  const of: Unusual['of'] = (entry, usual) => {
    const action = changed(usual);
    return action && { action, ...overTls(entry, action.protocol) };
  };
  return { how, of, ...(group && { group }) };
}

/** ALPN of another protocol than the usual one. */
function overTls(entry: HttpEntry, protocol: HttpAction['protocol']): Pick<Draft, 'tls'> {
  if (protocol === entry.protocol || !entry.terminates) return {};
  return changedTls(entry, { alpn: [protocol === 'h2' ? 'h2' : 'http/1.1'] });
}

function withoutSni({ tls = {} }: HttpEntry): RequestTls {
  const { sni, ...rest } = tls;
  return rest;
}

function webSocket(entry: HttpEntry, { target, host = '', headers }: HttpAction): Change {
  return {
    action: { kind: 'websocket', target, host, headers },
    ...overTls(entry, 'http/1.1'),
  };
}

/** A body as bytes, whose headers say how long it is. */
function raw(usual: HttpAction, headers: RawHeader[], body: string): HttpAction {
  return { ...usual, method: 'POST', headers: [...usual.headers, ...headers], body, protocol: 'http/1.1' };
}

function path({ target }: HttpAction): string {
  return target.split(/[?#]/)[0] ?? '/';
}

function withoutHost({ host, ...action }: HttpAction): HttpAction {
  return action;
}

function has({ headers }: HttpAction, name: string): boolean {
  return headers.some(([key]) => key.toLowerCase() === name);
}
