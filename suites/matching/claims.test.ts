import { describe, expect } from 'vitest';
import { chapter, differs } from '../../fixtures/chapter.ts';
import type { Downstream } from '../../fixtures/exchange/downstream.ts';
import type { Exchange } from '../../fixtures/exchange/exchange.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import type { RawHeader } from '../../helpers/exchange/wire.ts';
import { BYTES, changeOf, type HeaderRow, type Lines, ONE_LINE, SEVERAL_LINES } from './header-rows.ts';
import { ESCAPED, KINDS, PATHS, QUERIES } from './path-rows.ts';
import { LISTENERS, matching } from './scenario.ts';

const test = chapter(matching);

/** Requests on one connection, each with a host, a target and header lines. */
function requests(host: string, all: { target: string; lines?: string[] }[]): { send: string } {
  const last = all.length - 1;
  const texts = all.map(({ target, lines = [] }, index) => {
    const head = [
      `GET ${target} HTTP/1.1`,
      `Host: ${host}`,
      ...lines,
      ...(index === last ? ['Connection: close'] : []),
    ];
    return `${head.join('\r\n')}\r\n\r\n`;
  });
  return { send: texts.join('') };
}

/** The routes of requests on one connection to the plain listener, in order; with the status where it is another one. */
async function routesOf(
  downstream: Downstream,
  host: string,
  all: { target: string; lines?: string[] }[],
  expected = 200,
): Promise<string[]> {
  const { reply } = await downstream.dial(`127.0.0.1:${LISTENERS.plain}`, { steps: [requests(host, all)] });
  const heads = reply.body.matchAll(/HTTP\/1\.1 (\d+) .*\r\n(?:.+\r\n)*?x-route: (.*)\r$/gm);
  return [...heads].map(([, status, route = '']) => (Number(status) === expected ? route : `${route} ${status}`));
}

/** One request with `Connection: close`, by its first line and further header lines. */
function ask(
  downstream: Downstream,
  listener: keyof typeof LISTENERS,
  firstLine: string,
  { headers = '', body = '' } = {},
): Promise<Exchange> {
  const send = `${firstLine}\r\nHost: h\r\n${headers}Connection: close\r\n\r\n${body}`;
  return downstream.dial(`127.0.0.1:${LISTENERS[listener]}`, { steps: [{ send }] });
}

/** A request that Envoy refuses; the client ends the connection, which Envoy keeps open for a second. */
function askRefused(downstream: Downstream, listener: keyof typeof LISTENERS, firstLine: string): Promise<Exchange> {
  const steps = [{ send: `${firstLine}\r\nHost: h\r\n\r\n` }, { until: '\r\n\r\n' }, { end: true as const }];
  return downstream.dial(`127.0.0.1:${LISTENERS[listener]}`, { steps });
}

/** Declares a claim for each row: the route matches what it accepts, and nothing else. */
function headerClaims(rows: HeaderRow[], host: string, header: string, kind: 'lines' | 'bytes'): void {
  for (const row of rows) {
    const change = changeOf(row, kind);
    const { title, route, always = [], never = [], since: matchedSince = [], until = [] } = row;
    test(title, change ? differs(change) : {}, async ({ downstream, since }) => {
      const sent: Lines[] = [...always, ...matchedSince, ...until, ...never];
      const accepted = [...always, ...(change && since(change) ? matchedSince : until)];
      const all = sent.map((lines) => ({ target: `/${route}`, lines: lines.map((line) => `${header}: ${line}`) }));
      const routes = await routesOf(downstream, host, all);
      expect(routes).toEqual(sent.map((lines) => (accepted.includes(lines) ? route : 'none')));
    });
  }
}

/** The first line of a response. */
function statusOf({ reply }: Exchange): number {
  return Number(/^HTTP\/1\.1 (\d+)/.exec(reply.body)?.[1]);
}

function routeOf({ reply }: Exchange): string | undefined {
  return /^x-route: (.*)\r$/m.exec(reply.body)?.[1];
}

describe('header matchers and one line', () => headerClaims(ONE_LINE, 'headers', 'x-role', 'lines'));

