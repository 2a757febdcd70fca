import { createHash } from 'node:crypto';
import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, combined, differs } from '../../fixtures/chapter.ts';
import type { DialOptions } from '../../fixtures/exchange/downstream.ts';
import { endOf } from '../../helpers/constants/addresses.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionManager } from '../../helpers/envoy/select.ts';
import type { CheckResponse } from '../../helpers/exchange/stub-calls.ts';
import type { RawHeader } from '../../helpers/exchange/wire.ts';
import { allow, deny, header } from '../../helpers/scenario/answers.ts';
import { APPEND_ACTIONS, twice } from '../shared/ext-authz/headers.ts';
import { denied, failed } from '../shared/ext-authz/log-lines.ts';
import { extAuthzProxy } from './scenario.ts';

const test = chapter(extAuthzProxy);

const LISTENER = `127.0.0.1:${PORTS.listener}`;

describe('allowed requests', () => {
  test('an allowed request reaches the upstream with the headers of ok_response and counts as ext_authz.ok', async ({
    lab,
    downstream,
  }) => {
    const { reply, received, checks, stats } = await downstream.get(lab.envoyUrl);
    expect(reply.servedBy).toBe('upstream');
    expect(received[0]?.header('x-ext-auth-id'), 'x-ext-auth-id').toBe('curl');
    expect(received[0]?.header('x-ext-auth-id-user'), 'x-ext-auth-id-user').toBe('bob');
    expect(checks).toHaveLength(1);
    expect(stats['http.ingress.ext_authz.ok']).toBe(1);
  });

  test('ok_response.headers replace an x-ext-auth-id that the client forges', async ({ lab, downstream }) => {
    const { received } = await downstream.get(lab.envoyUrl, {
      headers: [
        ['x-ext-auth-id', 'root'],
        ['X-Ext-Auth-Id-User', 'alice'],
        ['x-ext-auth-id-user', 'mallory'],
      ],
    });
    expect(received[0]?.lines('x-ext-auth-id')).toEqual(['curl']);
    expect(received[0]?.lines('x-ext-auth-id-user')).toEqual(['bob']);
  });

  test('an empty CheckResponse allows the request, which gains no x-ext-auth-id', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers({ response: {} });
    const { reply, received, checks } = await downstream.get(lab.envoyUrl);
    expect(checks).toHaveLength(1);
    expect(reply.outcome).toBe(200);
    expect(received[0]?.header('x-ext-auth-id')).toBeUndefined();
  });

  test('on a route with ext_authz disabled, Envoy sends no CheckRequest and forwards a forged x-ext-auth-id', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers(deny());
    const { reply, received, checks } = await downstream.get(`${lab.envoyUrl}/unchecked`, {
      headers: { 'x-ext-auth-id': 'root' },
    });
    expect(reply.outcome).toBe(200);
    expect(received[0]?.header('x-ext-auth-id')).toBe('root');
    expect(checks).toEqual([]);
  });
});

