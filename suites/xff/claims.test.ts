import { describe, expect } from 'vitest';
import { chapter } from '../../fixtures/chapter.ts';
import { ADDRESSES } from '../../helpers/constants/addresses.ts';
import type { RawHeader } from '../../helpers/exchange/wire.ts';
import { LISTENERS, xff } from './scenario.ts';

const test = chapter(xff);

/** The address of Envoy's host from which a client connects to that address. */
const HOST = ADDRESSES.towardsUpstreams.ipv4;
const FORGED_ID = 'c0ffee00-0000-4000-8000-000000000000';

/** The headers whose values depend on who the client is. */
const NAMES = ['x-forwarded-for', 'x-envoy-internal', 'x-envoy-external-address', 'x-forwarded-proto'] as const;

interface Case {
  title: string;
  listener: keyof typeof LISTENERS;
  /** X-Forwarded-For of the request: a line, or several. */
  sent?: string | string[];
  headers?: RawHeader[];
  /** What the upstream receives; a name that is absent is not sent to it. */
  received: Partial<Record<(typeof NAMES)[number], string>>;
  /** The client's address in the access log; the client's own by default. */
  client?: string;
  /** The client connects to the loopback address. */
  local?: true;
}

function claims(cases: Case[]): void {
  for (const { title, listener, sent = [], headers = [], received: expected, client, local } of cases) {
    test(title, async ({ downstream }) => {
      const url = `http://${local ? '127.0.0.1' : HOST}:${LISTENERS[listener]}/`;
      const lines = [sent].flat().map((value): RawHeader => ['x-forwarded-for', value]);
      const { reply, received, accessLog } = await downstream.get(url, { headers: [...lines, ...headers] });
      const [request] = received;
      const found = NAMES.map((name) => [name, request?.header(name)]).filter(([, value]) => value !== undefined);
      expect(Object.fromEntries(found)).toEqual({ 'x-forwarded-proto': 'http', ...expected });
      const [address] = accessLog.map((entry) => entry.downstream_remote_address);
      // An address from a header has no port.
      expect(address).toBe(client === undefined ? reply.local : `${client}:0`);
    });
  }
}

const ONE = '203.0.113.7';
const TWO = '192.0.2.1, 203.0.113.7';
const THREE = '192.0.2.1, 203.0.113.7, 203.0.113.8';

describe('without use_remote_address', () => {
  claims([
    {
      title: 'a request without X-Forwarded-For has the address of its connection, and Envoy adds no header',
      ...{ listener: 'default', received: {} },
    },
    {
      title: 'by default, the address in X-Forwarded-For is the client of the request; any sender can forge it',
      ...{ listener: 'default', sent: ONE, received: { 'x-forwarded-for': ONE }, client: ONE },
    },
    {
      title: 'of several addresses in X-Forwarded-For, the last one is the client',
      ...{ listener: 'default', sent: TWO, received: { 'x-forwarded-for': TWO }, client: ONE },
    },
    {
      title: 'two lines of X-Forwarded-For are one list, joined by a comma',
      ...{ listener: 'default', sent: TWO.split(', ') },
      ...{ received: { 'x-forwarded-for': '192.0.2.1,203.0.113.7' }, client: ONE },
    },
    {
      title: 'an IPv6 address in X-Forwarded-For is the client',
      ...{ listener: 'default', sent: '2001:db8::7', received: { 'x-forwarded-for': '2001:db8::7' } },
      client: '[2001:db8::7]',
    },
    {
      title: 'an X-Forwarded-For that is no address is passed on, and does not count',
      ...{ listener: 'default', sent: 'unknown', received: { 'x-forwarded-for': 'unknown' } },
    },
    {
      title: 'an X-Forwarded-For with a port is passed on, and does not count',
      ...{ listener: 'default', sent: `${ONE}:8080`, received: { 'x-forwarded-for': `${ONE}:8080` } },
    },
    {
      title: 'x-envoy-external-address and X-Forwarded-Proto of any client are passed on, x-envoy-internal is not',
      listener: 'default',
      headers: [
        ['x-envoy-internal', 'true'],
        ['x-envoy-external-address', '203.0.113.66'],
        ['x-forwarded-proto', 'https'],
      ],
      received: { 'x-envoy-external-address': '203.0.113.66', 'x-forwarded-proto': 'https' },
    },
    {
      title: 'with xff_num_trusted_hops 1, the last address but one is the client',
      ...{ listener: 'hop', sent: TWO, received: { 'x-forwarded-for': TWO }, client: '192.0.2.1' },
    },
    {
      title: 'with xff_num_trusted_hops 1, an address in front of the client is passed on, and does not count',
      ...{ listener: 'hop', sent: THREE, received: { 'x-forwarded-for': THREE }, client: ONE },
    },
    {
      title: 'with xff_num_trusted_hops 1, one address alone does not count',
      ...{ listener: 'hop', sent: ONE, received: { 'x-forwarded-for': ONE } },
    },
  ]);
});