describe('header matchers and several lines', () => {
  headerClaims(SEVERAL_LINES, 'headers', 'x-role', 'lines');

  test(
    'a matcher of cookie accepts one of two cookie lines in HTTP/1.1 since 1.39.0, and not before',
    differs(CHANGES.headersMatchedPerLine),
    async ({ downstream, since }) => {
      const lines = ['cookie: a=1', 'cookie: b=2'];
      const [route] = await routesOf(downstream, 'headers', [{ target: '/cookie', lines }]);
      expect(route).toBe(since(CHANGES.headersMatchedPerLine) ? 'cookie' : 'none');
    },
  );

  test('a matcher of cookie sees the cookie lines of HTTP/2 as one line, joined by semicolons', async ({
    lab,
    downstream,
  }) => {
    const headers: RawHeader[] = [
      ['host', 'headers'],
      ['cookie', 'a=1'],
      ['cookie', 'b=2'],
    ];
    const one = await downstream.get(`${lab.envoyUrl}/cookie`, { http2: true, headers });
    const both = await downstream.get(`${lab.envoyUrl}/cookies`, { http2: true, headers });
    expect([one, both].map(({ reply }) => [reply.outcome, reply.header('x-route')])).toEqual([
      [200, 'none'],
      [200, 'cookies'],
    ]);
  });

  test(
    'over HTTP/2, an exact matcher accepts "admin" in one of two lines since 1.39.0, in neither before',
    differs(CHANGES.headersMatchedPerLine),
    async ({ downstream, since }) => {
      const pseudo: RawHeader[] = [
        [':method', 'GET'],
        [':scheme', 'http'],
        [':path', '/exact'],
        [':authority', 'headers'],
      ];
      const lines: RawHeader[] = [
        ['x-role', 'admin'],
        ['x-role', 'user'],
      ];
      const { reply } = await downstream.dial(`127.0.0.1:${LISTENERS.plain}`, {
        steps: [{ frames: [{ type: 'HEADERS', headers: [...pseudo, ...lines], endStream: true }] }],
      });
      expect(reply.header('x-route')).toBe(since(CHANGES.headersMatchedPerLine) ? 'exact' : 'none');
    },
  );

  test('a route with two header matchers accepts requests that satisfy both', async ({ downstream }) => {
    const [role, team] = ['x-role: admin', 'x-team: red'];
    const sent = [[role, team], [team, role], [role], [team], []].map((lines) => ({ target: '/both', lines }));
    expect(await routesOf(downstream, 'headers', sent)).toEqual(['both', 'both', 'none', 'none', 'none']);
  });
});

describe('regular expressions and bytes', () => {
  headerClaims(BYTES, 'bytes', 'x-text', 'bytes');

  test('a path with a byte above 7F gets 400 (http1.codec_error) without a check', async ({ downstream }) => {
    const exchange = await askRefused(downstream, 'plain', 'GET /caf\xe9 HTTP/1.1');
    expect(statusOf(exchange)).toBe(400);
    expect(exchange.httpChecks).toEqual([]);
    expect(exchange.accessLog).toEqual([expect.objectContaining({ response_code_details: 'http1.codec_error' })]);
  });
});

describe('methods', () => {
  const METHODS: [method: string, route: string][] = [
    ['PROPFIND', 'others'],
    ['PATCH', 'others'],
    ['TRACE', 'others'],
    ['PURGE', 'others'],
    ['LINK', 'others'],
  ];
  for (const [method, route] of METHODS) {
    test(`a ${method} request is checked and forwarded with its method`, async ({ downstream }) => {
      const exchange = await ask(downstream, 'plain', `${method} /x HTTP/1.1`);
      expect(routeOf(exchange)).toBe(route);
      expect(exchange.httpChecks.map((check) => check.method)).toEqual([method]);
      expect(exchange.received.map(({ raw }) => raw.method)).toEqual([method]);
    });
  }

  for (const method of ['BREW', 'get', 'M-SEARCH']) {
    test(`the HTTP/1.1 method ${method} gets 400 DPE (http1.codec_error) without a check`, async ({ downstream }) => {
      const exchange = await askRefused(downstream, 'plain', `${method} /x HTTP/1.1`);
      expect(exchange.reply.body).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n(?:.+\r\n)+\r\nBad Request$/);
      expect([exchange.httpChecks, exchange.received]).toEqual([[], []]);
      expect(exchange.accessLog).toEqual([
        expect.objectContaining({ response_flags: 'DPE', response_code_details: 'http1.codec_error' }),
      ]);
    });
  }

  const QUERIES_OF_HTTP1 = {
    'a body': { headers: 'Content-Type: text/plain\r\nContent-Length: 2\r\n', body: 'hi' },
    'no body': { headers: 'Content-Type: text/plain\r\n' },
  };
  for (const [kind, rest] of Object.entries(QUERIES_OF_HTTP1)) {
    test(
      `a QUERY over HTTP/1.1 with a content-type and ${kind} gets 400 (http1.codec_error) before 1.40.0, and is forwarded since`,
      differs(CHANGES.queryMethod),
      async ({ downstream, since }) => {
        const known = since(CHANGES.queryMethod);
        const exchange = known
          ? await ask(downstream, 'plain', 'QUERY /x HTTP/1.1', rest)
          : await askRefused(downstream, 'plain', `QUERY /x HTTP/1.1\r\n${rest.headers.trim()}`);
        expect(statusOf(exchange) === 400).toBe(!known);
        expect(routeOf(exchange)).toBe(known ? 'query' : undefined);
        expect(exchange.received.map(({ raw }) => raw.method)).toEqual(known ? ['QUERY'] : []);
        expect(exchange.accessLog).toEqual([
          expect.objectContaining({ response_code_details: known ? 'via_upstream' : 'http1.codec_error' }),
        ]);
      },
    );
  }

  test(
    'a QUERY over HTTP/1.1 without a content-type gets 400: a codec error before 1.40.0, query_missing_content_type since',
    differs(CHANGES.queryMethod),
    async ({ downstream, since }) => {
      const exchange = await askRefused(downstream, 'plain', 'QUERY /x HTTP/1.1');
      const known = since(CHANGES.queryMethod);
      expect(statusOf(exchange)).toBe(400);
      expect(exchange.reply.body.split('\r\n\r\n')[1]).toBe(known ? '' : 'Bad Request');
      expect([exchange.httpChecks, exchange.received]).toEqual([[], []]);
      expect(exchange.accessLog).toEqual([
        expect.objectContaining({
          method: known ? 'QUERY' : null,
          response_flags: known ? '-' : 'DPE',
          response_code_details: known ? 'query_missing_content_type' : 'http1.codec_error',
        }),
      ]);
    },
  );

  test('a QUERY over HTTP/2 with a content-type is checked and forwarded', async ({ lab, downstream }) => {
    const { reply, received, httpChecks } = await downstream.get(`${lab.envoyUrl}/y`, {
      ...{ http2: true, method: 'QUERY', headers: { 'content-type': 'text/plain' } },
    });
    expect([reply.servedBy, reply.header('x-route')]).toEqual(['upstream', 'query']);
    expect(httpChecks.map(({ method }) => method)).toEqual(['QUERY']);
    expect(received.map(({ raw }) => raw.method)).toEqual(['QUERY']);
  });

  test(
    'a QUERY over HTTP/2 without a content-type is forwarded before 1.40.0; since, it gets 400 (query_missing_content_type)',
    differs(CHANGES.queryNeedsContentType),
    async ({ lab, downstream, since }) => {
      const { reply, received, accessLog } = await downstream.get(`${lab.envoyUrl}/x`, {
        http2: true,
        method: 'QUERY',
      });
      const refused = since(CHANGES.queryNeedsContentType);
      expect(reply.outcome === 400).toBe(refused);
      expect(received).toHaveLength(refused ? 0 : 1);
      expect(accessLog).toEqual([
        expect.objectContaining({ response_code_details: refused ? 'query_missing_content_type' : 'via_upstream' }),
      ]);
    },
  );
});