describe('CheckRequest content', () => {
  test('the CheckRequest carries source and destination address of the downstream connection', async ({
    lab,
    downstream,
  }) => {
    const { reply, checks } = await downstream.get(lab.envoyUrl);
    expect(checks[0]?.attributes?.source?.address?.socket_address).toEqual({
      address: '127.0.0.1',
      port_value: endOf(reply.local).port,
    });
    expect(checks[0]?.attributes?.destination?.address?.socket_address).toEqual({
      address: '127.0.0.1',
      port_value: PORTS.listener,
    });
  });

  test('the CheckRequest carries method, path with query, host, scheme and protocol of the request', async ({
    lab,
    downstream,
  }) => {
    const { checks } = await downstream.get(`${lab.envoyUrl}/a/path?with=query`, {
      method: 'PUT',
      headers: { host: 'a.host' },
    });
    expect(checks[0]?.attributes?.request?.http).toMatchObject({
      method: 'PUT',
      path: '/a/path?with=query',
      host: 'a.host',
      scheme: 'http',
      protocol: 'HTTP/1.1',
    });
  });

  test('the CheckRequest carries all request headers, including x-forwarded-for and others added by Envoy', async ({
    lab,
    downstream,
  }) => {
    const { checks, received } = await downstream.get(lab.envoyUrl, { headers: { 'x-of-the-downstream': 'yes' } });
    expect(checks[0]?.attributes?.request?.http?.headers).toEqual({
      ':authority': `127.0.0.1:${PORTS.listener}`,
      ':method': 'GET',
      ':path': '/',
      ':scheme': 'http',
      'x-envoy-external-address': '127.0.0.1',
      'x-forwarded-for': '198.51.100.1',
      'x-forwarded-proto': 'http',
      'x-of-the-downstream': 'yes',
      'x-request-id': received[0]?.header('x-request-id'),
    });
  });

  test('a header sent twice is one comma-separated value in the CheckRequest and two lines at the upstream', async ({
    lab,
    downstream,
  }) => {
    const { checks, received } = await downstream.get(lab.envoyUrl, { headers: twice('x-twice') });
    expect(checks[0]?.attributes?.request?.http?.headers?.['x-twice']).toBe('c1,c2');
    expect(received[0]?.lines('x-twice')).toEqual(['c1', 'c2']);
  });

  test('with prefix_rewrite, the CheckRequest carries the original path; the upstream receives the new path', async ({
    lab,
    downstream,
  }) => {
    const { checks, received } = await downstream.get(`${lab.envoyUrl}/with-context`);
    expect(checks[0]?.attributes?.request?.http?.path).toBe('/with-context');
    expect(received[0]?.path).toBe('/');
  });

  test('the CheckRequest carries context_extensions on the route that sets them and none on another route', async ({
    lab,
    downstream,
  }) => {
    const withExtensions = await downstream.get(`${lab.envoyUrl}/with-context`);
    const another = await downstream.get(lab.envoyUrl);
    expect(withExtensions.checks[0]?.attributes?.context_extensions).toEqual({ tier: 'gold' });
    expect(another.checks).toHaveLength(1);
    expect(another.checks[0]?.attributes?.context_extensions).toBeUndefined();
  });

  test('with_request_body adds body and size to the CheckRequest; a route without it sends no body', async ({
    lab,
    downstream,
  }) => {
    const withBody = await downstream.post(`${lab.envoyUrl}/with-body`, { body: 'hello' });
    const another = await downstream.post(lab.envoyUrl, { body: 'hello' });
    expect(withBody.checks[0]?.attributes?.request?.http).toMatchObject({ size: 5, body: 'hello' });
    expect(another.checks[0]?.attributes?.request?.http).toBeDefined();
    expect(another.checks[0]?.attributes?.request?.http).not.toHaveProperty('body');
    expect([withBody, another].map(({ reply }) => reply.outcome)).toEqual([200, 200]);
    expect([withBody, another].map(({ received }) => received[0]?.header('content-length'))).toEqual(['5', '5']);
  });

  test('with pack_as_bytes, the CheckRequest carries the body as raw_body; without it, as body', async ({
    lab,
    downstream,
  }) => {
    const packed = await downstream.post(`${lab.envoyUrl}/with-raw-body`, { body: 'Aé' });
    const plain = await downstream.post(`${lab.envoyUrl}/with-body`, { body: 'Aé' });
    expect(packed.checks[0]?.attributes?.request?.http).toMatchObject({ size: 3, raw_body: '41c3a9' });
    expect(packed.checks[0]?.attributes?.request?.http).not.toHaveProperty('body');
    expect(plain.checks[0]?.attributes?.request?.http).toMatchObject({ size: 3, body: 'Aé' });
    expect(plain.checks[0]?.attributes?.request?.http).not.toHaveProperty('raw_body');
    expect([packed, plain].map(({ received }) => received[0]?.header('content-length'))).toEqual(['3', '3']);
  });

  test('body bytes that are not UTF-8 are "!" in body of the CheckRequest, unchanged in raw_body and at the upstream', async ({
    downstream,
  }) => {
    const post = (path: string) =>
      downstream.dial(`127.0.0.1:${PORTS.listener}`, {
        steps: [
          {
            send: `POST ${path} HTTP/1.1\r\nHost: a.host\r\nContent-Length: 3\r\nConnection: close\r\n\r\n\u00ff\u00feA`,
          },
        ],
      });
    const [plain, packed] = [await post('/with-body'), await post('/with-raw-body')];
    expect(plain.checks[0]?.attributes?.request?.http?.body).toBe('!!A');
    expect(packed.checks[0]?.attributes?.request?.http?.raw_body).toBe('fffe41');
    const sha256 = createHash('sha256').update(Buffer.from('fffe41', 'hex')).digest('hex');
    for (const { received } of [plain, packed]) expect(received[0]?.body).toEqual({ bytes: 3, sha256 });
  });

  test('with allow_partial_message, the CheckRequest carries 16 of 17 body bytes; the upstream receives all 17', async ({
    lab,
    downstream,
  }) => {
    const { reply, received, checks } = await downstream.post(`${lab.envoyUrl}/with-raw-body`, {
      body: `${'x'.repeat(16)}y`,
    });
    expect(reply.outcome).toBe(200);
    expect(checks[0]?.attributes?.request?.http).toMatchObject({ size: 17, raw_body: '78'.repeat(16) });
    expect(checks[0]?.attributes?.request?.http?.headers?.['x-envoy-auth-partial-body']).toBe('true');
    expect(received[0]?.header('content-length')).toBe('17');
  });

  test('a request with a body longer than with_request_body.max_request_bytes gets 413 without a CheckRequest', async ({
    lab,
    downstream,
  }) => {
    const { reply, received, checks } = await downstream.post(`${lab.envoyUrl}/with-body`, { body: 'x'.repeat(17) });
    expect(reply.outcome).toBe(413);
    expect({ received, checks }).toEqual({ received: [], checks: [] });
  });
});

