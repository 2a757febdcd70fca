import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, differs } from '../../fixtures/chapter.ts';
import type { Exchange } from '../../fixtures/exchange/exchange.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionRefusedBody } from '../../helpers/envoy/local-replies.ts';
import { connectionManager } from '../../helpers/envoy/select.ts';
import { response } from '../../helpers/exchange/response.ts';
import type { Script } from '../../helpers/exchange/script.ts';
import type { AnswersByKey } from '../../helpers/exchange/stub-calls.ts';
import type { RawHeader } from '../../helpers/exchange/wire.ts';
import { LISTENERS, responseHeaders } from './scenario.ts';

const test = chapter(responseHeaders);

const url = (path: string, listener: keyof typeof LISTENERS = 'ingress') =>
  `http://127.0.0.1:${LISTENERS[listener]}${path}`;
const LATE: AnswersByKey<Script> = { '/late': [[{ untilEnd: true }]] };

/** The levels that added a line to `x-level`, in order. */
const levels = ({ reply }: Exchange) => reply.lines('x-level');
const ALL_LEVELS = ['route', 'virtual host', 'route configuration'];

const withHeaders = (...headers: RawHeader[]) => response({ headers, body: 'body' });

describe('levels', () => {
  test("route, virtual host and route configuration add a line each, in this order, behind the upstream's", async ({
    downstream,
    upstream,
  }) => {
    await upstream.answers({ '/': [withHeaders(['x-level', 'upstream'])] });
    const exchange = await downstream.get(url('/'));
    expect(levels(exchange)).toEqual(['upstream', ...ALL_LEVELS]);
  });

  test('a header that each level overwrites has the value of the route configuration', async ({
    downstream,
    upstream,
  }) => {
    await upstream.answers({ '/': [withHeaders(['x-overwritten', 'upstream'])] });
    const { reply } = await downstream.get(url('/'));
    expect(reply.lines('x-overwritten')).toEqual(['route configuration']);
  });

  test(
    'most_specific_header_mutations_wins reverses the levels: of a header that each level overwrites, the route has the value',
    changesEnvoy,
    async ({ lab, downstream, upstream }) => {
      const add = { 'route_config.most_specific_header_mutations_wins': true };
      await lab.restartEnvoy({ config: { at: connectionManager('ingress'), add } });
      await upstream.answers({ '/': [withHeaders(['x-level', 'upstream'], ['x-overwritten', 'upstream'])] });
      const exchange = await downstream.get(url('/'));
      expect(levels(exchange)).toEqual(['upstream', ...ALL_LEVELS.toReversed()]);
      expect(exchange.reply.lines('x-overwritten')).toEqual(['route']);
      // This route does not overwrite it.
      const { reply } = await downstream.get(url('/added-and-removed'));
      expect(reply.lines('x-overwritten')).toEqual(['virtual host']);
    },
  );

  test('each level removes its headers; a virtual host without one leaves them', async ({ downstream, upstream }) => {
    const marked = withHeaders(
      ['x-removed-by-route', '1'],
      ['x-removed-by-host', '1'],
      ['x-removed-by-configuration', '1'],
    );
    await upstream.answers({ '/removed': [marked], '/only': [marked] });
    const names = ({ reply }: Exchange) =>
      reply.raw.headers.map(([name]) => name).filter((name) => name.startsWith('x-removed'));
    expect(names(await downstream.get(url('/removed')))).toEqual([]);
    expect(names(await downstream.get(url('/only'), { headers: { host: 'bare.test' } }))).toEqual([
      'x-removed-by-route',
      'x-removed-by-host',
    ]);
  });

  test('a virtual host without headers to add has those of the route configuration', async ({ downstream }) => {
    const exchange = await downstream.get(url('/only'), { headers: { host: 'bare.test' } });
    expect(levels(exchange)).toEqual(['route configuration']);
  });

  test('all lines of a removed header are removed, and content-type, but neither server nor date', async ({
    downstream,
    upstream,
  }) => {
    const headers: RawHeader[] = [
      ['x-twice', 'a'],
      ['x-twice', 'b'],
      ['content-type', 'text/plain'],
      ['server', 'own'],
    ];
    await upstream.answers({ '/removed': [withHeaders(...headers)] });
    const { reply } = await downstream.get(url('/removed'));
    const names = ['x-twice', 'content-type', 'x-envoy-upstream-service-time', 'server'];
    expect(names.map((name) => reply.lines(name))).toEqual([[], [], [], ['envoy']]);
    expect(reply.header('date')).toMatch(/ GMT$/);
  });

  test('a route removes a header of the upstream before it adds its own line', async ({ downstream, upstream }) => {
    await upstream.answers({ '/added-and-removed': [withHeaders(['x-both', 'upstream'], ['x-level', 'upstream'])] });
    const exchange = await downstream.get(url('/added-and-removed'));
    expect(exchange.reply.lines('x-both')).toEqual(['route']);
    expect(levels(exchange)).toEqual(['virtual host', 'route configuration']);
  });
});

