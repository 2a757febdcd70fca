import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, combined, differs } from '../../fixtures/chapter.ts';
import type { DialOptions } from '../../fixtures/exchange/downstream.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import type { Step } from '../../helpers/exchange/script.ts';
import type { HttpAnswer } from '../../helpers/exchange/stub-calls.ts';
import type { RawHeader } from '../../helpers/exchange/wire.ts';
import { denied, failed, left, passed } from '../shared/ext-authz/log-lines.ts';
import { extAuthzHttp } from './scenario.ts';

const test = chapter(extAuthzHttp);

const LISTENER = `127.0.0.1:${PORTS.listener}`;

const REDIRECT: HttpAnswer = {
  status: 302,
  headers: [
    ['Location', 'https://login.example/'],
    ['Set-Cookie', 'a=1'],
    ['Set-Cookie', 'b=2'],
    ['X-Deny', 'no session'],
    ['Content-Type', 'text/html'],
  ],
  body: '<p>log in</p>',
};

/** What makes a check fail, without a stopped service. */
const FAILURES: [name: string, answer: HttpAnswer][] = [
  ['a 500', { status: 500, headers: [['x-deny', 'broken']], body: 'broken' }],
  ['a 503', { status: 503, body: 'broken' }],
  ['a RST', { reset: true }],
  ['a FIN', { end: true }],
];

/** The routes of these claims give a check 0.2 s. */
const FAILURES_AND_SILENCE = [...FAILURES, ['silence', { silence: true }] as const];

describe('checks', () => {
  test('an allowed request is checked once, with its method, path, host and authorization but no other header', async ({
    lab,
    downstream,
  }) => {
    const { reply, received, httpChecks, accessLog, stats } = await downstream.get(`${lab.envoyUrl}/a/b?q=1`, {
      method: 'PUT',
      headers: { host: 'a.host', authorization: 'Basic YTpi', cookie: 'c=1', 'x-client': '1' },
    });
    expect(reply.servedBy).toBe('upstream');
    expect(received.map(({ path }) => path)).toEqual(['/a/b?q=1']);
    expect(httpChecks.map(({ method, path, body }) => ({ method, path, body }))).toEqual([
      { method: 'PUT', path: '/a/b?q=1', body: '' },
    ]);
    const [check] = httpChecks;
    expect(check?.raw.headers.map(([name]) => name).toSorted()).toEqual([
      ...['authorization', 'content-length', 'host', 'x-envoy-expected-rq-timeout-ms', 'x-envoy-internal'],
    ]);
    expect(check?.lines('host')).toEqual(['a.host']);
    expect(check?.header('authorization')).toBe('Basic YTpi');
    expect(check?.header('content-length')).toBe('0');
    expect(check?.header('x-envoy-expected-rq-timeout-ms')).toBe('600');
    expect(accessLog).toEqual([
      expect.objectContaining({ response_flags: '-', response_code_details: 'via_upstream' }),
    ]);
    expect(stats['http.ingress.ext_authz.ok']).toBe(1);
  });

  test('the check of a POST has no body and content-length 0; the upstream receives the body', async ({
    lab,
    downstream,
  }) => {
    const { received, httpChecks } = await downstream.post(lab.envoyUrl, { body: 'hello' });
    expect(httpChecks.map(({ method, body }) => [method, body])).toEqual([['POST', '']]);
    expect(httpChecks[0]?.header('content-length')).toBe('0');
    expect(received[0]?.header('content-length')).toBe('5');
  });

  test('allowed_headers adds listed request headers to the check, headers_to_add overwrites those of the client', async ({
    lab,
    downstream,
  }) => {
    const { received, httpChecks } = await downstream.get(`${lab.envoyUrl}/listed`, {
      headers: { 'x-client': '1', cookie: 'c=1', 'x-other': '2', 'x-of-envoy': 'forged' },
    });
    const [check] = httpChecks;
    expect(check?.lines('x-client')).toEqual(['1']);
    expect(check?.lines('cookie')).toEqual(['c=1']);
    expect(check?.lines('x-other')).toEqual([]);
    expect(check?.lines('x-of-envoy')).toEqual(['checked']);
    expect(received[0]?.lines('x-of-envoy')).toEqual(['forged']);
  });

  test('path_prefix precedes the path of the check; the upstream receives the original path', async ({
    lab,
    downstream,
  }) => {
    const { received, httpChecks } = await downstream.get(`${lab.envoyUrl}/prefixed/a?q=1`);
    expect(httpChecks.map(({ path }) => path)).toEqual(['/verify/prefixed/a?q=1']);
    expect(received.map(({ path }) => path)).toEqual(['/prefixed/a?q=1']);
  });

  test('with_request_body sends up to 16 bytes with the check and marks a longer body as partial', async ({
    lab,
    downstream,
  }) => {
    const whole = await downstream.post(`${lab.envoyUrl}/with-body`, { body: 'x'.repeat(16) });
    const partial = await downstream.post(`${lab.envoyUrl}/with-body`, { body: `${'x'.repeat(16)}y` });
    expect([whole, partial].map(({ httpChecks }) => httpChecks[0]?.body)).toEqual(['x'.repeat(16), 'x'.repeat(16)]);
    expect([whole, partial].map(({ httpChecks }) => httpChecks[0]?.header('x-envoy-auth-partial-body'))).toEqual([
      'false',
      'true',
    ]);
    expect([whole, partial].map(({ received }) => received[0]?.header('content-length'))).toEqual(['16', '17']);
  });
});