describe('denied requests', () => {
  test("a denied request gets the authorization service's status, headers and body, with flag UAEX", async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers(deny({ status: { code: 401 }, headers: [header('x-why', 'no')], body: 'denied by the stub' }));
    const { reply, accessLog, stats } = await downstream.get(lab.envoyUrl);
    expect(reply.outcome).toBe(401);
    expect(reply.header('x-why'), 'x-why').toBe('no');
    expect(reply.header('content-type')).toBe('text/plain');
    expect(reply.body).toBe('denied by the stub');
    expect(accessLog).toEqual([denied]);
    expect(stats['http.ingress.ext_authz.denied']).toBe(1);
  });

  test('a request that ext_authz denies never reaches the upstream, which counts only allowed requests', async ({
    lab,
    authz,
    downstream,
  }) => {
    const before = await downstream.get(lab.envoyUrl);
    await authz.answers(deny());
    const refused = await downstream.get(lab.envoyUrl);
    await authz.answers(allow());
    const after = await downstream.get(lab.envoyUrl);
    const [first, last] = [before, after].map(({ received }) => received[0]?.raw.requests ?? 0);
    expect(refused.received).toEqual([]);
    expect(last).toBe((first ?? 0) + 1);
  });

  test('a denial without an HTTP status in denied_response returns 403 UAEX with an empty body', async ({
    lab,
    authz,
    downstream,
  }) => {
    for (const answer of [{ response: { status: { code: 7 } } }, deny(), deny({ status: { code: 0 } })]) {
      await authz.answers(answer);
      const { reply, received, accessLog } = await downstream.get(lab.envoyUrl);
      expect(reply.outcome, JSON.stringify(answer)).toBe(403);
      expect(reply.header('content-length')).toBe('0');
      expect(reply.header('content-type')).toBeUndefined();
      expect(received).toEqual([]);
      expect(accessLog).toEqual([denied]);
    }
  });

  test('denied_response with status 200 returns 200 UAEX; the upstream does not receive the request', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers(deny({ status: { code: 200 }, body: 'not from the upstream' }));
    const { reply, received, accessLog } = await downstream.get(lab.envoyUrl);
    expect(reply.outcome).toBe(200);
    expect(reply.body).toBe('not from the upstream');
    expect(received).toEqual([]);
    expect(accessLog).toEqual([denied]);
  });

  test('CheckResponse.status decides: code 7 with ok_response denies, code 0 with denied_response allows', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers({ response: { status: { code: 7 }, ok_response: { headers: [header('x-id', 'stub')] } } });
    const refused = await downstream.get(lab.envoyUrl);
    await authz.answers({ response: { status: { code: 0 }, denied_response: { status: { code: 401 }, body: 'no' } } });
    const allowed = await downstream.get(lab.envoyUrl);
    expect([refused, allowed].map(({ reply }) => reply.outcome)).toEqual([403, 200]);
    expect([refused.received.length, allowed.received.length]).toEqual([0, 1]);
  });

  test('denied_response.headers: a repeated header stays two lines, whatever its append_action', async ({
    lab,
    authz,
    downstream,
  }) => {
    for (const action of [undefined, ...APPEND_ACTIONS]) {
      await authz.answers(deny({ headers: ['a', 'b'].map((value) => header('x-user', value, { action })) }));
      const { reply } = await downstream.get(lab.envoyUrl);
      expect(reply.lines('x-user'), action ?? 'no append_action').toEqual(['a', 'b']);
    }
  });

  test('denied_response.headers: a header with append: true is dropped', async ({ lab, authz, downstream }) => {
    await authz.answers(
      deny({
        headers: [
          ...[header('x-unset', 'a'), header('x-unset', 'b', { append: true })],
          ...[header('x-false', 'a', { append: false }), header('x-false', 'b', { append: true })],
          header('x-true', 'b', { append: true }),
        ],
      }),
    );
    const { reply } = await downstream.get(lab.envoyUrl);
    expect(['x-unset', 'x-false', 'x-true'].map((name) => reply.lines(name))).toEqual([['a'], ['a'], []]);
  });

  test('denied_response.headers can set content-type, but not content-length and server', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers(
      deny({
        headers: [header('content-type', 'text/html'), header('content-length', '99'), header('server', 'stub')],
        body: '<p>no</p>',
      }),
    );
    const { reply } = await downstream.get(lab.envoyUrl);
    expect(reply.lines('content-type')).toEqual(['text/html']);
    expect(reply.lines('content-length')).toEqual(['9']);
    expect(reply.lines('server')).toEqual(['envoy']);
  });

  test('a denial of a POST whose body never ends has connection: close, and Envoy closes the connection', async ({
    authz,
    downstream,
  }) => {
    await authz.answers(deny({ status: { code: 401 }, body: 'no' }));
    const { reply, accessLog } = await downstream.dial(LISTENER, {
      steps: [{ send: 'POST / HTTP/1.1\r\nHost: a.host\r\nContent-Length: 10\r\n\r\nabc' }],
    });
    expect(reply.outcome).toBe('closed');
    expect(reply.body).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n.*\r\nconnection: close\r\n\r\nno$/s);
    expect(accessLog).toEqual([denied]);
  });
});