describe('responses that Envoy makes', () => {
  test.for([
    ['a direct response of 201', '/direct', 201, '0 - direct_response'],
    ['a redirect', '/redirect', 301, '0 - direct_response'],
    ['a 503 without the cluster of the route', '/unnamed', 503, '0 NC cluster_not_found'],
    ['a 504 at the route timeout', '/late', 504, '0 UT response_timeout'],
  ] as const)(
    '%s has the headers of every level, whose RESPONSE_CODE is 0 as no status is sent yet',
    async ([, path, status, code], { downstream, upstream }) => {
      await upstream.answers(LATE);
      const exchange = await downstream.get(url(path));
      expect(exchange.reply.outcome).toBe(status);
      expect(levels(exchange)).toEqual(ALL_LEVELS);
      expect(exchange.reply.header('x-code')).toBe(code);
    },
  );

  test(
    'a 503 of a refused connection has the headers of every level, and names the failure in %RESPONSE_CODE_DETAILS%',
    differs(CHANGES.hideTransportFailureReason),
    async ({ downstream, since }) => {
      const exchange = await downstream.get(url('/down'));
      expect(exchange.reply.body).toBe(connectionRefusedBody(since(CHANGES.hideTransportFailureReason)));
      expect(levels(exchange)).toEqual(ALL_LEVELS);
      expect(exchange.reply.header('x-code')).toBe(
        '0 UF upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused}',
      );
      expect(exchange.accessLog).toEqual([expect.objectContaining({ upstream_host: '127.0.0.1:5001' })]);
    },
  );

  test('a 404 without a route has no added header, not even of the route configuration', async ({ downstream }) => {
    const { reply } = await downstream.get(url('/nowhere'), { headers: { host: 'bare.test' } });
    expect(reply.outcome).toBe(404);
    expect(reply.raw.headers.map(([name]) => name).toSorted()).toEqual(['content-length', 'date', 'server']);
  });

  test('a request that Envoy refuses before routing has no added header: 426 to HTTP/1.0', async ({ downstream }) => {
    const { reply } = await downstream.dial(`127.0.0.1:${LISTENERS.ingress}`, {
      steps: [{ send: 'GET / HTTP/1.0\r\nHost: h\r\n\r\n' }, { untilEnd: true }],
    });
    expect(reply.body).toMatch(
      /^HTTP\/1\.1 426 Upgrade Required\r\ncontent-length: 16\r\ncontent-type: text\/plain\r\ndate: .* GMT\r\nserver: envoy\r\nconnection: close\r\n\r\nUpgrade Required$/,
    );
  });

  test('a direct response of 201 and a redirect have a Location: of the request, and of the new path', async ({
    downstream,
  }) => {
    const [direct, redirect] = [await downstream.get(url('/direct')), await downstream.get(url('/redirect'))];
    expect([direct, redirect].map(({ reply }) => reply.header('location'))).toEqual([
      url('/direct'),
      url('/elsewhere'),
    ]);
    expect([direct, redirect].map(({ reply }) => reply.body)).toEqual(['direct', '']);
  });
});

describe('actions and values', () => {
  const SENT: RawHeader[] = [
    ...(['x-appended', 'x-replaced', 'x-kept'] as const).map((name): RawHeader => [name, 'upstream']),
    ['set-cookie', 'a=1'],
    ['cache-control', 'public'],
    ['via', '1.1 origin'],
  ];

  test.for<[title: string, name: string, expected: string[], sent: RawHeader[]]>([
    ['APPEND_IF_EXISTS_OR_ADD adds a second line', 'x-appended', ['upstream', 'route'], SENT],
    ['OVERWRITE_IF_EXISTS replaces the line of the upstream', 'x-replaced', ['route'], SENT],
    ['ADD_IF_ABSENT leaves the line of the upstream', 'x-kept', ['upstream'], SENT],
    ['a header has the value of another header of the upstream', 'x-copied', ['upstream'], SENT],
    ['keep_empty_value adds a header whose value is empty', 'x-empty-kept', [''], SENT],
    ['a second Set-Cookie is a line of its own', 'set-cookie', ['a=1', 'b=2'], SENT],
    [
      'a second value of cache-control, an inline header, is joined by a comma',
      'cache-control',
      ['public,no-store'],
      SENT,
    ],
    ['a second value of via, an inline header, is joined by a comma', 'via', ['1.1 origin,1.1 edge'], SENT],
    ['OVERWRITE_IF_EXISTS adds nothing where the upstream sent none', 'x-replaced', [], []],
    ['ADD_IF_ABSENT adds a line where the upstream sent none', 'x-kept', ['route'], []],
    ['a header whose value is empty is left out', 'x-copied', [], []],
  ])('%s', async ([, name, expected, sent], { downstream, upstream }) => {
    await upstream.answers({ '/actions': [withHeaders(...sent)] });
    const { reply } = await downstream.get(url('/actions'));
    expect(reply.lines(name)).toEqual(expected);
  });

  test('command operators of response headers read the response, the request and the upstream', async ({
    downstream,
    upstream,
  }) => {
    await upstream.answers({ '/actions': [withHeaders(['server', 'own'])] });
    const { reply } = await downstream.get(url('/actions'));
    expect(reply.header('x-operators')).toBe(`own /actions ${upstream.socketAddress}`);
    expect(reply.header('x-code')).toBe('200 - via_upstream');
  });
});