describe('contents of a check', () => {
  test.for(['HEAD', 'OPTIONS'])(
    'the check of a request with the method %s has this method, too',
    async (method, { lab, downstream }) => {
      const { reply, received, httpChecks } = await downstream.get(lab.envoyUrl, { method });
      expect(reply.outcome).toBe(200);
      expect(httpChecks.map((check) => check.method)).toEqual([method]);
      expect(received).toHaveLength(1);
    },
  );

  test('a path_prefix with a query is joined with the path as text: /ext/verify?u=/older-fields?q=%2F', async ({
    lab,
    downstream,
  }) => {
    const { received, httpChecks } = await downstream.get(`${lab.envoyUrl}/older-fields?q=%2F`);
    expect(httpChecks.map(({ path }) => path)).toEqual(['/ext/verify?u=/older-fields?q=%2F']);
    expect(received.map(({ path }) => path)).toEqual(['/older-fields?q=%2F']);
  });

  test("server_uri.uri decides neither the path nor the host of a check: both are the request's", async ({
    lab,
    downstream,
  }) => {
    const { httpChecks } = await downstream.get(`${lab.envoyUrl}/older-fields`, { headers: { host: 'a.host' } });
    expect(httpChecks.map(({ path }) => path)).toEqual(['/ext/verify?u=/older-fields']);
    expect(httpChecks[0]?.lines('host')).toEqual(['a.host']);
  });

  test('authorization_request.allowed_headers, the older field, adds the listed request headers to the check', async ({
    lab,
    downstream,
  }) => {
    const { httpChecks } = await downstream.get(`${lab.envoyUrl}/older-fields`, {
      headers: { 'x-client': '1', cookie: 'c=1', 'x-other': '2' },
    });
    const names = ['x-client', 'cookie', 'x-other'];
    expect(names.map((name) => httpChecks[0]?.lines(name))).toEqual([['1'], ['c=1'], []]);
  });

  test('headers_to_add with %REQ(:METHOD)% adds the method of the request to the check only', async ({
    lab,
    downstream,
  }) => {
    const { received, httpChecks } = await downstream.get(`${lab.envoyUrl}/older-fields`, { method: 'DELETE' });
    expect(httpChecks[0]?.lines('x-method')).toEqual(['DELETE']);
    expect(received[0]?.lines('x-method')).toEqual([]);
  });

  test.for([5, 16])(
    'with_request_body of 16 bytes: a body of %i bytes is in the check, with its content-length, and not partial',
    async (bytes, { lab, downstream }) => {
      const { httpChecks, received } = await downstream.post(`${lab.envoyUrl}/whole-body`, { body: 'x'.repeat(bytes) });
      expect(httpChecks.map(({ body }) => body)).toEqual(['x'.repeat(bytes)]);
      expect(httpChecks[0]?.header('content-length')).toBe(String(bytes));
      expect(httpChecks[0]?.header('x-envoy-auth-partial-body')).toBe('false');
      expect(received[0]?.header('content-length')).toBe(String(bytes));
    },
  );

  test('with_request_body of 16 bytes: a body of 17 bytes gets 413 without a check', async ({ lab, downstream }) => {
    const { reply, received, httpChecks, accessLog } = await downstream.post(`${lab.envoyUrl}/whole-body`, {
      body: 'x'.repeat(17),
    });
    expect([reply.outcome, reply.body]).toEqual([413, 'Payload Too Large']);
    expect([received.length, httpChecks.length]).toEqual([0, 0]);
    expect(accessLog).toEqual([
      expect.objectContaining({ response_flags: '-', response_code_details: 'request_payload_too_large' }),
    ]);
  });

  test('pack_as_bytes has no effect on a check over HTTP: bytes that are not UTF-8 stay as sent', async ({
    downstream,
  }) => {
    const { httpChecks } = await downstream.dial('127.0.0.1:4999', {
      steps: [
        {
          send: 'POST /whole-body HTTP/1.1\r\nHost: a.host\r\nContent-Length: 3\r\nConnection: close\r\n\r\n\u00ff\u00feA',
        },
      ],
    });
    expect(httpChecks.map(({ body }) => body)).toEqual(['\u00ff\u00feA']);
  });
});