describe('pending checks', () => {
  test('while the check of a request is pending, the upstream receives nothing; the request follows the allowed check', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers({ ...allow(), after: 'go on' });
    const upstreamRequests = () => lab.envoy.admin('/stats?filter=^cluster\\.upstream\\.upstream_rq_total$');
    const before = await upstreamRequests();
    let pending = '';
    const { reply, received } = await downstream.dial(`127.0.0.1:${PORTS.listener}`, {
      steps: [{ send: 'GET / HTTP/1.1\r\nHost: a.host\r\nConnection: close\r\n\r\n' }],
      meanwhile: async (signals) => {
        await signals.raised('check received');
        pending = await upstreamRequests();
        await signals.raise('go on');
      },
    });
    expect(pending).toBe(before);
    expect(reply.body).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(received).toHaveLength(1);
  });
});

describe('answers by path and count', () => {
  test('ext_authz checks each request: the same path is denied, allowed and denied again by three CheckResponses', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers({
      '/with-context': [deny({ status: { code: 401 } }), allow(), deny({ status: { code: 429 } })],
    });
    const outcomes: unknown[] = [];
    for (const path of ['/with-context', '/with-context', '/', '/with-context', '/with-context']) {
      const { reply, checks } = await downstream.get(`${lab.envoyUrl}${path}`, { connection: 'one', last: false });
      outcomes.push([reply.outcome, checks.length]);
    }
    await downstream.get(lab.envoyUrl, { connection: 'one', last: true });
    expect(outcomes).toEqual([401, 200, 200, 429, 429].map((outcome) => [outcome, 1]));
  });
});

