import { expect, test } from 'vitest';
import type { CheckInput } from '../check/input.ts';
import type { ConfigDump } from '../envoy/config-dump.ts';
import type { Json, JsonObject } from '../util/json.ts';
import type { World } from './world.ts';
import { worldOf } from './world-of.ts';

const EXTENSION = 'type.googleapis.com/envoy.extensions.';
const HCM = `${EXTENSION}filters.network.http_connection_manager.v3.HttpConnectionManager`;

function endpoint(address: string, port: number): JsonObject {
  return { endpoint: { address: { socket_address: { address, port_value: port } } } };
}

function cluster(name: string, endpoints: JsonObject[], more: JsonObject = {}): JsonObject {
  return { name, load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: endpoints }] }, ...more };
}

function tls(context: JsonObject): JsonObject {
  return {
    transport_socket: {
      name: 'tls',
      typed_config: { '@type': `${EXTENSION}transport_sockets.tls.v3.UpstreamTlsContext`, ...context },
    },
  };
}

function listener(name: string, port: number, filters: JsonObject[], more: JsonObject = {}): JsonObject {
  return {
    name,
    address: { socket_address: { address: '0.0.0.0', port_value: port } },
    filter_chains: [{ filters, ...more }],
  };
}

function http(routes: [path: string, cluster: string][], filters: JsonObject[] = []): JsonObject {
  return {
    name: 'http',
    typed_config: {
      '@type': HCM,
      route_config: {
        virtual_hosts: [
          {
            domains: ['api.example.com', '*'],
            routes: routes.map(([prefix, cluster]) => ({ match: { prefix }, route: { cluster } })),
          },
        ],
      },
      http_filters: filters,
    },
  };
}

function filter(type: string, body: JsonObject): JsonObject {
  return { name: type, typed_config: { '@type': `${EXTENSION}filters.${type}`, ...body } };
}

function world(parts: { listeners?: JsonObject[]; clusters?: JsonObject[] }, input: Partial<CheckInput> = {}): World {
  const dump: ConfigDump = {
    bootstrap: {},
    ...{ listeners: [], clusters: [], routes: [], secrets: [], endpoints: [], filters: [] },
    ...parts,
  };
  const empty = { name: 'envoy.yaml', text: '', files: {}, made: {}, secrets: [], notes: [] };
  return worldOf(dump, { ...empty, ...input }, { authority: { certificate: 'LAB CA' }, nowS: 0 });
}

function upstreamsOf({ scenario }: World): Json {
  return JSON.parse(JSON.stringify(scenario.topology.upstreams)) as Json;
}

test('static addresses and names are endpoints of their cluster’s upstream, each name with addresses of its own', () => {
  const made = world({
    clusters: [
      cluster('fixed', [endpoint('10.1.2.3', 8080), endpoint('10.1.2.4', 8080)]),
      cluster('named', [endpoint('api.example.com', 80)], { type: 'STRICT_DNS' }),
      cluster('other', [endpoint('db.example.com', 80)], { type: 'LOGICAL_DNS' }),
    ],
  });
  expect(made.scenario.hostnames).toEqual({
    'api.example.com': ['198.19.0.1', '2001:db8:19::1'],
    'db.example.com': ['198.19.0.2', '2001:db8:19::2'],
  });
  expect(upstreamsOf(made)).toMatchObject({
    fixed: {
      endpoints: [
        { address: '10.1.2.3', port: 8080 },
        { address: '10.1.2.4', port: 8080 },
      ],
    },
    named: {
      endpoints: [
        { address: '198.19.0.1', port: 80 },
        { address: '2001:db8:19::1', port: 80 },
      ],
    },
  });
});

test('clusters that share an endpoint have one upstream', () => {
  const made = world({
    clusters: [cluster('one', [endpoint('10.1.2.3', 80)]), cluster('two', [endpoint('10.1.2.3', 80)])],
  });
  expect(made.upstreamOf).toEqual({ one: 'one', two: 'one' });
  expect(Object.keys(made.scenario.topology.upstreams)).toEqual(['one']);
});

test('loopback addresses and sockets are served on Envoy’s host', () => {
  const pipe = { endpoint: { address: { pipe: { path: '/run/app.sock' } } } };
  const abstract = { endpoint: { address: { pipe: { path: '@app' } } } };
  const made = world({
    clusters: [
      cluster('local', [endpoint('127.0.0.1', 3000)]),
      cluster('any', [endpoint('0.0.0.0', 3001)]),
      cluster('file', [pipe]),
      cluster('abstract', [abstract]),
    ],
  });
  expect(upstreamsOf(made)).toMatchObject({
    local: { endpoints: [{ address: '127.0.0.1', port: 3000, onEnvoyHost: true }] },
    any: { endpoints: [{ address: '127.0.0.1', port: 3001, onEnvoyHost: true }] },
    file: { endpoints: [{ socket: '/run/app.sock' }] },
    abstract: { endpoints: [{ socket: 'app' }] },
  });
  expect(made.scenario.envoy?.sockets).toEqual(['/run/app.sock']);
});