describe('allowed requests', () => {
  const ALLOW: HttpAnswer = {
    status: 200,
    headers: [
      ['x-user', 'bob'],
      ['x-group', 'staff'],
      ['x-allow', 'yes'],
      ['x-other', '1'],
    ],
  };

  test('without lists of headers, no header of the 200 reaches the upstream or the client', async ({
    lab,
    httpAuthz,
    downstream,
  }) => {
    await httpAuthz.answers(ALLOW);
    const { reply, received, httpChecks } = await downstream.get(lab.envoyUrl, { headers: { 'x-user': 'mallory' } });
    expect(httpChecks.map(({ answer }) => answer)).toEqual([200]);
    expect(received[0]?.lines('x-user')).toEqual(['mallory']);
    expect(received[0]?.lines('x-group')).toEqual([]);
    expect(reply.lines('x-allow')).toEqual([]);
  });

  test.for([
    ['without lists of headers', '/', { location: [], 'set-cookie': [], 'x-deny': [] }],
    [
      'allowed_client_headers without the list for a success',
      '/cookies-listed',
      { location: [], 'set-cookie': [], 'x-deny': [] },
    ],
    [
      'allowed_client_headers_on_success',
      '/many-listed',
      { location: ['/next'], 'set-cookie': ['a=1', 'b=2'], 'x-deny': ['no'] },
    ],
  ] satisfies [string, string, Record<string, string[]>][])(
    'headers of a 200 that reach the client, %s',
    async ([, route, expected], { lab, httpAuthz, downstream }) => {
      await httpAuthz.answers({
        status: 200,
        headers: [
          ['location', '/next'],
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
          ['x-deny', 'no'],
        ],
      });
      const { reply } = await downstream.get(lab.envoyUrl + route);
      expect(reply.servedBy).toBe('upstream');
      expect(Object.fromEntries(Object.keys(expected).map((name) => [name, reply.lines(name)]))).toEqual(expected);
    },
  );

  test('allowed_upstream_headers replace, allowed_upstream_headers_to_append add a line, the client gets x-allow', async ({
    lab,
    httpAuthz,
    downstream,
  }) => {
    await httpAuthz.answers(ALLOW);
    const { reply, received } = await downstream.get(`${lab.envoyUrl}/listed`, {
      headers: { 'x-user': 'mallory', 'x-group': 'guests' },
    });
    expect(received[0]?.lines('x-user')).toEqual(['bob']);
    expect(received[0]?.lines('x-group')).toEqual(['guests', 'staff']);
    expect(received[0]?.lines('x-other')).toEqual([]);
    expect([reply.lines('x-allow'), reply.lines('x-other')]).toEqual([['yes'], []]);
  });
});

