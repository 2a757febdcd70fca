import { createHash } from 'node:crypto';
import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, combined, differs } from '../../fixtures/chapter.ts';
import type { DialOptions } from '../../fixtures/exchange/downstream.ts';
import { endOf } from '../../helpers/constants/addresses.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionManager } from '../../helpers/envoy/select.ts';
import { response } from '../../helpers/exchange/response.ts';
import type { Step } from '../../helpers/exchange/script.ts';
import type { CheckResponse } from '../../helpers/exchange/stub-calls.ts';
import type { RawHeader } from '../../helpers/exchange/wire.ts';
import {
  APPEND_ACTION,
  type AppendAction,
  allow,
  deny,
  failWith,
  grpcError,
  header,
} from '../../helpers/scenario/answers.ts';
import { extAuthzProxy } from './scenario.ts';

const test = chapter(extAuthzProxy);

const APPEND_ACTIONS = Object.keys(APPEND_ACTION) as AppendAction[];

const LISTENER = `127.0.0.1:${PORTS.listener}`;

/** The header grpc-timeout of each route's checks; route /timeout-0 has its own claims. */
const GRPC_TIMEOUTS = {
  '/unchecked': undefined,
  '/with-context': '5000m',
  '/with-body': '5000m',
  '/with-raw-body': '5000m',
  '/with-metadata': '5000m',
  '/short-timeout': '250m',
  '/fails-open': '5000m',
  '/fails-open/short-timeout': '250m',
  '/fails-open-with-header': '5000m',
  '/fails-as-503': '5000m',
  '/validated': '5000m',
};

const denied = expect.objectContaining({ response_flags: 'UAEX', response_code_details: 'ext_authz_denied' });
const failed = expect.objectContaining({ response_flags: 'UAEX', response_code_details: 'ext_authz_error' });
const invalid = expect.objectContaining({ response_flags: 'UAEX', response_code_details: 'ext_authz_invalid' });
const left = expect.objectContaining({
  ...{ response_code: 0, response_flags: 'DC', response_code_details: 'downstream_remote_disconnect' },
});
const cancelled = expect.objectContaining({
  ...{ response_code: 0, response_flags: 'DR', response_code_details: 'http2.remote_reset' },
});
const passed = expect.objectContaining({ response_flags: '-', response_code_details: 'via_upstream' });

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

  test('the grpc-timeout of an ext_authz check is the grpc_service timeout of the per-route config or the filter', async ({
    lab,
    downstream,
  }) => {
    for (const [route, timeout] of Object.entries(GRPC_TIMEOUTS)) {
      const { received, checks } = await downstream.get(`${lab.envoyUrl}${route}`);
      expect(received.map(({ path }) => path).join(), route).toBe('/');
      expect(checks[0]?.timeout, `grpc-timeout of ${route}`).toBe(timeout);
    }
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

describe('ok_response: query parameters', () => {
  test('query_parameters_to_set replaces and adds parameters of the upstream request, which Envoy then sorts by name', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers(
      allow({
        query_parameters_to_set: [
          { key: 'plan', value: 'gold' },
          { key: 'added', value: 'yes' },
        ],
      }),
    );
    const { received, checks } = await downstream.get(`${lab.envoyUrl}/a?plan=none&kept=1`);
    expect(checks[0]?.attributes?.request?.http?.path).toBe('/a?plan=none&kept=1');
    expect(received.map(({ path }) => path)).toEqual(['/a?added=yes&kept=1&plan=gold']);
  });

  test('query_parameters_to_remove removes parameters that the CheckRequest carried from the upstream request', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers(allow({ query_parameters_to_remove: ['token', 'absent'] }));
    const { received, checks } = await downstream.get(`${lab.envoyUrl}/a?token=secret&kept=1&token=again`);
    expect(checks[0]?.attributes?.request?.http?.path).toBe('/a?token=secret&kept=1&token=again');
    expect(received.map(({ path }) => path)).toEqual(['/a?kept=1']);
  });
});