describe('CONNECT', () => {
  const connect = (...headers: RawHeader[]): DialOptions => {
    const lines = [['Host', '198.51.100.10:5000'], ...headers].map(([name, value]) => `${name}: ${value}\r\n`);
    const send = `CONNECT 198.51.100.10:5000 HTTP/1.1\r\n${lines.join('')}\r\n`;
    return { steps: [{ send }, { until: '\r\n\r\n' }, { end: true }] };
  };
  const TUNNEL: RawHeader = ['x-tunnel', 'yes'];

  test('a CONNECT is checked by its host, without a path; an allowed one opens a tunnel', async ({ downstream }) => {
    const { reply, checks, accessLog } = await downstream.dial(LISTENER, connect(TUNNEL));
    expect(reply.body).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    const [http] = checks.map(({ attributes }) => attributes?.request?.http);
    expect(http).toMatchObject({ method: 'CONNECT', host: '198.51.100.10:5000' });
    expect(http?.path ?? '').toBe('');
    expect(accessLog).toEqual([expect.objectContaining({ method: 'CONNECT', response_code: 200 })]);
  });

  test('a denied CONNECT gets status and body of the authorization service; Envoy opens no tunnel', async ({
    authz,
    downstream,
  }) => {
    await authz.answers(deny({ status: { code: 401 }, body: 'no tunnel' }));
    const { reply, accessLog, stats } = await downstream.dial(LISTENER, connect(TUNNEL));
    expect(reply.body).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
    expect(reply.body).toMatch(/no tunnel$/);
    expect(accessLog).toEqual([denied]);
    expect(stats['cluster.upstream.upstream_cx_total']).toBeUndefined();
  });

  test('a CONNECT without a route for it gets 404 NR without a check', async ({ downstream }) => {
    const { reply, checks, accessLog } = await downstream.dial(LISTENER, connect());
    expect(reply.body).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
    expect(checks).toEqual([]);
    expect(accessLog).toEqual([
      expect.objectContaining({ response_flags: 'NR', response_code_details: 'route_not_found' }),
    ]);
  });

  test.for([
    ['query_parameters_to_set', { query_parameters_to_set: [{ key: 'plan', value: 'gold' }] }],
    ['query_parameters_to_remove', { query_parameters_to_remove: ['token'] }],
  ] satisfies [string, CheckResponse['ok_response']][])(
    'a CONNECT allowed with %s opens a tunnel; without the fix of CVE-2026-73547, it crashes Envoy',
    combined(changesEnvoy, differs(CHANGES.pathlessRequest)),
    async ([, ok], { lab, authz, downstream, since }) => {
      await authz.answers(allow(ok));
      const crash = await lab.crashOf(async () => {
        const { reply } = await downstream.dial(LISTENER, connect(TUNNEL));
        expect(reply.body).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      });
      expect(crash?.ending).toBe(since(CHANGES.pathlessRequest) ? undefined : 'SIGSEGV');
    },
  );
});

describe('filter_enabled', () => {
  const enable = { undo: '/runtime_modify?authz.enabled=' };

  test('with filter_enabled 0 %, Envoy sends no CheckRequest, forwards the request and counts it as disabled', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers(deny());
    const { reply, received, checks, stats } = await downstream.get(`${lab.envoyUrl}/enabled-never`, {
      headers: { 'x-ext-auth-id': 'root' },
    });
    expect(reply.outcome).toBe(200);
    expect(received[0]?.header('x-ext-auth-id')).toBe('root');
    expect(checks).toEqual([]);
    expect(stats['http.ingress.ext_authz.disabled']).toBe(1);
  });

  test('the runtime key of filter_enabled set to 100: Envoy checks requests without a restart', async ({
    lab,
    authz,
    downstream,
  }) => {
    await lab.adminPost('/runtime_modify?authz.enabled=100', enable);
    await authz.answers(deny());
    const { reply, checks, stats } = await downstream.get(`${lab.envoyUrl}/enabled-never`);
    expect([reply.outcome, checks.length]).toEqual([403, 1]);
    expect(stats['http.ingress.ext_authz.disabled']).toBeUndefined();
  });

  test('with deny_at_disable, a request that filter_enabled leaves out gets 403 UAEX without a CheckRequest', async ({
    lab,
    downstream,
  }) => {
    const { reply, received, checks, accessLog, stats } = await downstream.get(`${lab.envoyUrl}/denies-at-disable`);
    expect([reply.outcome, reply.body]).toEqual([403, '']);
    expect([received.length, checks.length]).toEqual([0, 0]);
    expect(accessLog).toEqual([failed]);
    expect(stats['http.ingress.ext_authz.disabled']).toBe(1);
  });

  test('with deny_at_disable, a request is checked and allowed once filter_enabled is at 100', async ({
    lab,
    downstream,
  }) => {
    await lab.adminPost('/runtime_modify?authz.enabled=100', enable);
    const { reply, checks } = await downstream.get(`${lab.envoyUrl}/denies-at-disable`);
    expect([reply.outcome, checks.length]).toEqual([200, 1]);
  });

  test('the runtime key of deny_at_disable set to false: requests pass without a CheckRequest', async ({
    lab,
    downstream,
  }) => {
    const undo = '/runtime_modify?authz.deny_at_disable=';
    await lab.adminPost('/runtime_modify?authz.deny_at_disable=false', { undo });
    const { reply, checks } = await downstream.get(`${lab.envoyUrl}/denies-at-disable`);
    expect([reply.outcome, checks.length]).toEqual([200, 0]);
  });
});