describe('denied requests', () => {
  test(
    'a 302 of the HTTP authorization service reaches the client with Location, both Set-Cookie lines and its body',
    differs(CHANGES.httpDenialHeaders),
    async ({ lab, httpAuthz, downstream, since }) => {
      await httpAuthz.answers(REDIRECT);
      const { reply, received, accessLog, stats } = await downstream.get(lab.envoyUrl);
      expect(reply.outcome).toBe(302);
      expect(reply.body).toBe('<p>log in</p>');
      const names = ['location', 'set-cookie', 'x-deny', 'content-type'];
      expect(names.map((name) => reply.lines(name))).toEqual(
        since(CHANGES.httpDenialHeaders)
          ? [['https://login.example/'], ['a=1', 'b=2'], ['no session'], ['text/html']]
          : [[], [], [], ['text/plain']],
      );
      expect(received).toEqual([]);
      expect(accessLog).toEqual([denied]);
      expect(stats['http.ingress.ext_authz.denied']).toBe(1);
    },
  );

  test(
    'allowed_client_headers limits a denial to the listed headers and Location; content-type becomes text/plain',
    differs(CHANGES.httpDenialHeaders),
    async ({ lab, httpAuthz, downstream, since }) => {
      await httpAuthz.answers(REDIRECT);
      const { reply } = await downstream.get(`${lab.envoyUrl}/listed`);
      const names = ['location', 'set-cookie', 'x-deny', 'content-type'];
      expect(names.map((name) => reply.lines(name))).toEqual(
        since(CHANGES.httpDenialHeaders)
          ? [['https://login.example/'], [], ['no session'], ['text/plain']]
          : [[], [], [], ['text/plain']],
      );
    },
  );

  const CHALLENGE: HttpAnswer = {
    ...REDIRECT,
    status: 401,
    headers: [['WWW-Authenticate', 'Basic realm="a"'], ...(REDIRECT.headers ?? [])],
  };

  test.for([
    [
      'a 302, allowed_client_headers with set-cookie: Location and both Set-Cookie lines reach the client',
      '/cookies-listed',
      REDIRECT,
      { location: ['https://login.example/'], 'set-cookie': ['a=1', 'b=2'] },
    ],
    [
      'a 302, allowed_client_headers with location, set-cookie and x-deny: the three reach the client',
      '/many-listed',
      REDIRECT,
      { location: ['https://login.example/'], 'set-cookie': ['a=1', 'b=2'], 'x-deny': ['no session'] },
    ],
    [
      'a 401 without lists of headers reaches the client with WWW-Authenticate and all other headers',
      '/',
      CHALLENGE,
      {
        'www-authenticate': ['Basic realm="a"'],
        location: ['https://login.example/'],
        'set-cookie': ['a=1', 'b=2'],
        'x-deny': ['no session'],
        'content-type': ['text/html'],
      },
    ],
    [
      'a 401, allowed_client_headers with x-deny: WWW-Authenticate and Location reach the client unlisted',
      '/listed',
      CHALLENGE,
      { 'www-authenticate': ['Basic realm="a"'], location: ['https://login.example/'], 'x-deny': ['no session'] },
    ],
  ] satisfies [string, string, HttpAnswer, Record<string, string[]>][])(
    '%s',
    differs(CHANGES.httpDenialHeaders),
    async ([, route, answer, kept], { lab, httpAuthz, downstream, since }) => {
      await httpAuthz.answers(answer);
      const { reply, accessLog, stats } = await downstream.get(lab.envoyUrl + route);
      expect([reply.outcome, reply.body]).toEqual([answer.status, '<p>log in</p>']);
      const none = {
        'www-authenticate': [],
        location: [],
        'set-cookie': [],
        'x-deny': [],
        'content-type': ['text/plain'],
      };
      expect(Object.fromEntries(Object.keys(none).map((name) => [name, reply.lines(name)]))).toEqual({
        ...none,
        ...(since(CHANGES.httpDenialHeaders) && kept),
      });
      expect(accessLog).toEqual([denied]);
      expect(stats['cluster.upstream.ext_authz.denied']).toBe(1);
    },
  );

  test.for([201, 204, 400, 404, 429])(
    'any answer below 500 but 200 is a denial: a %i of the HTTP authorization service is the response to the client',
    async (status, { lab, httpAuthz, downstream }) => {
      await httpAuthz.answers({ status });
      const { reply, received, accessLog, stats } = await downstream.get(lab.envoyUrl);
      expect([reply.outcome, received.length]).toEqual([status, 0]);
      expect(accessLog).toEqual([denied]);
      expect(stats['http.ingress.ext_authz.denied']).toBe(1);
    },
  );

  test('two requests get the two answers of the HTTP authorization service: 401 with a challenge, then 200', async ({
    lab,
    httpAuthz,
    downstream,
  }) => {
    await httpAuthz.answers({ '/': [{ status: 401, body: 'who?' }, { status: 200 }] });
    const first = await downstream.get(`${lab.envoyUrl}/`);
    const second = await downstream.get(`${lab.envoyUrl}/`);
    expect([first, second].map(({ reply }) => reply.outcome)).toEqual([401, 200]);
    expect(first.reply.body).toBe('who?');
    expect([first, second].map(({ httpChecks }) => httpChecks.map(({ answer }) => answer))).toEqual([[401], [200]]);
  });
});