describe('dynamic metadata', () => {
  test('dynamic_metadata of a CheckResponse is available to %DYNAMIC_METADATA% in request_headers_to_add', async ({
    lab,
    authz,
    downstream,
  }) => {
    const withPlan = { ...allow().response, dynamic_metadata: { fields: { plan: { string_value: 'gold' } } } };
    await authz.answers({ '/with-metadata': [{ response: withPlan }, allow()] });
    const gold = await downstream.get(`${lab.envoyUrl}/with-metadata`);
    const none = await downstream.get(`${lab.envoyUrl}/with-metadata`);
    expect([gold, none].map(({ received }) => received[0]?.lines('x-plan'))).toEqual([['gold'], []]);
  });
});

describe('ok_response: request headers', () => {
  const SENT: Record<string, RawHeader[]> = {
    nothing: [],
    "'client'": [['x-user', 'client']],
    "'c1' and 'c2'": twice('x-user'),
  };
  const APPENDED: { append: boolean | undefined; sent: string; becomes: string[] }[] = [
    ...[undefined, false].flatMap((append) => Object.keys(SENT).map((sent) => ({ append, sent, becomes: ['stub'] }))),
    { append: true, sent: 'nothing', becomes: [] },
    { append: true, sent: "'client'", becomes: ['client,stub'] },
    { append: true, sent: "'c1' and 'c2'", becomes: ['c1,stub', 'c2'] },
  ];

  for (const { append, sent, becomes } of APPENDED) {
    const outcome = becomes.map((line) => `'${line}'`).join(' and ') || 'nothing';
    const which = `ok_response.headers 'x-user: stub', append ${append ?? 'unset'}`;
    test(`${which}: client sends ${sent}, upstream receives ${outcome}`, async ({ lab, authz, downstream }) => {
      await authz.answers(allow({ headers: [header('x-user', 'stub', { append })] }));
      const { received, checks } = await downstream.get(lab.envoyUrl, { headers: SENT[sent] ?? [] });
      expect(checks).toHaveLength(1);
      expect(received[0]?.lines('x-user')).toEqual(becomes);
    });
  }

  test('append_action has no effect on ok_response.headers: only append decides', async ({
    lab,
    authz,
    downstream,
  }) => {
    for (const action of APPEND_ACTIONS) {
      await authz.answers(
        allow({
          headers: [
            ...[header('x-there', 'stub', { action }), header('x-absent', 'stub', { action })],
            ...[
              header('y-there', 'stub', { append: true, action }),
              header('y-absent', 'stub', { append: true, action }),
            ],
          ],
        }),
      );
      const { received } = await downstream.get(lab.envoyUrl, {
        headers: { 'x-there': 'client', 'y-there': 'client' },
      });
      const [request] = received;
      expect(
        ['x-there', 'x-absent', 'y-there', 'y-absent'].map((name) => request?.lines(name)),
        action,
      ).toEqual([...[['stub'], ['stub']], ...[['client,stub'], []]]);
    }
  });

  test('ok_response.headers_to_remove removes every line of the named request headers and leaves other headers', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers(allow({ headers_to_remove: ['x-once', 'X-Twice', 'x-absent'] }));
    const { received } = await downstream.get(lab.envoyUrl, {
      headers: [['x-once', '1'], ...twice('x-twice'), ['x-other', '3']],
    });
    expect(['x-once', 'x-twice', 'x-other'].map((name) => received[0]?.lines(name))).toEqual([[], [], ['3']]);
  });

  test('ok_response.headers_to_remove cannot remove host, :authority, :method or :path', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers(allow({ headers_to_remove: ['host', ':authority', ':method', ':path'] }));
    const { reply, received, checks } = await downstream.get(lab.envoyUrl);
    expect(checks).toHaveLength(1);
    expect(reply.outcome).toBe(200);
    expect(received[0]?.header('host')).toBe(`127.0.0.1:${PORTS.listener}`);
  });

  test('a request header in both ok_response.headers and headers_to_remove is removed', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers(allow({ headers: [header('x-user', 'stub')], headers_to_remove: ['x-user'] }));
    const { received } = await downstream.get(lab.envoyUrl, { headers: { 'x-user': 'client' } });
    expect(received[0]?.lines('x-user')).toEqual([]);
  });

  test('ok_response.headers can change :path and host of the request that the upstream receives', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers(allow({ headers: [header(':path', '/healthz'), header('host', 'elsewhere')] }));
    const { reply, received } = await downstream.get(lab.envoyUrl);
    expect(reply.outcome).toBe(204);
    expect(received[0]?.path).toBe('/healthz');
    expect(received[0]?.header('host')).toBe('elsewhere');
  });
});

