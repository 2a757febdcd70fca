import { expect, test } from 'vitest';
import type { JsonObject } from '../../util/json.ts';
import type { CheckRequest } from '../request.ts';
import { requestsOf } from './requests-of.ts';
import { dumpOf, ingress, socket, TO_BLUE, typed } from './sample-dump.ts';

function titles(requests: CheckRequest[]): string[] {
  return requests.map(({ title }) => title);
}

function routesOf(requests: CheckRequest[]): string[] {
  return requests.flatMap(({ from, title }) => (/^route [^,]+$/.test(from) ? `${from}: ${title}` : []));
}

test('each route has a request that its match accepts', () => {
  const routes: JsonObject[] = [
    { match: { path: '/exact' }, ...TO_BLUE },
    { match: { safe_regex: { regex: '/v[0-9]+/.*' } }, ...TO_BLUE },
    { match: { prefix: '/api', headers: [{ name: ':method', string_match: { exact: 'POST' } }] }, ...TO_BLUE },
    {
      match: {
        prefix: '/q',
        headers: [{ name: 'x-team', string_match: { prefix: 'a' } }],
        query_parameters: [{ name: 'n', string_match: { exact: '1 2' } }],
      },
      ...TO_BLUE,
    },
    { match: { prefix: '/' }, ...TO_BLUE },
  ];
  const { requests, notSeen } = requestsOf(
    dumpOf([ingress([{ name: 'api', domains: ['*.example.com', 'api.test'], routes }])]),
  );
  expect(notSeen).toEqual([]);
  expect(routesOf(requests).slice(0, 5)).toEqual([
    'route api[0]: GET www.example.com/exact on 8080',
    'route api[1]: GET www.example.com/v1/a on 8080',
    'route api[2]: POST www.example.com/api on 8080',
    'route api[3]: GET www.example.com/q?n=1%202 on 8080',
    'route api[4]: GET www.example.com/ on 8080',
  ]);
  expect(routesOf(requests)).toContain('route api[0]: GET api.test/exact on 8080');
  expect(requests[3]?.action).toMatchObject({ headers: [['x-team', 'a']] });
});

test('a route without a request is not seen, with the reason', () => {
  const routes: JsonObject[] = [
    { match: { prefix: '/' }, ...TO_BLUE },
    { match: { prefix: '/late' }, ...TO_BLUE },
    { match: { safe_regex: { regex: '/\\pN' } }, ...TO_BLUE },
    { match: { prefix: '/', runtime_fraction: { default_value: { numerator: 0 } } }, ...TO_BLUE },
  ];
  const { notSeen } = requestsOf(dumpOf([ingress([{ name: 'api', domains: ['*'], routes }])]));
  expect(notSeen).toEqual([
    { kind: 'route', name: 'route api[1]', why: 'route api[0] takes its requests' },
    { kind: 'route', name: 'route api[2]', why: 'no path is known that matches /\\pN' },
    { kind: 'route', name: 'route api[3]', why: 'its runtime fraction is 0' },
  ]);
});

test('codes and titles are unique, and the same config has the same ones', () => {
  const dump = dumpOf([ingress([{ name: 'api', domains: ['*'], routes: [{ match: { prefix: '/' }, ...TO_BLUE }] }])]);
  const { requests } = requestsOf(dump);
  expect(requests.length).toBeGreaterThan(35);
  expect(new Set(requests.map(({ code }) => code)).size).toBe(requests.length);
  expect(new Set(titles(requests)).size).toBe(requests.length);
  expect(requestsOf(structuredClone(dump)).requests).toEqual(requests);
});