describe('failed checks', () => {
  test.for(FAILURES)(
    '%s of the HTTP authorization service is an error: 403 UAEX, and nothing of the answer reaches the client',
    async ([, answer], { lab, httpAuthz, downstream }) => {
      await httpAuthz.answers(answer);
      const { reply, received, httpChecks, accessLog, stats } = await downstream.get(lab.envoyUrl);
      expect([reply.outcome, reply.body, reply.lines('x-deny')]).toEqual([403, '', []]);
      expect([received.length, httpChecks.length]).toEqual([0, 1]);
      expect(accessLog).toEqual([failed]);
      expect(stats['http.ingress.ext_authz.error']).toBe(1);
      expect(stats['http.ingress.ext_authz.denied']).toBeUndefined();
    },
  );

  test.for(FAILURES_AND_SILENCE)(
    '%s of the HTTP authorization service returns the status of status_on_error with an empty body',
    differs(CHANGES.httpStatusOnError),
    async ([, answer], { lab, httpAuthz, downstream, since }) => {
      await httpAuthz.answers(answer);
      const { reply, received, accessLog } = await downstream.get(`${lab.envoyUrl}/on-error-503`);
      expect([reply.outcome, reply.body]).toEqual([since(CHANGES.httpStatusOnError) ? 503 : 403, '']);
      expect(received).toEqual([]);
      expect(accessLog).toEqual([failed]);
    },
  );

  test('status_on_error is not the status of a denial: a 403 of the HTTP authorization service stays 403', async ({
    lab,
    httpAuthz,
    downstream,
  }) => {
    await httpAuthz.answers({ status: 403 });
    const { reply, accessLog } = await downstream.get(`${lab.envoyUrl}/on-error-503`);
    expect(reply.outcome).toBe(403);
    expect(accessLog).toEqual([denied]);
  });

  test(
    'while the HTTP authorization service is stopped, a request gets status_on_error without a check',
    differs(CHANGES.httpStatusOnError),
    async ({ lab, httpAuthz, downstream, since }) => {
      await httpAuthz.stop();
      const { reply, received, httpChecks, accessLog } = await downstream.get(`${lab.envoyUrl}/on-error-503`);
      expect(reply.outcome).toBe(since(CHANGES.httpStatusOnError) ? 503 : 403);
      expect([received.length, httpChecks.length]).toEqual([0, 0]);
      expect(accessLog).toEqual([failed]);
    },
  );

  test(
    'a circuit breaker that refuses the check at once is an error: status_on_error, and Envoy keeps running',
    differs(CHANGES.httpStatusOnError),
    async ({ lab, downstream, since }) => {
      const { reply, received, httpChecks, accessLog, stats } = await downstream.get(
        `${lab.envoyUrl}/full/on-error-503`,
      );
      expect(reply.outcome).toBe(since(CHANGES.httpStatusOnError) ? 503 : 403);
      expect([received.length, httpChecks.length]).toEqual([0, 0]);
      expect(accessLog).toEqual([failed]);
      expect(stats['cluster.authz_full.upstream_rq_pending_overflow']).toBe(1);
      expect((await downstream.get(lab.envoyUrl)).reply.outcome).toBe(200);
    },
  );

  test('a circuit breaker that refuses the check of a route with its own http_service: 403, and Envoy keeps running', async ({
    lab,
    downstream,
  }) => {
    const { reply, received, httpChecks, accessLog, stats } = await downstream.get(`${lab.envoyUrl}/own-service/full`);
    expect(reply.outcome).toBe(403);
    expect(stats['cluster.authz_full.upstream_rq_pending_overflow']).toBe(1);
    expect([received.length, httpChecks.length]).toEqual([0, 0]);
    expect(accessLog).toEqual([failed]);
    expect((await downstream.get(`${lab.envoyUrl}/own-service`)).reply.outcome).toBe(200);
  });

  test('with timeout 0s, a check over HTTP has no time limit', async ({ lab, httpAuthz, downstream }) => {
    await httpAuthz.answers({ status: 200, afterMs: 50 });
    const { reply, httpChecks } = await downstream.get(`${lab.envoyUrl}/waits`);
    expect(reply.outcome).toBe(200);
    expect(httpChecks.map((check) => check.lines('x-envoy-expected-rq-timeout-ms'))).toEqual([[]]);
  });
});