describe('ok_response: response headers', () => {
  const REPLY_HEADERS: { append?: boolean; action?: AppendAction; served: string[]; fresh: string[]; title: string }[] =
    [
      { served: ['upstream', 'stub'], fresh: ['stub'], title: "adds a line beside the upstream's header" },
      {
        append: true,
        served: ['upstream', 'stub'],
        fresh: ['stub'],
        title: "adds a line beside the upstream's header",
      },
      { append: false, served: ['stub'], fresh: ['stub'], title: "replaces the upstream's header" },
      {
        action: 'APPEND_IF_EXISTS_OR_ADD',
        served: ['upstream', 'stub'],
        fresh: ['stub'],
        title: "adds a line beside the upstream's header",
      },
      {
        action: 'ADD_IF_ABSENT',
        served: ['upstream'],
        fresh: ['stub'],
        title: 'adds only a header that the upstream did not send',
      },
      {
        action: 'OVERWRITE_IF_EXISTS_OR_ADD',
        served: ['stub'],
        fresh: ['stub'],
        title: "replaces the upstream's header or adds one",
      },
      {
        action: 'OVERWRITE_IF_EXISTS',
        served: ['stub'],
        fresh: [],
        title: "replaces the upstream's header and adds none",
      },
    ];

  for (const { append, action, served, fresh, title } of REPLY_HEADERS) {
    const which = action ?? (append === undefined ? 'append unset' : `append: ${append}`);
    test(`ok_response.response_headers_to_add with ${which} ${title}`, async ({ lab, authz, downstream }) => {
      const response_headers_to_add = ['x-served-by', 'x-new'].map((name) => header(name, 'stub', { append, action }));
      await authz.answers(allow({ response_headers_to_add }));
      const { reply } = await downstream.get(lab.envoyUrl);
      expect([reply.lines('x-served-by'), reply.lines('x-new')]).toEqual([served, fresh]);
    });
  }

  test('ok_response.response_headers_to_add changes only the response: the upstream receives no such header', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers(allow({ response_headers_to_add: [header('x-new', 'stub')] }));
    const { reply, received } = await downstream.get(lab.envoyUrl);
    expect(reply.header('x-new')).toBe('stub');
    expect(received[0]?.lines('x-new')).toEqual([]);
  });
});