test('filters get requests for each of their decisions, and routes the credentials that they demand', () => {
  const filters: JsonObject[] = [
    {
      name: 'jwt',
      typed_config: typed('JwtAuthentication', {
        providers: { idp: { issuer: 'https://idp.test' } },
        rules: [{ match: { prefix: '/' }, requires: { provider_name: 'idp' } }],
      }),
    },
    {
      name: 'rbac',
      typed_config: typed('RBAC', {
        rules: {
          policies: {
            staff: {
              permissions: [{ url_path: { path: { prefix: '/staff' } } }],
              principals: [{ header: { name: 'x-role', string_match: { exact: 'staff' } } }],
            },
          },
        },
      }),
    },
    { name: 'authz', typed_config: typed('ExtAuthz') },
  ];
  const { requests } = requestsOf(
    dumpOf([ingress([{ name: 'api', domains: ['*'], routes: [{ match: { prefix: '/' }, ...TO_BLUE }] }], { filters })]),
  );
  expect(requests[0]?.action).toMatchObject({ headers: [['authorization', 'Bearer {{token idp}}']] });
  expect(titles(requests)).toEqual(
    expect.arrayContaining([
      'GET any.test/ on 8080 without a token',
      'GET any.test/ on 8080 with a malformed token',
      'GET any.test/staff on 8080 as RBAC policy staff describes',
      'GET any.test/staff on 8080, services deny',
      'GET any.test/staff on 8080, upstreams down',
    ]),
  );
});

test('a chain of TLS gets its server name and ALPN, and requests without and with others', () => {
  const chain: JsonObject = {
    filter_chain_match: { server_names: ['*.example.com'] },
    transport_socket: {
      typed_config: typed('DownstreamTlsContext', {
        require_client_certificate: true,
        common_tls_context: { alpn_protocols: ['h2', 'http/1.1'] },
      }),
    },
  };
  const { requests } = requestsOf(
    dumpOf([ingress([{ name: 'api', domains: ['*'], routes: [{ match: { prefix: '/' }, ...TO_BLUE }] }], { chain })]),
  );
  const usual = { sni: 'www.example.com', alpn: ['http/1.1'], clientCertificate: true };
  const tlsOf = (title: string) => requests.find((request) => request.title === `GET any.test/ on 8080${title}`)?.tls;
  expect(tlsOf('')).toEqual(usual);
  expect(tlsOf(' over HTTP/2')).toEqual({ ...usual, alpn: ['h2'] });
  expect(tlsOf(' with an unknown SNI')).toEqual({ ...usual, sni: 'unknown.invalid' });
  expect(tlsOf(' without SNI')).toEqual({ alpn: ['http/1.1'], clientCertificate: true });
  expect(tlsOf(' without a client certificate')).toEqual({ ...usual, clientCertificate: false });
  expect(tlsOf(' without TLS')).toBeUndefined();
});

test('listeners without HTTP get bytes, commands of Redis and datagrams; others are not seen', () => {
  const { requests, notSeen } = requestsOf(
    dumpOf([
      {
        name: 'tcp',
        address: socket(9000),
        filter_chains: [{ filters: [{ name: 'tcp', typed_config: typed('TcpProxy') }] }],
      },
      {
        name: 'redis',
        address: socket(6379),
        filter_chains: [{ filters: [{ name: 'r', typed_config: typed('RedisProxy') }] }],
      },
      {
        name: 'udp',
        address: socket(53, '0.0.0.0', 'UDP'),
        listener_filters: [{ name: 'u', typed_config: typed('UdpProxyConfig') }],
      },
      { name: 'inner', internal_listener: {} },
      { name: 'pipe', address: { pipe: { path: '/run/envoy.sock' } } },
      {
        name: 'captured',
        address: socket(15006),
        filter_chains: [{ filter_chain_match: { destination_port: 9080 }, filters: [] }],
      },
    ]),
    { destinations: { 15001: ['198.51.100.10:80'] } },
  );
  expect(titles(requests).slice(0, 3)).toEqual(['bytes on 9000', 'bytes on 6379 of GET', 'datagram on 53']);
  expect(notSeen).toEqual([
    { kind: 'listener', name: 'inner', why: 'an internal listener: only Envoy itself connects to it' },
    { kind: 'listener', name: 'pipe', why: 'it listens on a Unix socket' },
    {
      kind: 'listener',
      name: 'captured, filter chain 1',
      why: 'it matches destination port 9080, which no rule leads to it',
    },
  ]);
});