test('an upstream speaks what the filters that use it speak', () => {
  const made = world({
    listeners: [
      listener('bytes', 1, [filter('network.tcp_proxy.v3.TcpProxy', { cluster: 'bytes' })]),
      listener('cache', 2, [
        filter('network.redis_proxy.v3.RedisProxy', { prefix_routes: { catch_all_route: { cluster: 'cache' } } }),
      ]),
      listener('web', 3, [http([['/', 'web']])]),
      listener('passed', 4, [filter('network.tcp_proxy.v3.TcpProxy', { cluster: 'passed' })], {
        filter_chain_match: { server_names: ['secret.example.com'] },
      }),
    ],
    clusters: ['bytes', 'cache', 'web', 'passed'].map((name, index) =>
      cluster(name, [endpoint(`10.0.0.${index + 1}`, 1000)]),
    ),
  });
  expect(upstreamsOf(made)).toMatchObject({
    bytes: { protocol: 'tcp' },
    cache: { protocol: 'redis' },
    passed: { protocol: 'tcp', tls: { names: ['secret.example.com'] } },
  });
  expect(made.scenario.topology.upstreams.web?.protocol).toBeUndefined();
});

test('the certificate of a TLS upstream has the names that Envoy expects, and the lab’s authority replaces a file', () => {
  const made = world(
    {
      clusters: [
        cluster(
          'secure',
          [endpoint('api.example.com', 443)],
          tls({
            sni: 'sni.example.com',
            common_tls_context: {
              validation_context: {
                trusted_ca: { filename: '/etc/ca.pem' },
                match_typed_subject_alt_names: [{ san_type: 'URI', matcher: { exact: 'spiffe://a/b' } }],
              },
            },
          }),
        ),
        cluster(
          'pinned',
          [endpoint('10.0.0.1', 443)],
          tls({ common_tls_context: { validation_context: { trusted_ca: { inline_string: 'PEM' } } } }),
        ),
      ],
    },
    { files: { '/etc/ca.pem': 'OWN CA', '/etc/other': 'x' } },
  );
  expect(made.scenario.topology.upstreams.secure?.tls).toEqual({
    names: ['api.example.com', 'sni.example.com', 'spiffe://a/b'],
  });
  expect(made.scenario.envoy?.files).toEqual({ '/etc/ca.pem': 'LAB CA', '/etc/other': 'x' });
  expect(made.notSeen).toEqual([expect.objectContaining({ kind: 'cluster', name: 'pinned' })]);
});

test('services have stubs that allow and deny', () => {
  const made = world({
    listeners: [
      listener('web', 80, [
        http(
          [['/', 'web']],
          [
            filter('http.ext_authz.v3.ExtAuthz', { grpc_service: { envoy_grpc: { cluster_name: 'authz' } } }),
            filter('http.ext_authz.v3.ExtAuthz', { http_service: { server_uri: { cluster: 'http-authz' } } }),
            filter('http.ratelimit.v3.RateLimit', {
              rate_limit_service: { grpc_service: { google_grpc: { target_uri: 'limits.example.com:8081' } } },
            }),
          ],
        ),
      ]),
    ],
    clusters: [
      cluster('web', [endpoint('10.0.0.1', 80)]),
      cluster('authz', [endpoint('10.0.0.2', 9000)]),
      cluster('http-authz', [endpoint('10.0.0.3', 9000)]),
    ],
  });
  const { stubs, topology } = made.scenario;
  expect(stubs.places).toEqual({
    authz: [{ endpoint: { address: '10.0.0.2', port: 9000 } }],
    rateLimit: [
      { endpoint: { address: '198.19.0.1', port: 8081 } },
      { endpoint: { address: '2001:db8:19::1', port: 8081 } },
    ],
  });
  expect(stubs.denials).toMatchObject({ authz: { response: { status: { code: 7 } } }, rateLimit: { response: {} } });
  expect(topology.upstreams['http-authz']?.replies?.deny).toMatchObject({ status: 403 });
  expect(made.services).toEqual(['authz', 'http-authz', 'limits.example.com:8081']);
  expect(Object.keys(topology.upstreams)).toEqual(['web', 'http-authz']);
});