describe('failure_mode_allow', () => {
  test.for(FAILURES_AND_SILENCE)(
    'with failure_mode_allow, %s of the HTTP authorization service lets the request pass, with an added header',
    async ([, answer], { lab, httpAuthz, downstream }) => {
      await httpAuthz.answers(answer);
      const { reply, received, accessLog, stats } = await downstream.get(`${lab.envoyUrl}/fails-open`);
      expect(reply.servedBy).toBe('upstream');
      expect(received[0]?.header('x-envoy-auth-failure-mode-allowed')).toBe('true');
      expect(accessLog).toEqual([passed]);
      expect(stats['http.ingress.ext_authz.error']).toBe(1);
      expect(stats['http.ingress.ext_authz.failure_mode_allowed']).toBe(1);
    },
  );

  test('with failure_mode_allow, a request passes while the HTTP authorization service is stopped', async ({
    lab,
    httpAuthz,
    downstream,
  }) => {
    await httpAuthz.stop();
    const { reply, received, httpChecks, stats } = await downstream.get(`${lab.envoyUrl}/fails-open`);
    expect(reply.servedBy).toBe('upstream');
    expect(received[0]?.header('x-envoy-auth-failure-mode-allowed')).toBe('true');
    expect(httpChecks).toEqual([]);
    expect(stats['http.ingress.ext_authz.failure_mode_allowed']).toBe(1);
  });

  test('with failure_mode_allow, a request whose check the circuit breaker refuses passes, without a header', async ({
    lab,
    downstream,
  }) => {
    const { reply, received, httpChecks, stats } = await downstream.get(`${lab.envoyUrl}/full/fails-open`);
    expect([reply.servedBy, httpChecks]).toEqual(['upstream', []]);
    expect(received[0]?.lines('x-envoy-auth-failure-mode-allowed')).toEqual([]);
    expect(stats['http.ingress.ext_authz.failure_mode_allowed']).toBe(1);
    expect(stats['cluster.authz_full.upstream_rq_pending_overflow']).toBe(1);
  });

  test('failure_mode_allow does not forward a request that the HTTP authorization service denies: 401', async ({
    lab,
    httpAuthz,
    downstream,
  }) => {
    await httpAuthz.answers({ status: 401 });
    const { reply, received, accessLog } = await downstream.get(`${lab.envoyUrl}/fails-open`);
    expect(reply.outcome).toBe(401);
    expect(received).toEqual([]);
    expect(accessLog).toEqual([denied]);
  });
});