test('a route behind a tree of matchers of RBAC gets the header that it allows', () => {
  const rbac = typed('RBAC', {
    matcher: {
      matcher_list: {
        matchers: [
          {
            predicate: {
              not_matcher: {
                single_predicate: {
                  input: { typed_config: typed('HttpRequestHeaderMatchInput', { header_name: 'referer' }) },
                  value_match: { safe_regex: { regex: 'https?://(www.)?a.test/.*' } },
                },
              },
            },
            on_match: { action: { typed_config: typed('Action', { action: 'DENY' }) } },
          },
        ],
      },
      on_no_match: { action: { typed_config: typed('Action', { name: 'pass' }) } },
    },
  });
  const filters: JsonObject[] = [{ name: 'rbac', typed_config: rbac }];
  const { requests } = requestsOf(
    dumpOf([ingress([{ name: 'api', domains: ['*'], routes: [{ match: { prefix: '/' }, ...TO_BLUE }] }], { filters })]),
  );
  expect(requests[0]?.action).toMatchObject({ headers: [['referer', 'http://a.test/a']] });
  expect(titles(requests)).toContain('GET any.test/ on 8080 as RBAC denies');
});

test('a route that chooses by weight has a request for each cluster, and others are aimed at the heaviest', () => {
  const clusters: JsonObject[] = [
    { name: 'canary', weight: 10 },
    { name: 'stable', weight: 90 },
    { name: 'off', weight: 0 },
  ];
  const routes: JsonObject[] = [{ match: { prefix: '/' }, route: { weighted_clusters: { clusters } } }];
  const { requests } = requestsOf(dumpOf([ingress([{ name: 'api', domains: ['*'], routes }])]));
  const aims = requests.map(({ title, cluster }) => `${title}: ${cluster}`);
  expect(aims.slice(0, 2)).toEqual([
    'GET any.test/ on 8080 to cluster stable: stable',
    'GET any.test/ on 8080 to cluster canary: canary',
  ]);
  expect(aims).toContain('HEAD any.test/ on 8080: stable');
});

test('a cluster that leads back to its listener gets one request', () => {
  const dump = dumpOf([ingress([{ name: 'api', domains: ['*'], routes: [{ match: { prefix: '/' }, ...TO_BLUE }] }])]);
  const { requests } = requestsOf(dump, { loops: ['blue'] });
  expect(titles(requests).filter((title) => title.startsWith('GET any.test/ '))).toEqual(['GET any.test/ on 8080']);
});

test('a policy that looks for a claim gets a request with the token', () => {
  const claim: JsonObject = { filter: 'envoy.filters.http.jwt_authn', path: [{ key: 'payload' }, { key: 'sub' }] };
  const policies: JsonObject = {
    admin: { permissions: [{ url_path: { path: { exact: '/private' } } }], principals: [{ metadata: claim }] },
  };
  const filters: JsonObject[] = [
    {
      name: 'jwt',
      typed_config: typed('JwtAuthentication', {
        providers: { idp: { from_cookies: ['token'] } },
        rules: [{ match: { prefix: '/private' }, requires: { provider_name: 'idp' } }],
      }),
    },
    { name: 'rbac', typed_config: typed('RBAC', { rules: { policies } }) },
  ];
  const { requests } = requestsOf(
    dumpOf([ingress([{ name: 'api', domains: ['*'], routes: [{ match: { prefix: '/' }, ...TO_BLUE }] }], { filters })]),
  );
  const asked = requests.find(({ title }) => title === 'GET any.test/private on 8080 as RBAC policy admin describes');
  expect(asked?.action).toMatchObject({ headers: [['cookie', 'token={{token idp}}']] });
});
