import { describe, expect } from 'vitest';
import { chapter, differs } from '../../fixtures/chapter.ts';
import type { DialOptions } from '../../fixtures/exchange/downstream.ts';
import { TIMEOUTS } from '../../helpers/constants/timeouts.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import type { HttpAnswer } from '../../helpers/exchange/stub-calls.ts';
import type { RawHeader } from '../../helpers/exchange/wire.ts';
import { extAuthzHttp } from './scenario.ts';

const test = chapter(extAuthzHttp);

const denied = expect.objectContaining({ response_flags: 'UAEX', response_code_details: 'ext_authz_denied' });
const failed = expect.objectContaining({ response_flags: 'UAEX', response_code_details: 'ext_authz_error' });

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
const FAILURES: Record<string, HttpAnswer> = {
  'a 500': { status: 500, headers: [['x-deny', 'broken']], body: 'broken' },
  'a 503': { status: 503, body: 'broken' },
  'a RST': { reset: true },
  'a FIN': { end: true },
  'no answer': { silence: true },
};

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
  test('a 5xx, RST, FIN or late answer of the HTTP authorization service is an error: 403 UAEX without its body', async ({
    lab,
    httpAuthz,
    downstream,
  }) => {
    for (const [name, answer] of Object.entries(FAILURES)) {
      await httpAuthz.answers(answer);
      const { reply, received, httpChecks, accessLog, stats } = await downstream.get(lab.envoyUrl);
      expect([reply.outcome, reply.body, reply.lines('x-deny')], name).toEqual([403, '', []]);
      expect([received.length, httpChecks.length], name).toEqual([0, 1]);
      expect(accessLog, name).toEqual([failed]);
      expect(stats['http.ingress.ext_authz.error'], name).toBe(1);
    }
  });

  test(
    'status_on_error is the status of a failed check, but not of a denial',
    differs(CHANGES.httpStatusOnError),
    async ({ lab, httpAuthz, downstream, since }) => {
      const expected = since(CHANGES.httpStatusOnError) ? 503 : 403;
      for (const [name, answer] of Object.entries(FAILURES)) {
        await httpAuthz.answers(answer);
        const { reply, accessLog } = await downstream.get(`${lab.envoyUrl}/on-error-503`);
        expect([reply.outcome, reply.body], name).toEqual([expected, '']);
        expect(accessLog, name).toEqual([failed]);
      }
      await httpAuthz.answers({ status: 403 });
      const refused = await downstream.get(`${lab.envoyUrl}/on-error-503`);
      expect(refused.reply.outcome).toBe(403);
      expect(refused.accessLog).toEqual([denied]);
    },
  );

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

  test('with failure_mode_allow, a request whose check fails reaches the upstream with a header that says so', async ({
    lab,
    httpAuthz,
    downstream,
  }) => {
    for (const [name, answer] of Object.entries(FAILURES)) {
      await httpAuthz.answers(answer);
      const { reply, received, stats } = await downstream.get(`${lab.envoyUrl}/fails-open`);
      expect(reply.outcome, name).toBe(200);
      expect(received[0]?.header('x-envoy-auth-failure-mode-allowed'), name).toBe('true');
      expect(stats['http.ingress.ext_authz.failure_mode_allowed'], name).toBe(1);
    }
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
  const dial = (headers: RawHeader[]): DialOptions => ({
    steps: [{ send: connectRequest([['Host', '198.51.100.10:5000'], ...headers]) }],
    timeoutMs: TIMEOUTS.silenceMs,
  });

  const connectRequest = (headers: RawHeader[]): string =>
    ['CONNECT 198.51.100.10:5000 HTTP/1.1', ...headers.map(([name, value]) => `${name}: ${value}`), '\r\n'].join(
      '\r\n',
    );

  test('a CONNECT gets 403 although the HTTP authorization service allows it: its check always fails', async ({
    downstream,
  }) => {
    const { reply, received, accessLog } = await downstream.dial('127.0.0.1:4999', dial([]));
    expect(reply.body).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(received).toEqual([]);
    expect(accessLog).toEqual([failed]);
  });

  test('with failure_mode_allow, a CONNECT opens a tunnel although the HTTP authorization service denies it', async ({
    httpAuthz,
    downstream,
  }) => {
    await httpAuthz.answers({ status: 401 });
    const { reply, stats } = await downstream.dial('127.0.0.1:4999', dial([['x-fails', 'open']]));
    expect(reply.body).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(stats['http.ingress.ext_authz.failure_mode_allowed']).toBe(1);
  });
});