describe('retries', () => {
  const once = (answer: HttpAnswer): Record<string, [HttpAnswer, HttpAnswer]> => ({ '*': [answer, { status: 200 }] });

  test('retry_on 5xx repeats a check after a 503 or a reset: two checks and 200', async ({
    lab,
    httpAuthz,
    downstream,
  }) => {
    for (const answer of [{ status: 503 }, { reset: true }] satisfies HttpAnswer[]) {
      await httpAuthz.answers(once(answer));
      const { reply, httpChecks } = await downstream.get(`${lab.envoyUrl}/retries-5xx`);
      expect(reply.outcome, JSON.stringify(answer)).toBe(200);
      expect(httpChecks, JSON.stringify(answer)).toHaveLength(2);
    }
  });

  test('num_retries 2 bounds the checks: three of them get a 503, and the request 403', async ({
    lab,
    httpAuthz,
    downstream,
  }) => {
    await httpAuthz.answers({ status: 503 });
    const { reply, httpChecks } = await downstream.get(`${lab.envoyUrl}/retries-5xx`);
    expect(reply.outcome).toBe(403);
    expect(httpChecks.map(({ answer }) => answer)).toEqual([503, 503, 503]);
  });

  test('without a retry_policy, a check that gets a 503 or a reset is not repeated', async ({
    lab,
    httpAuthz,
    downstream,
  }) => {
    for (const answer of [{ status: 503 }, { reset: true }] satisfies HttpAnswer[]) {
      await httpAuthz.answers(once(answer));
      const { reply, httpChecks } = await downstream.get(lab.envoyUrl);
      expect([reply.outcome, httpChecks.length], JSON.stringify(answer)).toEqual([403, 1]);
    }
  });

  test('retry_on 5xx does not repeat a check that gets a 401', async ({ lab, httpAuthz, downstream }) => {
    await httpAuthz.answers(once({ status: 401 }));
    const { reply, httpChecks } = await downstream.get(`${lab.envoyUrl}/retries-5xx`);
    expect([reply.outcome, httpChecks.length]).toEqual([401, 1]);
  });

  test.for(['/retries-5xx', '/retries-resets'])(
    'while the HTTP authorization service is stopped, the route %s tries to connect three times, then 403',
    async (route, { lab, httpAuthz, downstream }) => {
      await httpAuthz.stop();
      const { reply, httpChecks, stats } = await downstream.get(lab.envoyUrl + route);
      expect([reply.outcome, httpChecks.length]).toEqual([403, 0]);
      expect(stats['cluster.authz.upstream_cx_connect_fail']).toBe(3);
      expect(stats['cluster.authz.upstream_rq_retry']).toBe(2);
    },
  );

  test('retry_back_off.max_interval is also the time limit of each try: with num_retries 1, two checks are given up', async ({
    lab,
    httpAuthz,
    downstream,
  }) => {
    await httpAuthz.answers({ silence: true });
    const { reply, httpChecks, stats } = await downstream.get(`${lab.envoyUrl}/retries-late`);
    expect([reply.outcome, httpChecks.length]).toEqual([403, 2]);
    expect(httpChecks[0]?.header('x-envoy-expected-rq-timeout-ms')).toBe('100');
    expect(stats['cluster.authz.upstream_rq_per_try_timeout']).toBe(2);
  });

  test(
    'a retry_policy without retry_on repeats no check since 1.37; before, one that gets a 503',
    differs(CHANGES.httpRetryOn),
    async ({ lab, httpAuthz, downstream, since }) => {
      await httpAuthz.answers(once({ status: 503 }));
      const { reply, httpChecks } = await downstream.get(`${lab.envoyUrl}/retries-unnamed`);
      expect([reply.outcome, httpChecks.length]).toEqual(since(CHANGES.httpRetryOn) ? [403, 1] : [200, 2]);
    },
  );

  test('num_retries 2 bounds the checks after resets, too: three RST, and the request 403', async ({
    lab,
    httpAuthz,
    downstream,
  }) => {
    await httpAuthz.answers({ reset: true });
    const { reply, httpChecks } = await downstream.get(`${lab.envoyUrl}/retries-resets`);
    expect(reply.outcome).toBe(403);
    expect(httpChecks.map(({ answer }) => answer)).toEqual(['RST', 'RST', 'RST']);
  });

  test('retry_on reset,connect-failure repeats a check after a reset', async ({ lab, httpAuthz, downstream }) => {
    await httpAuthz.answers(once({ reset: true }));
    const { reply, httpChecks } = await downstream.get(`${lab.envoyUrl}/retries-resets`);
    expect(reply.outcome).toBe(200);
    expect(httpChecks.map(({ answer }) => answer)).toEqual(['RST', 200]);
  });

  test(
    'retry_on reset,connect-failure does not repeat a check that gets a 503',
    differs(CHANGES.httpRetryOn),
    async ({ lab, httpAuthz, downstream, since }) => {
      await httpAuthz.answers(once({ status: 503 }));
      const { reply, httpChecks } = await downstream.get(`${lab.envoyUrl}/retries-resets`);
      expect([reply.outcome, httpChecks.length]).toEqual(since(CHANGES.httpRetryOn) ? [403, 1] : [200, 2]);
    },
  );
});