describe('failures and timeouts', () => {
  test(
    'with an unreachable authorization service, a request gets 403 UAEX after connect_timeout',
    changesEnvoy,
    async ({ lab, netfilter, downstream }) => {
      await netfilter.add(`
    *filter
    -A INPUT -p tcp --sport ${PORTS.authz} -m comment --comment "drop responses of the authorization service" -j DROP
    COMMIT`);
      // A restarted Envoy has no open connection to the authorization service.
      await lab.restartEnvoy({});
      const { reply, received, accessLog, stats } = await downstream.get(lab.envoyUrl);
      expect(reply.outcome).toBe(403);
      expect(received).toEqual([]);
      expect(accessLog).toEqual([failed]);
      expect(stats['cluster.authz.upstream_cx_connect_timeout']).toBe(1);
    },
  );

  test('with the authorization service down, failure_mode_allow: false returns 403 UAEX (ext_authz_error)', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.stop();
    const { reply, received, accessLog, stats } = await downstream.get(lab.envoyUrl);
    expect(reply.outcome).toBe(403);
    expect(reply.body).toBe('');
    expect(received).toEqual([]);
    expect(accessLog).toEqual([failed]);
    expect(stats['http.ingress.ext_authz.error']).toBe(1);
    expect(stats['cluster.authz.upstream_cx_connect_fail']).toBe(1);
  });

  test('with the authorization service down, failure_mode_allow forwards a request and counts failure_mode_allowed', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.stop();
    const { reply, received, accessLog, stats } = await downstream.get(`${lab.envoyUrl}/fails-open`);
    expect(reply.servedBy).toBe('upstream');
    expect(received[0]?.header('x-ext-auth-id')).toBeUndefined();
    expect(received[0]?.header('x-envoy-auth-failure-mode-allowed')).toBeUndefined();
    expect(accessLog).toEqual([passed]);
    expect(stats['http.ingress.ext_authz.failure_mode_allowed']).toBe(1);
  });

  test('with the authorization service down, failure_mode_allow forwards a forged x-ext-auth-id', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.stop();
    const { received } = await downstream.get(`${lab.envoyUrl}/fails-open`, { headers: { 'x-ext-auth-id': 'root' } });
    expect(received[0]?.header('x-ext-auth-id')).toBe('root');
  });

  test('failure_mode_allow_header_add adds x-envoy-auth-failure-mode-allowed: true only if the check fails', async ({
    lab,
    authz,
    downstream,
  }) => {
    const answered = await downstream.get(`${lab.envoyUrl}/fails-open-with-header`);
    await authz.stop();
    const unanswered = await downstream.get(`${lab.envoyUrl}/fails-open-with-header`);
    expect([answered, unanswered].map(({ reply }) => reply.outcome)).toEqual([200, 200]);
    expect(answered.received[0]?.header('x-envoy-auth-failure-mode-allowed')).toBeUndefined();
    expect(unanswered.received[0]?.header('x-envoy-auth-failure-mode-allowed')).toBe('true');
  });

  test("a client's own x-envoy-auth-failure-mode-allowed reaches the upstream, even where Envoy adds its own", async ({
    lab,
    authz,
    downstream,
  }) => {
    const headers = { 'x-envoy-auth-failure-mode-allowed': 'false' };
    const answered = await downstream.get(`${lab.envoyUrl}/fails-open-with-header`, { headers });
    await authz.stop();
    const unanswered = await downstream.get(`${lab.envoyUrl}/fails-open-with-header`, { headers });
    expect(answered.received[0]?.lines('x-envoy-auth-failure-mode-allowed')).toEqual(['false']);
    expect(unanswered.received[0]?.lines('x-envoy-auth-failure-mode-allowed')).toEqual(['false', 'true']);
  });

  test('status_on_error sets the status of a failed ext_authz check (503), not of a denial (403)', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers(deny());
    const refused = await downstream.get(`${lab.envoyUrl}/fails-as-503`);
    await authz.stop();
    const unanswered = await downstream.get(`${lab.envoyUrl}/fails-as-503`);
    expect([refused, unanswered].map(({ reply }) => reply.outcome)).toEqual([403, 503]);
    expect([refused.accessLog, unanswered.accessLog]).toEqual([[denied], [failed]]);
    expect([refused.received, unanswered.received]).toEqual([[], []]);
  });

  test('an ext_authz response later than the grpc_service timeout is a failure: 403 UAEX', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers({ ...allow(), afterMs: 500 });
    const { reply, received, checks, accessLog, stats } = await downstream.get(`${lab.envoyUrl}/short-timeout`);
    expect(reply.outcome).toBe(403);
    expect(received).toEqual([]);
    expect(checks[0]?.timeout).toBe('250m');
    expect(accessLog).toEqual([failed]);
    expect(stats['cluster.authz.upstream_rq_timeout']).toBe(1);
  });

  test('failure_mode_allow forwards a request whose ext_authz check gets no response within the timeout', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers({ silence: true });
    const { reply, received, checks, stats } = await downstream.get(`${lab.envoyUrl}/fails-open/short-timeout`);
    expect(reply.outcome).toBe(200);
    expect([received.length, checks.length]).toEqual([1, 1]);
    expect(stats['cluster.authz.upstream_rq_timeout']).toBe(1);
    expect(stats['http.ingress.ext_authz.failure_mode_allowed']).toBe(1);
  });

  test('an ext_authz response that is slow but within the grpc_service timeout allows the request', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers({ ...allow({ headers: [header('x-user', 'stub')] }), afterMs: 300 });
    const { reply, received, checks } = await downstream.get(lab.envoyUrl);
    expect(reply.outcome).toBe(200);
    expect(received[0]?.header('x-user')).toBe('stub');
    expect(checks[0]?.timeout).toBe('5000m');
  });

  test(
    'Envoy survives a client that resets while a check is pending on a route with its own grpc_service; 1.36 crashes',
    combined(changesEnvoy, differs(CHANGES.disconnectDuringCheck)),
    async ({ lab, authz, downstream, since }) => {
      await authz.answers({ ...allow(), afterMs: 200 });
      const crash = await lab.crashOf(async () => {
        // `dial` resets its connection at the timeout.
        const abandoned = await downstream.dial(LISTENER, {
          steps: [{ send: 'GET /timeout-0 HTTP/1.1\r\nHost: upstream\r\n\r\n' }],
          timeoutMs: 100,
        });
        expect(abandoned.received).toEqual([]);
        // Its check is answered after the abandoned one: an Envoy that answers has handled both.
        const { reply } = await downstream.get(`${lab.envoyUrl}/timeout-0`);
        expect(reply.outcome).toBe(200);
      });
      expect(crash?.ending).toBe(since(CHANGES.disconnectDuringCheck) ? undefined : 'SIGSEGV');
    },
  );

  test(
    'with grpc_service timeout 0s, Envoy waits for the check; it sends grpc-timeout 0m only before 1.38',
    differs(CHANGES.zeroTimeoutWithoutDeadline),
    async ({ lab, authz, downstream, since }) => {
      await authz.answers({ ...allow(), afterMs: 300 });
      const { reply, checks } = await downstream.get(`${lab.envoyUrl}/timeout-0`);
      expect(reply.outcome).toBe(200);
      expect(checks).toHaveLength(1);
      expect(checks[0]?.timeout).toBe(since(CHANGES.zeroTimeoutWithoutDeadline) ? undefined : '0m');
    },
  );

  test(
    'with grpc_service timeout 0s, a service that honours grpc-timeout fails the check only before 1.38',
    differs(CHANGES.zeroTimeoutWithoutDeadline),
    async ({ lab, authz, downstream, since }) => {
      await authz.answers({ ...allow(), afterMs: 300, enforcesDeadlines: true });
      const { reply, received, checks, accessLog } = await downstream.get(`${lab.envoyUrl}/timeout-0`);
      expect(checks).toHaveLength(1);
      const noTimeLeft = !since(CHANGES.zeroTimeoutWithoutDeadline);
      expect(reply.outcome).toBe(noTimeLeft ? 403 : 200);
      expect(received).toHaveLength(noTimeLeft ? 0 : 1);
      expect(accessLog).toEqual([noTimeLeft ? failed : passed]);
    },
  );
});