describe('with use_remote_address', () => {
  claims([
    {
      title: "the connection's address is the client: Envoy sends it in X-Forwarded-For and as external",
      ...{ listener: 'edge', received: { 'x-forwarded-for': HOST, 'x-envoy-external-address': HOST } },
    },
    {
      title: "the connection's address is appended to X-Forwarded-For, which does not count",
      ...{ listener: 'edge', sent: TWO },
      received: { 'x-forwarded-for': `${TWO},${HOST}`, 'x-envoy-external-address': HOST },
    },
    {
      title: "an X-Forwarded-For that is no address is passed on in front of the connection's address",
      ...{ listener: 'edge', sent: 'unknown' },
      received: { 'x-forwarded-for': `unknown,${HOST}`, 'x-envoy-external-address': HOST },
    },
    {
      title: "for a client on the loopback address, Envoy's host stands in X-Forwarded-For",
      ...{ listener: 'edge', local: true },
      received: { 'x-forwarded-for': HOST, 'x-envoy-external-address': '127.0.0.1' },
    },
    {
      title: 'internal headers and X-Forwarded-Proto of an external client are replaced',
      listener: 'edge',
      headers: [
        ['x-envoy-internal', 'true'],
        ['x-envoy-external-address', '203.0.113.66'],
        ['x-forwarded-proto', 'https'],
      ],
      received: { 'x-forwarded-for': HOST, 'x-envoy-external-address': HOST },
    },
    {
      title: 'with skip_xff_append, X-Forwarded-For is passed on as it came, and does not count',
      ...{ listener: 'unappended', sent: TWO },
      received: { 'x-forwarded-for': TWO, 'x-envoy-external-address': HOST },
    },
    {
      title: 'with xff_num_trusted_hops 1, the last address of X-Forwarded-For is the client',
      ...{ listener: 'edge-hop', sent: TWO, client: ONE },
      received: { 'x-forwarded-for': `${TWO},${HOST}`, 'x-envoy-external-address': ONE },
    },
    {
      title: 'with xff_num_trusted_hops 1, a private address in X-Forwarded-For is external, too',
      ...{ listener: 'edge-hop', sent: '10.1.2.3', client: '10.1.2.3' },
      received: { 'x-forwarded-for': `10.1.2.3,${HOST}`, 'x-envoy-external-address': '10.1.2.3' },
    },
    {
      title: "with xff_num_trusted_hops 1 and no X-Forwarded-For, the connection's address is the client",
      ...{ listener: 'edge-hop', received: { 'x-forwarded-for': HOST, 'x-envoy-external-address': HOST } },
    },
    {
      title: 'with xff_num_trusted_hops 1, X-Forwarded-Proto is the one of the trusted proxy',
      ...{ listener: 'edge-hop', headers: [['x-forwarded-proto', 'https']] },
      received: { 'x-forwarded-for': HOST, 'x-envoy-external-address': HOST, 'x-forwarded-proto': 'https' },
    },
    {
      title: 'a client in a range of internal_address_config is internal, where no proxy stands in front',
      ...{ listener: 'internal-range', received: { 'x-forwarded-for': HOST, 'x-envoy-internal': 'true' } },
    },
    {
      title: 'a request with X-Forwarded-For is external, even from a client in internal_address_config',
      ...{ listener: 'internal-range', sent: ONE },
      received: { 'x-forwarded-for': `${ONE},${HOST}`, 'x-envoy-external-address': HOST },
    },
    {
      title: 'an internal client may set x-envoy-external-address',
      ...{ listener: 'internal-range', headers: [['x-envoy-external-address', '203.0.113.66']] },
      received: {
        ...{ 'x-forwarded-for': HOST, 'x-envoy-internal': 'true', 'x-envoy-external-address': '203.0.113.66' },
      },
    },
  ]);

  test.for([
    ['an external client is replaced', 'edge', false],
    ['an internal client is kept', 'internal-range', true],
    ['an external client is kept with preserve_external_request_id', 'identified', true],
  ] as const)('the x-request-id of %s', async ([, listener, isKept], { downstream }) => {
    const { received } = await downstream.get(`http://${HOST}:${LISTENERS[listener]}/`, {
      headers: { 'x-request-id': FORGED_ID },
    });
    expect(received[0]?.header('x-request-id') === FORGED_ID).toBe(isKept);
    expect(received[0]?.header('x-envoy-external-address')).toBe(listener === 'internal-range' ? undefined : HOST);
    expect(received[0]?.header('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('via and append_x_forwarded_port name the proxy and the port of its listener', async ({ downstream }) => {
    const { received } = await downstream.get(`http://${HOST}:${LISTENERS.identified}/`);
    expect(['via', 'x-forwarded-port'].map((name) => received[0]?.header(name))).toEqual([
      'big-book',
      String(LISTENERS.identified),
    ]);
  });

  test('X-Forwarded-Host of a client is passed on: Envoy neither sets nor checks it', async ({ downstream }) => {
    const { received } = await downstream.get(`http://${HOST}:${LISTENERS.edge}/`, {
      headers: { 'x-forwarded-host': 'forged.test' },
    });
    expect(received[0]?.header('x-forwarded-host')).toBe('forged.test');
  });
});

describe('with original_ip_detection_extensions', () => {
  claims([
    {
      title: 'custom_header: the address in x-real-ip is the client; Envoy appends nothing to X-Forwarded-For',
      ...{ listener: 'header', headers: [['x-real-ip', '203.0.113.9']], received: {}, client: '203.0.113.9' },
    },
    {
      title:
        'custom_header: an address in internal_address_config is internal where the extension may set it as trusted',
      ...{ listener: 'header', headers: [['x-real-ip', '192.0.2.1']], received: { 'x-envoy-internal': 'true' } },
      client: '192.0.2.1',
    },
    {
      title: 'xff_trusted_cidrs: the last address outside the ranges is the client, where the connection is inside',
      ...{ listener: 'ranges', sent: THREE, local: true, client: '192.0.2.1' },
      received: { 'x-forwarded-for': `${THREE},${HOST}` },
    },
    {
      title: 'xff_trusted_cidrs: the first address is the client where all addresses are inside the ranges',
      ...{ listener: 'ranges', sent: ONE, local: true, client: ONE },
      received: { 'x-forwarded-for': `${ONE},${HOST}` },
    },
    {
      title: 'xff_trusted_cidrs: X-Forwarded-For of a connection from outside the ranges does not count',
      ...{ listener: 'ranges', sent: THREE, received: { 'x-forwarded-for': `${THREE},${HOST}` } },
    },
  ]);

  test.for([
    ['without its header', []],
    ['whose header is no address', [['x-real-ip', 'unknown']]],
  ] as [string, RawHeader[]][])(
    'custom_header with reject_with_status: 401 to a request %s',
    async ([, headers], { downstream }) => {
      const { reply, received, accessLog } = await downstream.get(`http://${HOST}:${LISTENERS.header}/`, { headers });
      expect([reply.outcome, received.length]).toEqual([401, 0]);
      expect(accessLog).toEqual([
        expect.objectContaining({ response_code: 401, response_code_details: 'rejecting_because_detection_failed' }),
      ]);
    },
  );
});