describe('CONNECT', () => {
  const connect = (...headers: RawHeader[]): DialOptions => {
    const lines = [['Host', '198.51.100.10:5000'], ...headers].map(([name, value]) => `${name}: ${value}\r\n`);
    const send = `CONNECT 198.51.100.10:5000 HTTP/1.1\r\n${lines.join('')}\r\n`;
    return { steps: [{ send }, { until: '\r\n\r\n' }, { end: true }] };
  };

  test('a CONNECT gets 403 although the HTTP authorization service allows it: its check always fails', async ({
    downstream,
  }) => {
    const { reply, received, accessLog, stats } = await downstream.dial(LISTENER, connect());
    expect(reply.body).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(received).toEqual([]);
    expect(accessLog).toEqual([failed]);
    expect(stats['http.ingress.ext_authz.error']).toBe(1);
  });

  test('the check of a CONNECT is a CONNECT with its host; Envoy closes the connection without waiting for the answer', async ({
    httpAuthz,
    downstream,
  }) => {
    await httpAuthz.answers({ silence: true });
    const { reply, httpChecks, stats } = await downstream.dial(LISTENER, connect());
    expect(reply.body).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(httpChecks.map(({ method, path }) => `${method} ${path}`)).toEqual(['CONNECT 198.51.100.10:5000']);
    expect(stats['cluster.authz.upstream_cx_destroy_local_with_active_rq']).toBe(1);
    expect(stats['cluster.authz.upstream_rq_timeout']).toBeUndefined();
  });

  test('with failure_mode_allow, a CONNECT opens a tunnel although the HTTP authorization service denies it', async ({
    httpAuthz,
    downstream,
  }) => {
    await httpAuthz.answers({ status: 401 });
    const { reply, stats } = await downstream.dial(LISTENER, connect(['x-fails', 'open']));
    expect(reply.body).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(stats['http.ingress.ext_authz.error']).toBe(1);
    expect(stats['http.ingress.ext_authz.failure_mode_allowed']).toBe(1);
  });
});

describe('clients that leave during a check', () => {
  const leaving = (path: string, end: Step): DialOptions => ({
    steps: [{ send: `GET ${path} HTTP/1.1\r\nHost: a.host\r\n\r\n` }, { wait: 'check received' }, end],
  });

  test.for([
    ['FIN', { end: true }],
    ['RST', { reset: true }],
  ] satisfies [string, Step][])(
    'a client that sends a %s during a check is logged as DC; the upstream receives nothing, no ext_authz counter moves',
    async ([, end], { httpAuthz, downstream }) => {
      await httpAuthz.answers({ silence: true });
      const { received, httpChecks, accessLog, stats } = await downstream.dial(LISTENER, leaving('/', end));
      expect([received.length, httpChecks.length]).toEqual([0, 1]);
      expect(accessLog).toEqual([left]);
      expect(Object.keys(stats).filter((name) => name.includes('.ext_authz.'))).toEqual([]);
      expect(stats['http.ingress.downstream_cx_destroy_remote_active_rq']).toBe(1);
      expect(stats['cluster.authz.upstream_cx_destroy_local_with_active_rq']).toBe(1);
    },
  );

  test(
    'Envoy survives an RST of the client during a check on a route with its own http_service; 1.36 crashes',
    combined(changesEnvoy, differs(CHANGES.disconnectDuringCheck)),
    async ({ lab, httpAuthz, downstream, since }) => {
      await httpAuthz.answers({ '*': [{ silence: true }, { status: 200 }] });
      const crash = await lab.crashOf(async () => {
        const { received, accessLog } = await downstream.dial(LISTENER, leaving('/own-service', { reset: true }));
        expect(received).toEqual([]);
        expect(accessLog).toEqual([left]);
        const { reply } = await downstream.get(`${lab.envoyUrl}/own-service`);
        expect(reply.outcome).toBe(200);
      });
      expect(crash?.ending).toBe(since(CHANGES.disconnectDuringCheck) ? undefined : 'SIGSEGV');
    },
  );
});
