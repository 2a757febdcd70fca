import { expect, test } from 'vitest';
import { type Document, parseDocument } from 'yaml';
import {
  cluster,
  connectionManager,
  describePlace,
  endpoint,
  filter,
  follow,
  labelOf,
  listener,
  listenerFilter,
  networkFilter,
  placeOf,
  route,
  type Selector,
  virtualHost,
} from './select.ts';

const HCM =
  '"@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';

const DOCUMENT: Document = parseDocument(`
static_resources:
  listeners:
    - name: ingress
      listener_filters: [{ name: original_dst }, { name: original_src }]
      filter_chains:
        - filters:
            - name: hcm
              typed_config:
                ${HCM}
                route_config:
                  virtual_hosts:
                    - name: one
                      domains: [one.test, "[::1]:80"]
                      routes:
                        - match: { connect_matcher: {} }
                        - match: { prefix: / }
                    - name: all
                      domains: ["*"]
                      routes:
                        - { name: health, match: { path: /healthz } }
                        - match: { safe_regex: { regex: "/a.*" } }
                        - match: { prefix: / }
                          request_headers_to_add: [{ header: { key: x-a } }, { header: { key: x-b } }]
                          typed_per_filter_config: { envoy.filters.http.ext_authz: { disabled: true } }
                http_filters: [{ name: envoy.filters.http.ext_authz, disabled: true }, { name: router }]
    - name: bytes
      default_filter_chain:
        filters: [{ name: tcp_proxy, typed_config: { "@type": x.TcpProxy } }]
  clusters:
    - name: upstream
      load_assignment:
        endpoints:
          - lb_endpoints:
              - endpoint: { address: { socket_address: { address: upstream, port_value: 5000 } } }
    - name: authz
      circuit_breakers: { thresholds: [{ max_requests: 1 }, { max_requests: 2 }] }
`);

/** What a selector leads to, by a word of its own. */
function nodeAt(selector: Selector): unknown {
  return (DOCUMENT.getIn(placeOf(DOCUMENT, selector)) as { toJSON(): unknown }).toJSON();
}

test('a selector finds an object by name in any list', () => {
  expect(nodeAt(listener('bytes'))).toMatchObject({ name: 'bytes' });
  expect(nodeAt(listenerFilter('original_src'))).toEqual({ name: 'original_src' });
  expect(nodeAt(networkFilter('tcp_proxy'))).toMatchObject({ name: 'tcp_proxy' });
  expect(nodeAt(filter('envoy.filters.http.ext_authz'))).toMatchObject({ disabled: true });
  expect(nodeAt(virtualHost('one'))).toMatchObject({ name: 'one' });
  expect(nodeAt(cluster('authz'))).toMatchObject({ name: 'authz' });
  expect(nodeAt(endpoint('upstream:5000'))).toMatchObject({ address: { socket_address: { port_value: 5000 } } });
});

test('a selector finds a route by its name or its match', () => {
  for (const name of ['health', '/healthz']) expect(nodeAt(route(name))).toMatchObject({ name: 'health' });
  expect(nodeAt(route('CONNECT'))).toEqual({ match: { connect_matcher: {} } });
  expect(nodeAt(route('/a.*'))).toMatchObject({ match: { safe_regex: {} } });
});

test('a selector without a name finds the only object of its kind', () => {
  expect(nodeAt(connectionManager())).toHaveProperty('route_config');
  expect(nodeAt(connectionManager('ingress'))).toEqual(nodeAt(connectionManager()));
  expect(() => placeOf(DOCUMENT, connectionManager('bytes'))).toThrow('no HTTP connection manager bytes');
});

test('a selector distinguishes equal names by the containing object', () => {
  expect(nodeAt(route('/', virtualHost('all')))).toHaveProperty('request_headers_to_add');
  expect(nodeAt(route('/', virtualHost('one')))).toEqual({ match: { prefix: '/' } });
});

test('a selector of no object or several is an error that lists the objects', () => {
  expect(() => placeOf(DOCUMENT, cluster('nope'))).toThrow(
    'the config has no cluster nope; objects of this kind: upstream, authz',
  );
  expect(() => placeOf(DOCUMENT, route('/'))).toThrow(
    'the config has several: route /; objects of this kind: CONNECT, /, health, /a.*, /',
  );
  expect(() => placeOf(DOCUMENT, listener())).toThrow('several: listener; objects of this kind: ingress, bytes');
  expect(() => placeOf(parseDocument('{}'), listener())).toThrow('of this kind: none');
});

test('a path has list items and dotted keys in brackets; a list of one item needs no step', () => {
  const from = (at: Selector, path: string): unknown => {
    const place = follow(DOCUMENT, placeOf(DOCUMENT, at), path);
    return place && DOCUMENT.getIn(place);
  };
  const all = route('/', virtualHost('all'));
  expect(from(all, 'request_headers_to_add[x-b].header.key')).toBe('x-b');
  expect(from(all, 'typed_per_filter_config[envoy.filters.http.ext_authz].disabled')).toBe(true);
  expect(from(virtualHost('one'), 'domains[[::1]:80]')).toBe('[::1]:80');
  expect(
    from(cluster('upstream'), 'load_assignment.endpoints.lb_endpoints.endpoint.address.socket_address.address'),
  ).toBe('upstream');
  expect(from(cluster('authz'), 'circuit_breakers.thresholds[#2].max_requests')).toBe(2);
  expect(from(all, 'request_headers_to_add[x-c].header.key')).toBeUndefined();
});

test('every scalar has an object and a path that resolve to it', () => {
  const scalars: (string | number)[][] = [];
  const walk = (value: unknown, place: (string | number)[]): void => {
    if (typeof value !== 'object' || value === null) scalars.push(place);
    else
      for (const [key, each] of Object.entries(value)) walk(each, [...place, Array.isArray(value) ? Number(key) : key]);
  };
  walk(DOCUMENT.toJSON(), []);
  const labels = scalars.map((place) => {
    const { at, path } = describePlace(DOCUMENT, place);
    expect(follow(DOCUMENT, at ? placeOf(DOCUMENT, at) : [], path)).toEqual(place);
    return `${at && labelOf(at)}: ${path}`;
  });
  expect(new Set(labels).size).toBe(labels.length);
  expect(labels).toContain('route / in virtual host all: request_headers_to_add[x-a].header.key');
  expect(labels).toContain('cluster authz: circuit_breakers.thresholds[#1].max_requests');
});