describe('clients that leave during a check', () => {
  const leaving = (path: string, end: Step): DialOptions => ({
    steps: [{ send: `GET ${path} HTTP/1.1\r\nHost: a.host\r\n\r\n` }, { wait: 'check received' }, end],
  });
  /** Resets its HTTP/2 stream. */
  const cancelling = (path: string): DialOptions => ({
    steps: [
      { frames: [{ type: 'HEADERS', headers: requestTo(path), endStream: true }] },
      { wait: 'check received' },
      { frames: [{ type: 'RST_STREAM', code: 'CANCEL' }] },
    ],
  });
  const requestTo = (path: string): RawHeader[] => [
    [':method', 'GET'],
    [':scheme', 'http'],
    [':authority', 'a.host'],
    [':path', path],
  ];

  test.for([
    ['FIN', leaving('/', { end: true }), left],
    ['RST', leaving('/', { reset: true }), left],
    ['RST_STREAM of HTTP/2', cancelling('/'), cancelled],
  ] satisfies [string, DialOptions, unknown][])(
    'after a %s of the client, Envoy cancels the check, logs the flags and moves no ext_authz counter',
    async ([, options, logged], { lab, authz, downstream }) => {
      await authz.answers({ '*': [{ silence: true }, allow()] });
      const { received, checks, accessLog, stats } = await downstream.dial(LISTENER, options);
      expect([received.length, checks.length]).toEqual([0, 1]);
      expect(accessLog).toEqual([logged]);
      expect(Object.keys(stats).filter((name) => name.includes('.ext_authz.'))).toEqual([]);
      expect(stats['cluster.authz.upstream_rq_tx_reset']).toBe(1);
      expect(stats['http.ingress.downstream_rq_rx_reset']).toBe(1);
      expect((await downstream.get(lab.envoyUrl)).reply.outcome).toBe(200);
    },
  );

  test.for([
    ['FIN', leaving('/own-service', { end: true }), left],
    ['RST_STREAM of HTTP/2', cancelling('/own-service'), cancelled],
  ] satisfies [string, DialOptions, unknown][])(
    'Envoy survives a %s of the client during a check on a route with its own grpc_service; 1.36 crashes',
    combined(changesEnvoy, differs(CHANGES.disconnectDuringCheck)),
    async ([, options, logged], { lab, authz, downstream, since }) => {
      await authz.answers({ '*': [{ silence: true }, allow()] });
      const crash = await lab.crashOf(async () => {
        expect((await downstream.dial(LISTENER, options)).accessLog).toEqual([logged]);
        expect((await downstream.get(`${lab.envoyUrl}/own-service`)).reply.outcome).toBe(200);
      });
      expect(crash?.ending).toBe(since(CHANGES.disconnectDuringCheck) ? undefined : 'SIGSEGV');
    },
  );

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

describe('default timeout', () => {
  test.for(['/without-timeout', '/own-service'])(
    'where neither the filter nor the route sets a timeout, grpc-timeout is 200m: route %s',
    async (route, { lab, downstream }) => {
      const { reply, checks } = await downstream.get(lab.envoyUrl + route);
      expect(reply.outcome).toBe(200);
      expect(checks.map(({ timeout }) => timeout)).toEqual(['200m']);
    },
  );

  test('without a configured timeout, a check without an answer fails after 200 ms: 403 UAEX', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers({ silence: true });
    const { reply, received, accessLog, stats } = await downstream.get(`${lab.envoyUrl}/without-timeout`);
    expect([reply.outcome, received.length]).toEqual([403, 0]);
    expect(accessLog).toEqual([failed]);
    expect(stats['cluster.authz.upstream_rq_timeout']).toBe(1);
  });
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

describe('limits of request bodies', () => {
  test.for([
    ['above', '/limit-below', [32, 64, 65], [200, 200, 413]],
    ['below', '/limit-above', [16, 17, 64], [200, 413, 413]],
  ] satisfies [string, string, number[], number[]][])(
    'with max_request_bytes %s request_body_buffer_limit of the route, max_request_bytes decides between a check and 413',
    async ([, route, sizes, outcomes], { lab, downstream }) => {
      const seen: unknown[] = [];
      for (const size of sizes) {
        const { reply, checks } = await downstream.post(lab.envoyUrl + route, { body: 'x'.repeat(size) });
        seen.push([reply.outcome, checks.length]);
      }
      expect(seen).toEqual(outcomes.map((outcome) => [outcome, outcome === 200 ? 1 : 0]));
    },
  );

  test(
    'per_request_buffer_limit_bytes of a route precedes that of its virtual host since 1.37: a body of 100 bytes is retried',
    differs(CHANGES.routeLimitFirst),
    async ({ lab, upstream, downstream, since }) => {
      const [busy, ok] = [503, 200].map((status) => response({ status, headers: [['content-length', '0']] }));
      const outcomes: unknown[] = [];
      for (const path of ['/route-limit', '/host-limit']) {
        await upstream.answers({ [path]: [busy ?? [], ok ?? []] });
        const { reply, stats } = await downstream.post(lab.envoyUrl + path, {
          headers: { host: 'limits.host' },
          body: 'x'.repeat(100),
        });
        outcomes.push([reply.outcome, stats['cluster.upstream.retry_or_shadow_abandoned']]);
      }
      expect(outcomes).toEqual([since(CHANGES.routeLimitFirst) ? [200, undefined] : [503, 1], [503, 1]]);
    },
  );
});

describe('gRPC errors and error_response', () => {
  const UNREADABLE = {
    'a gRPC error of the authorization service is a failure, not a denial, even PERMISSION_DENIED': grpcError(
      7,
      'PERMISSION_DENIED',
    ),
    'a response that does not parse as CheckResponse is a failure, not a denial: 403 UAEX': {
      bytes: Buffer.from('no CheckResponse').toString('base64'),
    },
  };

  for (const [title, answer] of Object.entries(UNREADABLE)) {
    test(title, async ({ lab, authz, downstream }) => {
      await authz.answers(answer);
      const refused = await downstream.get(lab.envoyUrl);
      const passing = await downstream.get(`${lab.envoyUrl}/fails-open`);
      expect([refused, passing].map(({ checks }) => checks.length)).toEqual([1, 1]);
      expect([refused, passing].map(({ reply }) => reply.outcome)).toEqual([403, 200]);
      expect([refused.accessLog, passing.accessLog]).toEqual([[failed], [passed]]);
      expect([refused.received.length, passing.received.length]).toEqual([0, 1]);
    });
  }

  test('failure_mode_allow does not forward a denied request: 403 UAEX', async ({ lab, authz, downstream }) => {
    await authz.answers(deny());
    const { reply, received, accessLog } = await downstream.get(`${lab.envoyUrl}/fails-open`);
    expect(reply.outcome).toBe(403);
    expect(received).toEqual([]);
    expect(accessLog).toEqual([denied]);
  });

  test(
    'since 1.37.0, error_response sets status, headers and body of the response; before, Envoy denied with 403',
    differs(CHANGES.errorResponse),
    async ({ lab, authz, downstream, since }) => {
      await authz.answers(failWith({ status: { code: 429 }, headers: [header('x-why', 'busy')], body: 'try again' }));
      const { reply, received, accessLog } = await downstream.get(lab.envoyUrl);
      expect(received).toEqual([]);
      if (since(CHANGES.errorResponse)) {
        expect([reply.outcome, reply.header('x-why'), reply.body]).toEqual([429, 'busy', 'try again']);
        expect(accessLog).toEqual([failed]);
      } else {
        expect([reply.outcome, reply.header('x-why'), reply.body]).toEqual([403, undefined, '']);
        expect(accessLog).toEqual([denied]);
      }
    },
  );

  test(
    'failure_mode_allow forwards a request after error_response since 1.37.0; before, Envoy returned 403',
    differs(CHANGES.errorResponse),
    async ({ lab, authz, downstream, since }) => {
      await authz.answers(failWith({ status: { code: 429 } }));
      const { reply, received, checks, stats } = await downstream.get(`${lab.envoyUrl}/fails-open`);
      const known = since(CHANGES.errorResponse);
      expect(checks).toHaveLength(1);
      expect(reply.outcome).toBe(known ? 200 : 403);
      expect(received).toHaveLength(known ? 1 : 0);
      expect(stats['http.ingress.ext_authz.failure_mode_allowed']).toBe(known ? 1 : undefined);
    },
  );

  test(
    'an error_response without a status returns status_on_error since 1.37.0; before, 403',
    differs(CHANGES.errorResponse),
    async ({ lab, authz, downstream, since }) => {
      await authz.answers(failWith({ body: 'try again' }));
      const unnamed = await downstream.get(`${lab.envoyUrl}/fails-as-503`);
      await authz.answers(failWith({ status: { code: 429 } }));
      const named = await downstream.get(`${lab.envoyUrl}/fails-as-503`);
      const known = since(CHANGES.errorResponse);
      expect([unnamed, named].map(({ reply }) => reply.outcome)).toEqual(known ? [503, 429] : [403, 403]);
    },
  );

  test('a CheckResponse with status code 0 and an error_response allows the request', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers({ response: { status: { code: 0 }, error_response: { status: { code: 429 } } } });
    const { reply, received, checks } = await downstream.get(lab.envoyUrl);
    expect(checks).toHaveLength(1);
    expect(reply.outcome).toBe(200);
    expect(received).toHaveLength(1);
  });
});

describe('limits and invalid mutations', () => {
  test(
    '80 ok_response.headers reach the upstream; 150 exceed the default max_headers_count: 500 UAEX',
    differs(CHANGES.requestHeaderLimitsReached),
    async ({ lab, authz, downstream, since }) => {
      await authz.answers(allow({ headers: many(80) }));
      const few = await downstream.get(lab.envoyUrl);
      await authz.answers(allow({ headers: many(150) }));
      const tooMany = await downstream.get(lab.envoyUrl);
      expect([few, tooMany].map(({ reply }) => reply.outcome)).toEqual([200, 500]);
      expect(few.received[0]?.header('x-many-79')).toBe('stub');
      expect(tooMany.received).toEqual([]);
      expect(tooMany.accessLog).toEqual([invalid]);
      expect(tooMany.stats['http.ingress.ext_authz.request_header_limits_reached']).toBe(
        since(CHANGES.requestHeaderLimitsReached) ? 1 : undefined,
      );
    },
  );

  test('failure_mode_allow does not forward a request that ok_response.headers push over max_headers_count: 500', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers(allow({ headers: many(150) }));
    const { reply, received, accessLog } = await downstream.get(`${lab.envoyUrl}/fails-open`);
    expect(reply.outcome).toBe(500);
    expect(received).toEqual([]);
    expect(accessLog).toEqual([invalid]);
  });

  test('70,000 bytes in ok_response.headers exceed the default max_request_headers_kb: 500 UAEX', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers(allow({ headers: [header('x-large', 'x'.repeat(70_000))] }));
    const { reply, received, accessLog } = await downstream.get(lab.envoyUrl);
    expect(reply.outcome).toBe(500);
    expect(received).toEqual([]);
    expect(accessLog).toEqual([invalid]);
  });

  test('150 headers in response_headers_to_add or denied_response.headers reach the client', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers(allow({ response_headers_to_add: many(150) }));
    const allowed = await downstream.get(lab.envoyUrl);
    await authz.answers(deny({ headers: many(150) }));
    const refused = await downstream.get(lab.envoyUrl);
    expect([allowed, refused].map(({ reply }) => reply.outcome)).toEqual([200, 403]);
    expect([allowed, refused].map(({ reply }) => reply.header('x-many-149'))).toEqual(['stub', 'stub']);
  });

  test(
    'an invalid header name or value in ok_response.headers fails the upstream request: 503 DPE',
    differs(CHANGES.connectionPoolReentrancy),
    async ({ lab, authz, downstream, since }) => {
      // Leaves one idle upstream connection for the next request.
      await downstream.get(lab.envoyUrl);
      await authz.answers(allow({ headers: [header('bad name', 'stub')] }));
      const name = await downstream.get(lab.envoyUrl);
      await authz.answers(allow({ headers: [header('x-bad', 'two\r\nx-evil: lines')] }));
      const value = await downstream.get(lab.envoyUrl);
      expect([name, value].map(({ reply }) => reply.outcome)).toEqual([503, 503]);
      expect(name.reply.body).toBe('invalid header name: bad name');
      expect(value.reply.body).toBe('invalid header value for: x-bad');
      for (const { received, accessLog } of [name, value]) {
        expect(received).toEqual([]);
        expect(accessLog).toEqual([expect.objectContaining({ response_flags: 'DPE' })]);
      }
      const opened = since(CHANGES.connectionPoolReentrancy) ? 1 : 2;
      expect(value.stats['cluster.upstream.upstream_cx_total']).toBe(opened);
      // Leaves exactly one idle upstream connection to later claims, on each version.
      await authz.answers(allow({}));
      await downstream.get(lab.envoyUrl);
    },
  );

  test('CRLF in response_headers_to_add or denied_response.headers splits the response to the client', async ({
    lab,
    authz,
    downstream,
  }) => {
    const headers = [header('x-bad', 'two\r\nx-evil: lines')];
    await authz.answers(allow({ response_headers_to_add: headers }));
    const allowed = await downstream.get(lab.envoyUrl);
    await authz.answers(deny({ headers }));
    const refused = await downstream.get(lab.envoyUrl);
    for (const { reply } of [allowed, refused]) {
      expect(reply.header('x-bad')).toBe('two');
      expect(reply.header('x-evil')).toBe('lines');
    }
  });

  test('with validate_mutations, CRLF in any header of the CheckResponse returns 500 UAEX', async ({
    lab,
    authz,
    downstream,
  }) => {
    const headers = [header('x-bad', 'two\r\nx-evil: lines')];
    for (const answer of [allow({ headers }), allow({ response_headers_to_add: headers }), deny({ headers })]) {
      await authz.answers(answer);
      const { reply, received, accessLog, stats } = await downstream.get(`${lab.envoyUrl}/validated`);
      expect(reply.outcome, JSON.stringify(answer)).toBe(500);
      expect(reply.header('x-evil')).toBeUndefined();
      expect(received).toEqual([]);
      expect(accessLog).toEqual([invalid]);
      expect(stats['http.ingress.ext_authz.invalid']).toBe(1);
    }
  });

  test('with validate_mutations, a valid CheckResponse still adds x-ext-auth-id to the request', async ({
    lab,
    downstream,
  }) => {
    const { reply, received } = await downstream.get(`${lab.envoyUrl}/validated`);
    expect(reply.outcome).toBe(200);
    expect(received[0]?.header('x-ext-auth-id')).toBe('curl');
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

function twice(name: string): RawHeader[] {
  return [
    [name, 'c1'],
    [name, 'c2'],
  ];
}

function many(count: number): ReturnType<typeof header>[] {
  return Array.from({ length: count }, (_, index) => header(`x-many-${index}`, 'stub'));
}