describe('downstream address', () => {
  test("use_remote_address, loopback client: x-forwarded-for is Envoy's address, x-envoy-external-address 127.0.0.1", async ({
    lab,
    downstream,
  }) => {
    const { received } = await downstream.get(lab.envoyUrl);
    expect(received[0]?.header('x-forwarded-for')).toBe('198.51.100.1');
    expect(received[0]?.header('x-envoy-external-address')).toBe('127.0.0.1');
    expect(received[0]?.header('x-envoy-internal')).toBeUndefined();
  });

  test('use_remote_address keeps a forged x-forwarded-for but derives no client address from it', async ({
    lab,
    downstream,
  }) => {
    const { reply, received, accessLog } = await downstream.get(lab.envoyUrl, { headers: FORGED_ADDRESS });
    expect(received[0]?.header('x-forwarded-for')).toBe('203.0.113.9,198.51.100.1');
    expect(received[0]?.header('x-envoy-external-address')).toBe('127.0.0.1');
    expect(received[0]?.header('x-envoy-internal')).toBeUndefined();
    expect(accessLog[0]?.downstream_remote_address).toBe(reply.local);
  });

  test(
    'internal_address_config sets x-envoy-internal for a loopback client, but not if it sends x-forwarded-for',
    changesEnvoy,
    async ({ lab, downstream }) => {
      const internal = { cidr_ranges: [{ address_prefix: '127.0.0.0', prefix_len: 8 }] };
      await lab.restartEnvoy({ config: { at: connectionManager(), add: { internal_address_config: internal } } });
      const plain = await downstream.get(lab.envoyUrl);
      const forged = await downstream.get(lab.envoyUrl, { headers: FORGED_ADDRESS });
      expect(plain.received[0]?.header('x-envoy-internal')).toBe('true');
      expect(plain.received[0]?.header('x-envoy-external-address')).toBeUndefined();
      expect(forged.received[0]?.header('x-envoy-internal')).toBeUndefined();
      expect(forged.received[0]?.header('x-envoy-external-address')).toBe('127.0.0.1');
    },
  );

  test(
    'without use_remote_address, Envoy trusts x-forwarded-for; the CheckRequest has the real source address',
    changesEnvoy,
    async ({ lab, downstream }) => {
      await lab.restartEnvoy({ config: { at: connectionManager(), set: { use_remote_address: false } } });
      const plain = await downstream.get(lab.envoyUrl);
      const forged = await downstream.get(lab.envoyUrl, { headers: FORGED_ADDRESS });
      expect(plain.received[0]?.header('x-forwarded-for')).toBeUndefined();
      expect(forged.received[0]?.header('x-forwarded-for')).toBe('203.0.113.9');
      expect(forged.received[0]?.header('x-envoy-external-address')).toBe('203.0.113.1');
      expect(forged.accessLog[0]?.downstream_remote_address).toBe('203.0.113.9:0');
      expect(forged.checks[0]?.attributes?.source?.address?.socket_address?.address).toBe('127.0.0.1');
    },
  );
});

const FORGED_ADDRESS = {
  'x-forwarded-for': '203.0.113.9',
  'x-envoy-internal': 'true',
  'x-envoy-external-address': '203.0.113.1',
};
