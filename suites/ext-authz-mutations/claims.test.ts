import { describe, expect } from 'vitest';
import { chapter, differs } from '../../fixtures/chapter.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import type { RawHeader } from '../../helpers/exchange/wire.ts';
import { type AppendAction, allow, deny, header } from '../../helpers/scenario/answers.ts';
import { APPEND_ACTIONS, many, twice } from '../shared/ext-authz/headers.ts';
import { invalid } from '../shared/ext-authz/log-lines.ts';
import { extAuthzMutations } from './scenario.ts';

const test = chapter(extAuthzMutations);

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
    expect([gold, none].map(({ reply }) => reply.outcome)).toEqual([200, 200]);
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