describe('headers of one connection', () => {
  test('connection, keep-alive, proxy-connection and upgrade of the upstream are removed; trailer and te are not', async ({
    downstream,
    upstream,
  }) => {
    const headers: RawHeader[] = [
      ['connection', 'keep-alive, x-hop'],
      ['x-hop', '1'],
      ['keep-alive', 'timeout=5'],
      ['proxy-connection', 'keep-alive'],
      ['upgrade', 'other'],
      ['trailer', 'x-t'],
      ['te', 'x'],
    ];
    await upstream.answers({ '/': [withHeaders(...headers)] });
    const { reply } = await downstream.get(url('/'));
    expect(headers.filter(([name]) => reply.lines(name).length > 0).map(([name]) => name)).toEqual([
      'x-hop',
      'trailer',
      'te',
    ]);
  });

  test(
    'a route cannot add connection, proxy-connection and upgrade; it can add keep-alive since 1.38.0',
    differs(CHANGES.keepAliveAdded),
    async ({ downstream, since }) => {
      const [other, { reply }] = [await downstream.get(url('/')), await downstream.get(url('/hop-by-hop'))];
      const added = reply.raw.headers.filter(([name]) => other.reply.lines(name).length === 0);
      expect(added.toSorted()).toEqual([
        ...(since(CHANGES.keepAliveAdded) ? [['keep-alive', 'timeout=7']] : []),
        ...[
          ['te', 'trailers'],
          ['trailer', 'x-checksum'],
        ],
      ]);
    },
  );
});

describe('local_reply_config', () => {
  test('a mapper replaces status, headers and body of the replies that its filter names', async ({ downstream }) => {
    const { reply, accessLog } = await downstream.get(url('/down', 'mapped'));
    expect(reply.outcome).toBe(502);
    expect(JSON.parse(reply.body)).toEqual({ code: 502, flags: 'UF', path: '/down' });
    expect(['content-type', 'x-mapped'].map((name) => reply.header(name))).toEqual(['application/json', 'upstream']);
    expect(accessLog).toEqual([expect.objectContaining({ response_code: 502, response_flags: 'UF' })]);
  });

  test.for([
    ['a 404 without a route', '/nowhere', 'route_not_found', '<p>no such page</p> 404'],
    ['a direct response of 404', '/direct', 'direct_response', '<p>no such page</p> 404'],
    [
      'a 504 at the route timeout, which no mapper names',
      '/late',
      'response_timeout',
      '<p>upstream request timeout</p> 504',
    ],
  ] as const)(
    'body_format makes the body of %s, with the body of a mapper in it',
    async ([, path, details, body], { downstream, upstream }) => {
      await upstream.answers(LATE);
      const { reply, accessLog } = await downstream.get(url(path, 'mapped'));
      expect([reply.body, reply.header('content-type')]).toEqual([body, 'text/html; charset=utf-8']);
      expect(accessLog).toEqual([expect.objectContaining({ bytes_sent: body.length, response_code_details: details })]);
    },
  );

  test('a 404 of the upstream is no local reply: its body stays', async ({ downstream, upstream }) => {
    await upstream.answers({ '/upstream': [response({ status: 404, body: 'of the upstream' })] });
    const { reply } = await downstream.get(url('/upstream', 'mapped'));
    expect([reply.outcome, reply.body]).toEqual([404, 'of the upstream']);
  });

  test('body_format makes the body of a reply to HTTP/1.0, which Envoy refuses before routing', async ({
    downstream,
  }) => {
    const { reply } = await downstream.dial(`127.0.0.1:${LISTENERS.mapped}`, {
      steps: [{ send: 'GET / HTTP/1.0\r\nHost: h\r\n\r\n' }, { untilEnd: true }],
    });
    expect(reply.body).toMatch(
      /^HTTP\/1\.1 426 [\s\S]*\r\ncontent-type: text\/html; charset=utf-8\r\n[\s\S]*\r\n\r\n<p>Upgrade Required<\/p> 426$/,
    );
  });
});

describe('headers of Envoy', () => {
  test.for(['/', '/direct'])(
    'server_name, and the request id where it is always set, are in the response to %s',
    async (path, { downstream, upstream }) => {
      await upstream.answers({ '/': [withHeaders(['server', 'own'])] });
      const { reply } = await downstream.get(url(path, 'plain'));
      expect(reply.outcome).toBe(200);
      expect(reply.lines('server')).toEqual(['book']);
      expect(reply.header('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  test('include_attempt_count_in_response counts the tries at the upstream; a direct response has none', async ({
    downstream,
  }) => {
    const counts = [await downstream.get(url('/', 'plain')), await downstream.get(url('/direct', 'plain'))];
    expect(counts.map(({ reply }) => reply.header('x-envoy-attempt-count'))).toEqual(['1', undefined]);
  });
});