describe('paths', () => {
  for (const { title, listener, sent, outcome, before } of PATHS) {
    test(title, before ? differs(before.change) : {}, async ({ downstream, since }) => {
      const exchange = await ask(downstream, listener, `GET ${sent} HTTP/1.1`);
      const { route, path = sent } = before && !since(before.change) ? before.outcome : outcome;
      const denied = route === 'admin';
      expect(routeOf(exchange)).toBe(route);
      expect(statusOf(exchange) === 403).toBe(denied);
      expect(exchange.httpChecks.map((check) => check.path)).toEqual([path]);
      expect(exchange.received.map((request) => [request.path, request.header('x-route')])).toEqual(
        denied ? [] : [[path, route]],
      );
    });
  }

  for (const { listener, sent, location } of ESCAPED) {
    const title =
      location === undefined
        ? `with escaped slashes rejected, ${sent} gets 400 (path_normalization_failed) without a check`
        : `with escaped slashes redirected, ${sent} gets 307 to ${location} without a check`;
    test(title, async ({ downstream }) => {
      const exchange = await askRefused(downstream, listener, `GET ${sent} HTTP/1.1`);
      expect(statusOf(exchange)).toBe(location === undefined ? 400 : 307);
      expect(/^location: (.*)\r$/m.exec(exchange.reply.body)?.[1]).toBe(location);
      expect([exchange.httpChecks, exchange.received]).toEqual([[], []]);
      expect(exchange.accessLog).toEqual([
        expect.objectContaining({ response_code_details: 'path_normalization_failed' }),
      ]);
    });
  }

  for (const { title, route, accepted, others } of KINDS) {
    test(title, async ({ downstream }) => {
      const sent = [...accepted, ...others];
      const routes = await routesOf(
        downstream,
        'h',
        sent.map((target) => ({ target })),
        // The upstream does not know these paths.
        404,
      );
      expect(routes).toHaveLength(sent.length);
      expect(sent.filter((_, index) => routes[index] === route)).toEqual(accepted);
    });
  }
});

describe('query parameters and fractions', () => {
  for (const { title, route, accepted, others } of QUERIES) {
    test(title, async ({ downstream }) => {
      const sent = [...accepted, ...others];
      const routes = await routesOf(
        downstream,
        'queries',
        sent.map((query) => ({ target: `/${route}${query}` })),
      );
      expect(routes).toHaveLength(sent.length);
      expect(sent.filter((_, index) => routes[index] === route)).toEqual(accepted);
    });
  }

  test('a route with a runtime_fraction of 100 % matches every request, one of 0 % none', async ({ downstream }) => {
    const sent = ['/always', '/never', '/always', '/never'].map((target) => ({ target }));
    expect(await routesOf(downstream, 'queries', sent)).toEqual(['always', 'none', 'always', 'none']);
  });
});
