import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, differs } from '../../fixtures/chapter.ts';
import { endOf } from '../../helpers/constants/addresses.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionManager } from '../../helpers/envoy/select.ts';
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

/** Of the routes, as the header grpc-timeout has them; for the one with 0s there are claims of its own. */
const TIME_LIMITS = {
  '/unchecked': undefined,
  '/with-context': '5000m',
  '/with-body': '5000m',
  '/impatient': '250m',
  '/fails-open': '5000m',
  '/fails-open/impatient': '250m',
  '/fails-open-and-says-so': '5000m',
  '/fails-as-503': '5000m',
  '/validated': '5000m',
};

const denied = expect.objectContaining({ response_flags: 'UAEX', response_code_details: 'ext_authz_denied' });
const failed = expect.objectContaining({ response_flags: 'UAEX', response_code_details: 'ext_authz_error' });
const invalid = expect.objectContaining({ response_flags: 'UAEX', response_code_details: 'ext_authz_invalid' });
const passed = expect.objectContaining({ response_flags: '-', response_code_details: 'via_upstream' });

// What is allowed.

describe('allowed requests', () => {
  test('what is allowed reaches the upstream with the headers that the stub added', async ({ lab, downstream }) => {
    const { reply, received, checks, stats } = await downstream.get(lab.envoyUrl);
    expect(reply.servedBy).toBe('upstream');
    expect(received[0]?.header('x-ext-auth-id'), 'x-ext-auth-id').toBe('curl');
    expect(received[0]?.header('x-ext-auth-id-user'), 'x-ext-auth-id-user').toBe('bob');
    expect(checks).toHaveLength(1);
    expect(stats['http.ingress.ext_authz.ok']).toBe(1);
  });

  test('a downstream that forges these headers does not get its own through', async ({ lab, downstream }) => {
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

  test('an empty CheckResponse allows and adds nothing', async ({ lab, authz, downstream }) => {
    await authz.answers({ response: {} });
    const { reply, received, checks } = await downstream.get(lab.envoyUrl);
    expect(checks).toHaveLength(1);
    expect(reply.outcome).toBe(200);
    expect(received[0]?.header('x-ext-auth-id')).toBeUndefined();
  });

  test('a route without ext_authz asks nobody, and what is forged there goes through', async ({
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

describe('content of the check', () => {
  test('the check carries both ends of the connection of the downstream', async ({ lab, downstream }) => {
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

  test('the check carries method, path with its query, host, scheme and protocol', async ({ lab, downstream }) => {
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

  test('the check carries all headers, with those that Envoy has added by then', async ({ lab, downstream }) => {
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

  test('a header that stands twice is one value in the check, joined by a comma', async ({ lab, downstream }) => {
    const { checks, received } = await downstream.get(lab.envoyUrl, { headers: twice('x-twice') });
    expect(checks[0]?.attributes?.request?.http?.headers?.['x-twice']).toBe('c1,c2');
    expect(received[0]?.lines('x-twice')).toEqual(['c1', 'c2']);
  });

  test('the path in the check is the one that was asked for, not the one that the route makes of it', async ({
    lab,
    downstream,
  }) => {
    const { checks, received } = await downstream.get(`${lab.envoyUrl}/with-context`);
    expect(checks[0]?.attributes?.request?.http?.path).toBe('/with-context');
    expect(received[0]?.path).toBe('/');
  });

  test('each route asks the stub with the time limit that it has, and the upstream for /', async ({
    lab,
    downstream,
  }) => {
    for (const [route, timeout] of Object.entries(TIME_LIMITS)) {
      const { received, checks } = await downstream.get(`${lab.envoyUrl}${route}`);
      expect(received.map(({ path }) => path).join(), route).toBe('/');
      expect(checks[0]?.timeout, `the time limit of ${route}`).toBe(timeout);
    }
  });

  test('the check carries the context extensions of its route, and of no other', async ({ lab, downstream }) => {
    const routeWithThem = await downstream.get(`${lab.envoyUrl}/with-context`);
    const another = await downstream.get(lab.envoyUrl);
    expect(routeWithThem.checks[0]?.attributes?.context_extensions).toEqual({ tier: 'gold' });
    expect(another.checks).toHaveLength(1);
    expect(another.checks[0]?.attributes?.context_extensions).toBeUndefined();
  });

  test('the body is in the check where the route says so, and nowhere else', async ({ lab, downstream }) => {
    const routeThatSaysSo = await downstream.post(`${lab.envoyUrl}/with-body`, { body: 'hello' });
    const another = await downstream.post(lab.envoyUrl, { body: 'hello' });
    expect(routeThatSaysSo.checks[0]?.attributes?.request?.http).toMatchObject({ size: 5, body: 'hello' });
    expect(another.checks[0]?.attributes?.request?.http).toBeDefined();
    expect(another.checks[0]?.attributes?.request?.http).not.toHaveProperty('body');
    expect([routeThatSaysSo, another].map(({ received }) => received[0]?.header('content-length'))).toEqual(['5', '5']);
  });

  test('a body that is too large for the check is 413, and nobody is asked', async ({ lab, downstream }) => {
    const { reply, received, checks } = await downstream.post(`${lab.envoyUrl}/with-body`, { body: 'x'.repeat(17) });
    expect(reply.outcome).toBe(413);
    expect({ received, checks }).toEqual({ received: [], checks: [] });
  });
});

describe('denied requests', () => {
  test('what is denied gets status, headers and body of the stub', async ({ lab, authz, downstream }) => {
    await authz.answers(deny({ status: { code: 401 }, headers: [header('x-why', 'no')], body: 'denied by the stub' }));
    const { reply, accessLog, stats } = await downstream.get(lab.envoyUrl);
    expect(reply.outcome).toBe(401);
    expect(reply.header('x-why'), 'x-why').toBe('no');
    expect(reply.header('content-type')).toBe('text/plain');
    expect(reply.body).toBe('denied by the stub');
    expect(accessLog).toEqual([denied]);
    expect(stats['http.ingress.ext_authz.denied']).toBe(1);
  });

  test('what is denied never reaches the upstream', async ({ lab, authz, downstream }) => {
    const before = await downstream.get(lab.envoyUrl);
    await authz.answers(deny());
    const refused = await downstream.get(lab.envoyUrl);
    await authz.answers(allow());
    const after = await downstream.get(lab.envoyUrl);
    const [first, last] = [before, after].map(({ received }) => received[0]?.raw.requests ?? 0);
    expect(refused.received).toEqual([]);
    expect(last).toBe((first ?? 0) + 1);
  });

  test('a denial that names no status is 403 without a body', async ({ lab, authz, downstream }) => {
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

  test('a denial may be a 200, which the upstream has not seen', async ({ lab, authz, downstream }) => {
    await authz.answers(deny({ status: { code: 200 }, body: 'not from the upstream' }));
    const { reply, received, accessLog } = await downstream.get(lab.envoyUrl);
    expect(reply.outcome).toBe(200);
    expect(reply.body).toBe('not from the upstream');
    expect(received).toEqual([]);
    expect(accessLog).toEqual([denied]);
  });

  test('the status decides, whatever kind of answer comes with it', async ({ lab, authz, downstream }) => {
    await authz.answers({ response: { status: { code: 7 }, ok_response: { headers: [header('x-id', 'stub')] } } });
    const refused = await downstream.get(lab.envoyUrl);
    await authz.answers({ response: { status: { code: 0 }, denied_response: { status: { code: 401 }, body: 'no' } } });
    const allowed = await downstream.get(lab.envoyUrl);
    expect([refused, allowed].map(({ reply }) => reply.outcome)).toEqual([403, 200]);
    expect([refused.received.length, allowed.received.length]).toEqual([0, 1]);
  });

  test('a header of a denial is a line of its own each time, whatever its append_action', async ({
    lab,
    authz,
    downstream,
  }) => {
    for (const action of [undefined, ...APPEND_ACTIONS]) {
      await authz.answers(deny({ headers: ['a', 'b'].map((value) => header('x-who', value, { action })) }));
      const { reply } = await downstream.get(lab.envoyUrl);
      expect(reply.lines('x-who'), action ?? 'no append_action').toEqual(['a', 'b']);
    }
  });

  test('a header of a denial with append: true is left out', async ({ lab, authz, downstream }) => {
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

  test('of what Envoy writes itself, a denial changes the content-type alone', async ({ lab, authz, downstream }) => {
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

describe('request header mutations', () => {
  const SENT: Record<string, RawHeader[]> = {
    'is absent': [],
    'is there': [['x-who', 'client']],
    'stands twice': twice('x-who'),
  };
  const FORGED_HEADERS: { append: boolean | undefined; sent: string; becomes: string[] }[] = [
    ...[undefined, false].flatMap((append) => Object.keys(SENT).map((sent) => ({ append, sent, becomes: ['stub'] }))),
    { append: true, sent: 'is absent', becomes: [] },
    { append: true, sent: 'is there', becomes: ['client,stub'] },
    { append: true, sent: 'stands twice', becomes: ['c1,stub', 'c2'] },
  ];

  for (const { append, sent, becomes } of FORGED_HEADERS) {
    const outcome = becomes.length > 0 ? becomes.join(' | ') : 'nothing';
    test(`append ${append ?? 'unset'}: a header that ${sent} becomes ${outcome}`, async ({
      lab,
      authz,
      downstream,
    }) => {
      await authz.answers(allow({ headers: [header('x-who', 'stub', { append })] }));
      const { received, checks } = await downstream.get(lab.envoyUrl, { headers: SENT[sent] ?? [] });
      expect(checks).toHaveLength(1);
      expect(received[0]?.lines('x-who')).toEqual(becomes);
    });
  }

  test('append_action changes nothing about a header of the request', async ({ lab, authz, downstream }) => {
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

  test('headers_to_remove takes every line of a header away, and leaves the others', async ({
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

  test('headers_to_remove cannot take away host, method or path', async ({ lab, authz, downstream }) => {
    await authz.answers(allow({ headers_to_remove: ['host', ':authority', ':method', ':path'] }));
    const { reply, received, checks } = await downstream.get(lab.envoyUrl);
    expect(checks).toHaveLength(1);
    expect(reply.outcome).toBe(200);
    expect(received[0]?.header('host')).toBe(`127.0.0.1:${PORTS.listener}`);
  });

  test('a header that is both added and removed is removed', async ({ lab, authz, downstream }) => {
    await authz.answers(allow({ headers: [header('x-who', 'stub')], headers_to_remove: ['x-who'] }));
    const { received } = await downstream.get(lab.envoyUrl, { headers: { 'x-who': 'client' } });
    expect(received[0]?.lines('x-who')).toEqual([]);
  });

  test('the stub can send a request to another host and path than the downstream asked for', async ({
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

describe('response header mutations', () => {
  const REPLY_HEADERS: { append?: boolean; action?: AppendAction; served: string[]; fresh: string[]; title: string }[] =
    [
      { served: ['upstream', 'stub'], fresh: ['stub'], title: "adds a line beside the upstream's" },
      { append: true, served: ['upstream', 'stub'], fresh: ['stub'], title: 'adds a line with append: true, too' },
      { append: false, served: ['stub'], fresh: ['stub'], title: "replaces the upstream's with append: false" },
      { action: 'APPEND_IF_EXISTS_OR_ADD', served: ['upstream', 'stub'], fresh: ['stub'], title: 'adds a line' },
      { action: 'ADD_IF_ABSENT', served: ['upstream'], fresh: ['stub'], title: 'adds what is absent' },
      { action: 'OVERWRITE_IF_EXISTS_OR_ADD', served: ['stub'], fresh: ['stub'], title: 'replaces or adds' },
      { action: 'OVERWRITE_IF_EXISTS', served: ['stub'], fresh: [], title: 'replaces what is there' },
    ];

  for (const { append, action, served, fresh, title } of REPLY_HEADERS) {
    const which = action === undefined ? 'response_headers_to_add' : `response_headers_to_add with ${action}`;
    test(`${which} ${title}`, async ({ lab, authz, downstream }) => {
      const response_headers_to_add = ['x-served-by', 'x-new'].map((name) => header(name, 'stub', { append, action }));
      await authz.answers(allow({ response_headers_to_add }));
      const { reply } = await downstream.get(lab.envoyUrl);
      expect([reply.lines('x-served-by'), reply.lines('x-new')]).toEqual([served, fresh]);
    });
  }

  test("response_headers_to_add is the reply's alone: the upstream does not see it", async ({
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
    'a stub that nothing is heard of is given up after the connect timeout: 403',
    changesEnvoy,
    async ({ lab, netfilter, downstream }) => {
      await netfilter.add(`
    *filter
    -A INPUT -p tcp --sport ${PORTS.authz} -m comment --comment "the stub is not heard" -j DROP
    COMMIT`);
      // One that has no connection from before.
      await lab.restartEnvoy({});
      const { reply, received, accessLog, stats } = await downstream.get(lab.envoyUrl);
      expect(reply.outcome).toBe(403);
      expect(received).toEqual([]);
      expect(accessLog).toEqual([failed]);
      expect(stats['cluster.authz.upstream_cx_connect_timeout']).toBe(1);
    },
  );

  test('while the stub is down, a request is refused with 403', async ({ lab, authz, downstream }) => {
    await authz.stop();
    const { reply, received, accessLog, stats } = await downstream.get(lab.envoyUrl);
    expect(reply.outcome).toBe(403);
    expect(reply.body).toBe('');
    expect(received).toEqual([]);
    expect(accessLog).toEqual([failed]);
    expect(stats['http.ingress.ext_authz.error']).toBe(1);
    expect(stats['cluster.authz.upstream_cx_connect_fail']).toBe(1);
  });

  test('while the stub is down, failure_mode_allow lets a request pass, and counts it', async ({
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

  test('what a downstream forges goes through where a failure is let pass', async ({ lab, authz, downstream }) => {
    await authz.stop();
    const { received } = await downstream.get(`${lab.envoyUrl}/fails-open`, { headers: { 'x-ext-auth-id': 'root' } });
    expect(received[0]?.header('x-ext-auth-id')).toBe('root');
  });

  test('with failure_mode_allow_header_add the upstream is told of it', async ({ lab, authz, downstream }) => {
    const answered = await downstream.get(`${lab.envoyUrl}/fails-open-and-says-so`);
    await authz.stop();
    const unanswered = await downstream.get(`${lab.envoyUrl}/fails-open-and-says-so`);
    expect([answered, unanswered].map(({ reply }) => reply.outcome)).toEqual([200, 200]);
    expect(answered.received[0]?.header('x-envoy-auth-failure-mode-allowed')).toBeUndefined();
    expect(unanswered.received[0]?.header('x-envoy-auth-failure-mode-allowed')).toBe('true');
  });

  test('a downstream can forge what that header tells', async ({ lab, authz, downstream }) => {
    const headers = { 'x-envoy-auth-failure-mode-allowed': 'false' };
    const answered = await downstream.get(`${lab.envoyUrl}/fails-open-and-says-so`, { headers });
    await authz.stop();
    const unanswered = await downstream.get(`${lab.envoyUrl}/fails-open-and-says-so`, { headers });
    expect(answered.received[0]?.lines('x-envoy-auth-failure-mode-allowed')).toEqual(['false']);
    expect(unanswered.received[0]?.lines('x-envoy-auth-failure-mode-allowed')).toEqual(['false', 'true']);
  });

  test('status_on_error is the status of a failure, not of a denial', async ({ lab, authz, downstream }) => {
    await authz.answers(deny());
    const refused = await downstream.get(`${lab.envoyUrl}/fails-as-503`);
    await authz.stop();
    const unanswered = await downstream.get(`${lab.envoyUrl}/fails-as-503`);
    expect([refused, unanswered].map(({ reply }) => reply.outcome)).toEqual([403, 503]);
    expect([refused.accessLog, unanswered.accessLog]).toEqual([[denied], [failed]]);
    expect([refused.received, unanswered.received]).toEqual([[], []]);
  });

  test('an answer that comes later than its timeout is as good as none: 403', async ({ lab, authz, downstream }) => {
    await authz.answers({ ...allow(), afterMs: 500 });
    const { reply, received, checks, accessLog, stats } = await downstream.get(`${lab.envoyUrl}/impatient`);
    expect(reply.outcome).toBe(403);
    expect(received).toEqual([]);
    expect(checks[0]?.timeout).toBe('250m');
    expect(accessLog).toEqual([failed]);
    expect(stats['cluster.authz.upstream_rq_timeout']).toBe(1);
  });

  test('an answer that never comes is let pass by failure_mode_allow', async ({ lab, authz, downstream }) => {
    await authz.answers({ silence: true });
    const { reply, received, checks, stats } = await downstream.get(`${lab.envoyUrl}/fails-open/impatient`);
    expect(reply.outcome).toBe(200);
    expect([received.length, checks.length]).toEqual([1, 1]);
    expect(stats['cluster.authz.upstream_rq_timeout']).toBe(1);
    expect(stats['http.ingress.ext_authz.failure_mode_allowed']).toBe(1);
  });

  test('an answer that takes long, but less than its timeout, is waited for', async ({ lab, authz, downstream }) => {
    await authz.answers({ ...allow({ headers: [header('x-who', 'stub')] }), afterMs: 300 });
    const { reply, received, checks } = await downstream.get(lab.envoyUrl);
    expect(reply.outcome).toBe(200);
    expect(received[0]?.header('x-who')).toBe('stub');
    expect(checks[0]?.timeout).toBe('5000m');
  });

  test(
    'with a timeout of 0s Envoy waits, and tells the stub that no time is left up to 1.37, no limit since',
    differs(CHANGES.noDeadlineForZero),
    async ({ lab, authz, downstream, since }) => {
      await authz.answers({ ...allow(), afterMs: 300 });
      const { reply, checks } = await downstream.get(`${lab.envoyUrl}/timeout-0`);
      expect(reply.outcome).toBe(200);
      expect(checks).toHaveLength(1);
      expect(checks[0]?.timeout).toBe(since(CHANGES.noDeadlineForZero) ? undefined : '0m');
    },
  );

  test(
    'with a timeout of 0s a stub that keeps deadlines fails the check up to 1.37, and answers it since',
    differs(CHANGES.noDeadlineForZero),
    async ({ lab, authz, downstream, since }) => {
      await authz.answers({ ...allow(), afterMs: 300, keepsDeadlines: true });
      const { reply, received, checks, accessLog } = await downstream.get(`${lab.envoyUrl}/timeout-0`);
      expect(checks).toHaveLength(1);
      const noTimeLeft = !since(CHANGES.noDeadlineForZero);
      expect(reply.outcome).toBe(noTimeLeft ? 403 : 200);
      expect(received).toHaveLength(noTimeLeft ? 0 : 1);
      expect(accessLog).toEqual([noTimeLeft ? failed : passed]);
    },
  );
});

describe('gRPC errors and error_response', () => {
  const UNREADABLE = {
    'a gRPC error is a failure and no denial, even PERMISSION_DENIED': grpcError(7, 'PERMISSION_DENIED'),
    'bytes that are no CheckResponse are a failure': { bytes: Buffer.from('no CheckResponse').toString('base64') },
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

  test('a denial stays one, whatever failure_mode_allow says', async ({ lab, authz, downstream }) => {
    await authz.answers(deny());
    const { reply, received, accessLog } = await downstream.get(`${lab.envoyUrl}/fails-open`);
    expect(reply.outcome).toBe(403);
    expect(received).toEqual([]);
    expect(accessLog).toEqual([denied]);
  });

  test(
    'error_response is the reply to a failure since 1.37.0, and before it a denial without it',
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
    'failure_mode_allow lets an error_response pass where Envoy knows it',
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
    'an error_response without a status has that of status_on_error, where Envoy knows it',
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

  test('an error_response whose status is OK allows', async ({ lab, authz, downstream }) => {
    await authz.answers({ response: { status: { code: 0 }, error_response: { status: { code: 429 } } } });
    const { reply, received, checks } = await downstream.get(lab.envoyUrl);
    expect(checks).toHaveLength(1);
    expect(reply.outcome).toBe(200);
    expect(received).toHaveLength(1);
  });
});

describe('limits and invalid mutations', () => {
  test(
    '80 added headers reach the upstream, 150 are more than a request may have: 500',
    differs(CHANGES.countedHeaderLimits),
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
        since(CHANGES.countedHeaderLimits) ? 1 : undefined,
      );
    },
  );

  test('failure_mode_allow does not let a request pass that an answer has made too large', async ({
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

  test('a header of 70,000 bytes is more than a request may have: 500', async ({ lab, authz, downstream }) => {
    await authz.answers(allow({ headers: [header('x-large', 'x'.repeat(70_000))] }));
    const { reply, received, accessLog } = await downstream.get(lab.envoyUrl);
    expect(reply.outcome).toBe(500);
    expect(received).toEqual([]);
    expect(accessLog).toEqual([invalid]);
  });

  test('150 headers that are added to a reply, or to a denial, reach the downstream', async ({
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
    'a header that HTTP does not allow ends the request on its way to the upstream: 503 DPE',
    differs(CHANGES.oneConnectionForOne),
    async ({ lab, authz, downstream, since }) => {
      // Leaves one idle connection to the upstream, which the next request takes.
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
      const opened = since(CHANGES.oneConnectionForOne) ? 1 : 2;
      expect(value.stats['cluster.upstream.upstream_cx_total']).toBe(opened);
      // Takes the second connection, or opens one, so that later claims find one of them on each version.
      await authz.answers(allow({}));
      await downstream.get(lab.envoyUrl);
    },
  );

  test('to the downstream such a header is written as it is: the stub can split a reply', async ({
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

  test('with validate_mutations such an answer is 500, to whichever side it was meant', async ({
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

  test('with validate_mutations an answer without such a header is as it was', async ({ lab, downstream }) => {
    const { reply, received } = await downstream.get(`${lab.envoyUrl}/validated`);
    expect(reply.outcome).toBe(200);
    expect(received[0]?.header('x-ext-auth-id')).toBe('curl');
  });
});

describe('downstream address', () => {
  test('a downstream on loopback is told as the address of Envoy in x-forwarded-for, and as external', async ({
    lab,
    downstream,
  }) => {
    const { received } = await downstream.get(lab.envoyUrl);
    expect(received[0]?.header('x-forwarded-for')).toBe('198.51.100.1');
    expect(received[0]?.header('x-envoy-external-address')).toBe('127.0.0.1');
    expect(received[0]?.header('x-envoy-internal')).toBeUndefined();
  });

  test('what a downstream says about its address is kept in x-forwarded-for, but believed nowhere', async ({
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
    'with internal_address_config a downstream is internal, unless it says that it speaks for another',
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
    'without use_remote_address the downstream is believed, but the check still carries its real address',
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