test('the lab signs a token for a remote key set or one in a file, not for one in the config', () => {
  const made = world({
    listeners: [
      listener('web', 80, [
        http(
          [],
          [
            filter('http.jwt_authn.v3.JwtAuthentication', {
              providers: {
                remote: {
                  issuer: 'https://issuer',
                  audiences: ['book'],
                  remote_jwks: { http_uri: { uri: 'https://keys.example.com/certs?x=1', cluster: 'keys' } },
                },
                file: { local_jwks: { filename: '/etc/jwks.json' } },
                inline: { local_jwks: { inline_string: '{}' } },
              },
            }),
          ],
        ),
      ]),
    ],
    clusters: [cluster('keys', [endpoint('keys.example.com', 443)], tls({}))],
  });
  const claims = JSON.parse(Buffer.from(made.tokens.remote?.split('.')[1] ?? '', 'base64url').toString());
  expect(claims).toEqual({ iss: 'https://issuer', aud: 'book', sub: 'check', iat: 0, exp: 31_536_000 });
  expect(Object.keys(made.tokens)).toEqual(['remote', 'file']);
  const { documents = {} } = made.scenario.topology.upstreams.keys?.answersAll ?? {};
  expect(Object.keys(documents)).toEqual(['/certs?x=1']);
  expect(Object.keys(made.scenario.envoy?.files ?? {})).toEqual(['/etc/jwks.json']);
  expect(made.notSeen).toEqual([expect.objectContaining({ kind: 'token', name: 'provider inline' })]);
});

test('a token has the claims that RBAC policies demand', () => {
  const matcher = (key: string, exact: string): JsonObject => ({
    metadata: {
      filter: 'envoy.filters.http.jwt_authn',
      path: [{ key: 'payload' }, ...key.split('.').map((part) => ({ key: part }))],
      value: { string_match: { exact } },
    },
  });
  const principals = [matcher('sub', 'admin'), matcher('realm.role', 'staff'), { not_id: matcher('sub', 'guest') }];
  const provider = { payload_in_metadata: 'payload', local_jwks: { filename: '/jwks' } };
  const made = world({
    listeners: [
      listener('web', 80, [
        http(
          [],
          [
            filter('http.jwt_authn.v3.JwtAuthentication', { providers: { provider } }),
            filter('http.rbac.v3.RBAC', { rules: { policies: { one: { permissions: [{ any: true }], principals } } } }),
          ],
        ),
      ]),
    ],
  });
  const claims = JSON.parse(Buffer.from(made.tokens.provider?.split('.')[1] ?? '', 'base64url').toString());
  expect(claims).toMatchObject({ sub: 'admin', realm: { role: 'staff' } });
});

test('a cluster that is an own listener has no upstream; where it leads back, that is a note', () => {
  const made = world(
    {
      listeners: [
        listener('loop', 8080, [http([['/', 'self']])]),
        listener('outer', 8081, [http([['/', 'inner']])]),
        listener('inner', 8082, [http([['/', 'web']])]),
        listener('pages', 8083, [http([['/', 'admin']])]),
      ],
      clusters: [
        cluster('self', [endpoint('127.0.0.1', 8080)]),
        cluster('inner', [endpoint('localhost', 8082)]),
        cluster('web', [endpoint('10.0.0.1', 80)]),
        cluster('admin', [endpoint('127.0.0.1', 9901)]),
      ],
    },
    { text: 'admin: { address: { socket_address: { address: 0.0.0.0, port_value: 9901 } } }' },
  );
  expect(Object.keys(made.scenario.topology.upstreams)).toEqual(['web']);
  expect(made.loops).toEqual(['self']);
  expect(made.scenario.topology.refused).toEqual([8080]);
  expect(made.scenario.envoy?.adminPort).toBe(9901);
  expect(made.notes).toEqual([
    "The cluster self is this Envoy's own listener loop: requests to it would come back without end, and are refused.",
    "The cluster inner is this Envoy's own listener inner.",
    "The cluster admin is this Envoy's admin interface.",
  ]);
});

test('clusters of the original destination and of the dynamic forward proxy are anywhere', () => {
  const made = world({
    clusters: [
      { name: 'original', type: 'ORIGINAL_DST' },
      { name: 'forward', cluster_type: { name: 'envoy.clusters.dynamic_forward_proxy' } },
      { name: 'nothing', type: 'EDS' },
    ],
  });
  expect(upstreamsOf(made)).toMatchObject({ original: { endpoints: [{ anywhere: true }] } });
  expect(made.upstreamOf).toEqual({ original: 'original', forward: 'original' });
  expect(made.notSeen).toEqual([{ kind: 'cluster', name: 'nothing', why: 'it has no endpoints' }]);
});

test('addresses of listeners are addresses of Envoy’s host', () => {
  const made = world({
    listeners: [{ name: 'a', address: { socket_address: { address: '10.9.9.9', port_value: 80 } } }],
    clusters: [cluster('beside', [endpoint('10.9.9.9', 81)])],
  });
  expect(made.scenario.topology.addresses).toEqual(['10.9.9.9']);
  expect(upstreamsOf(made)).toMatchObject({ beside: { endpoints: [{ onEnvoyHost: true }] } });
});
