import { describe, expect } from 'vitest';
import { chapter, differs } from '../../fixtures/chapter.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { clientHello } from '../../helpers/exchange/client-hello.ts';
import type { Step } from '../../helpers/exchange/script.ts';
import { counted } from '../shared/counted.ts';
import { HELLOS, OTHER_PROTOCOLS, UNDECIDED, UNKNOWN_METHODS, WORDS } from './first-bytes.ts';
import { CAPTURED, protocolDetection, RULE } from './scenario.ts';

const test = chapter(protocolDetection);

const GET = 'GET /healthz HTTP/1.1\r\nHost: web\r\n\r\n';
const WRONG_VERSION = 'TLS_error|error:100000f7:SSL_routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end';

/** Sends first bytes, and ends after the first line of the other side. */
const sending = (bytes: string): { steps: Step[] } => ({
  steps: [...(bytes === '' ? [] : [{ send: bytes }]), { until: '\n' }, { end: true }],
});

/** The line of the listener's access log for a connection of a chain; its other fields are of the chain's claims. */
const chosen = (chain: string | null, more: Record<string, unknown> = {}): unknown[] => [
  expect.objectContaining({ line: expect.objectContaining({ chain, ...more }) }),
];

const timeouts = (stats: Record<string, number>, { listener }: { listener: number }): number =>
  stats[`listener.0.0.0.0_${listener}.downstream_pre_cx_timeout`] ?? 0;

describe('bytes of other protocols', () => {
  for (const [name, bytes] of OTHER_PROTOCOLS) {
    test(`${name}: the connection goes to the default chain at once`, async ({ downstream, upstreams }) => {
      const { reply, streams, stats, ownLog } = await downstream.dial(upstreams.bytes.socketAddress, sending(bytes));
      expect(reply.body).toBe(`bytes\n${bytes.length} bytes\n`);
      expect(streams).toEqual([expect.objectContaining({ bytes: bytes.length, ended: 'end' })]);
      expect(ownLog).toEqual(chosen('default', { server_name: null }));
      expect([stats['tls_inspector.tls_not_found'], stats['http_inspector.http_not_found']]).toEqual([1, 1]);
      expect(timeouts(stats, CAPTURED.patient)).toBe(0);
    });
  }

  for (const [name, bytes] of WORDS) {
    test(
      `${name} without a line end goes to the default chain at once before 1.39.0, and after the timeout since`,
      differs(CHANGES.httpInspectorBalsa),
      async ({ downstream, upstreams: { bytes: patient, brief }, since }) => {
        const waits = since(CHANGES.httpInspectorBalsa);
        const upstream = waits ? brief : patient;
        const { reply, stats, ownLog } = await downstream.dial(upstream.socketAddress, sending(bytes));
        expect(reply.body).toBe(`${upstream.name}\n${bytes.length} bytes\n`);
        expect(ownLog).toEqual(chosen('default'));
        expect(stats['http_inspector.http_not_found'] ?? 0).toBe(waits ? 0 : 1);
        expect(timeouts(stats, CAPTURED.brief)).toBe(waits ? 1 : 0);
      },
    );
  }

  test(
    'HELLO without a line end and without continue_on_listener_filters_timeout is reset since 1.39.0',
    differs(CHANGES.httpInspectorBalsa),
    async ({ downstream, upstreams: { bytes, strict }, since }) => {
      const waits = since(CHANGES.httpInspectorBalsa);
      const { reply, streams, accessLog } = await downstream.dial(
        (waits ? strict : bytes).socketAddress,
        sending('HELLO'),
      );
      expect(reply.outcome).toBe(waits ? 'ECONNRESET' : 'closed');
      expect([streams.length, accessLog.length]).toEqual(waits ? [0, 0] : [1, 1]);
    },
  );
});

describe('bytes that may become HTTP or TLS', () => {
  for (const [name, bytes] of UNDECIDED) {
    test(`${name} and no more: the connection goes to the default chain after listener_filters_timeout`, async ({
      downstream,
      upstreams: { brief },
    }) => {
      const { reply, stats, ownLog } = await downstream.dial(brief.socketAddress, sending(bytes));
      // The upstream reads no byte of a line end before the preface of HTTP/2.
      expect(reply.body).toMatch(/^brief\n\d+ bytes\n$/);
      expect(ownLog).toEqual(chosen('default', { server_name: null }));
      expect(timeouts(stats, CAPTURED.brief)).toBe(1);
    });
  }

  test('GE and no more without continue_on_listener_filters_timeout: Envoy resets the connection, without a TCP proxy log', async ({
    downstream,
    upstreams: { strict },
  }) => {
    const { reply, streams, stats, accessLog, ownLog } = await downstream.dial(strict.socketAddress, sending('GE'));
    expect(reply.outcome).toBe('ECONNRESET');
    expect([streams, accessLog]).toEqual([[], []]);
    expect(ownLog).toEqual(chosen(null));
    expect(timeouts(stats, CAPTURED.strict)).toBe(1);
  });

  test('a client that sends nothing reaches a server that speaks first after listener_filters_timeout', async ({
    downstream,
    upstreams: { brief },
  }) => {
    const { reply, stats, ownLog } = await downstream.dial(brief.socketAddress, sending(''));
    expect(reply.body).toBe('brief\n0 bytes\n');
    expect(ownLog).toEqual(chosen('default'));
    expect(timeouts(stats, CAPTURED.brief)).toBe(1);
  });

  test('a client that sends nothing without continue_on_listener_filters_timeout gets the end of the connection', async ({
    downstream,
    upstreams: { strict },
  }) => {
    const { reply, streams, stats } = await downstream.dial(strict.socketAddress, sending(''));
    expect([reply.outcome, reply.body]).toEqual(['closed', '']);
    expect(streams).toEqual([]);
    expect(timeouts(stats, CAPTURED.strict)).toBe(1);
  });

  test('G and ET in two segments: the connection goes to the chain of HTTP/1.1', async ({
    downstream,
    upstreams: { web },
  }) => {
    const { reply, received, ownLog } = await downstream.dial(web.socketAddress, {
      steps: [{ send: GET.slice(0, 1) }, { send: GET.slice(1) }, { until: '\r\n\r\n' }, { end: true }],
    });
    expect(reply.body).toMatch(/^HTTP\/1\.1 204 /);
    expect(received).toHaveLength(1);
    expect(ownLog).toEqual(chosen('http/1.1'));
  });
});

describe('HTTP', () => {
  test('GET of HTTP/1.1 goes to the chain of HTTP/1.1 and reaches the dialled upstream', async ({
    downstream,
    upstreams: { web },
  }) => {
    const { reply, received, stats, ownLog } = await downstream.get(web.url);
    expect(reply.servedBy).toBe('web');
    expect(received[0]?.local).toBe(web.socketAddress);
    expect(ownLog).toEqual(chosen('http/1.1'));
    expect(stats['http_inspector.http11_found']).toBe(1);
  });

  for (const version of ['1.0', '1.2']) {
    test(`GET of HTTP/${version} goes to the chain of HTTP/1.0`, async ({ downstream, upstreams: { web } }) => {
      const { reply, stats, ownLog } = await downstream.dial(web.socketAddress, {
        steps: [{ send: GET.replace('HTTP/1.1', `HTTP/${version}`) }, { until: '\r\n\r\n' }, { end: true }],
      });
      expect(reply.body).toMatch(/^HTTP\/1\.0 204 /);
      expect(ownLog).toEqual(chosen('http/1.0'));
      expect(stats['http_inspector.http10_found']).toBe(1);
    });
  }

  test('GET without a version (HTTP/0.9) goes to the chain of HTTP/1.0, where it gets 400 without a Host', async ({
    downstream,
    upstreams: { web },
  }) => {
    const { reply, received, accessLog, ownLog } = await downstream.dial(web.socketAddress, sending('GET /\r\n'));
    expect(reply.body).toMatch(/^HTTP\/1\.0 400 /);
    expect(received).toEqual([]);
    expect(accessLog).toEqual([expect.objectContaining({ response_code_details: 'missing_host_header' })]);
    expect(ownLog).toEqual(chosen('http/1.0'));
  });

  test('a request of HTTP/2 with prior knowledge goes to the chain of h2c', async ({
    downstream,
    upstreams: { web },
  }) => {
    const { reply, stats, ownLog } = await downstream.get(`${web.url}/healthz`, { http2: true });
    expect(reply.outcome).toBe(204);
    expect(ownLog).toEqual(chosen('h2c'));
    expect(stats['http_inspector.http2_found']).toBe(1);
  });

  for (const [name, request] of UNKNOWN_METHODS) {
    test(
      `a request with the method ${name} goes to the default chain before 1.39.0; since, to HTTP/1.1, which answers 400`,
      differs(CHANGES.httpInspectorBalsa),
      async ({ downstream, upstreams: { bytes }, since }) => {
        const isHttp = since(CHANGES.httpInspectorBalsa);
        const { reply, accessLog, ownLog } = await downstream.dial(bytes.socketAddress, sending(request));
        expect(reply.body).toMatch(isHttp ? /^HTTP\/1\.1 400 Bad Request\r\n/ : /^bytes\n\d+ bytes\n$/);
        expect(ownLog).toEqual(chosen(isHttp ? 'http/1.1' : 'default'));
        expect(accessLog).toEqual([
          expect.objectContaining(
            isHttp ? { response_code_details: 'http1.codec_error' } : { bytes_received: request.length },
          ),
        ]);
      },
    );
  }

  test(
    'a QUERY without a content-type goes to the default chain before 1.39.0; since, to HTTP/1.1, which answers 400',
    differs(CHANGES.httpInspectorBalsa, CHANGES.queryMethod),
    async ({ downstream, upstreams: { bytes }, since }) => {
      const isHttp = since(CHANGES.httpInspectorBalsa);
      const { reply, accessLog } = await downstream.dial(
        bytes.socketAddress,
        sending('QUERY / HTTP/1.1\r\nHost: web\r\n\r\n'),
      );
      expect(reply.body).toMatch(isHttp ? /^HTTP\/1\.1 400 Bad Request\r\n/ : /^bytes\n\d+ bytes\n$/);
      const details = since(CHANGES.queryMethod) ? 'query_missing_content_type' : 'http1.codec_error';
      expect(accessLog).toEqual([
        expect.objectContaining(isHttp ? { response_code_details: details } : { bytes_received: 31 }),
      ]);
    },
  );

  test(
    'SOURCE with ICE/1.0 instead of HTTP/1.0 gets 400 of the chain of HTTP/1.0 before 1.39.0, and passes as bytes since',
    differs(CHANGES.httpInspectorBalsa),
    async ({ downstream, upstreams: { bytes }, since }) => {
      const passes = since(CHANGES.httpInspectorBalsa);
      const { reply, ownLog } = await downstream.dial(bytes.socketAddress, sending('SOURCE / ICE/1.0\r\n'));
      expect(reply.body).toMatch(passes ? /^bytes\n18 bytes\n$/ : /^HTTP\/1\.1 400 Bad Request\r\n/);
      expect(ownLog).toEqual(chosen(passes ? 'default' : 'http/1.0'));
    },
  );

  test('a request line of more than 64 KiB resets the connection before any chain (http_inspector.read_error)', async ({
    downstream,
    upstreams: { web },
  }) => {
    const { reply, stats, ownLog } = await downstream.dial(web.socketAddress, sending(`GET /${'x'.repeat(70_000)}`));
    expect(reply.outcome).toBe('ECONNRESET');
    expect(stats['http_inspector.read_error']).toBe(1);
    expect(ownLog).toEqual(chosen(null));
  });
});

describe('TLS', () => {
  for (const [name, hello, chain] of HELLOS) {
    test(`a ClientHello with ${name} goes to the chain "${chain}" and reaches the upstream unchanged`, async ({
      downstream,
      upstreams: { bytes },
    }) => {
      const sent = clientHello(hello);
      const { reply, stats, ownLog } = await downstream.dial(bytes.socketAddress, sending(sent));
      expect(reply.body).toBe(`bytes\n${sent.length} bytes\n`);
      const { serverName, alpn } = hello;
      expect(ownLog).toEqual(chosen(chain, { server_name: serverName?.toLowerCase() ?? null, failure: null }));
      expect(['tls_found', 'sni_found', 'alpn_found'].map((name) => stats[`tls_inspector.${name}`] ?? 0)).toEqual([
        1,
        serverName === undefined ? 0 : 1,
        alpn === undefined ? 0 : 1,
      ]);
    });
  }

  test('a ClientHello in two segments, the second after the first was read, goes to the chain of its SNI', async ({
    downstream,
    upstreams: { bytes },
  }) => {
    const hello = clientHello({ serverName: 'blue.test' });
    const { reply, ownLog } = await downstream.dial(bytes.socketAddress, {
      steps: [
        { send: hello.slice(0, 3) },
        { send: hello.slice(3, 60) },
        { send: hello.slice(60) },
        { until: '\n' },
        { end: true },
      ],
    });
    expect(reply.body).toBe(`bytes\n${hello.length} bytes\n`);
    expect(ownLog).toEqual(chosen('blue.test'));
  });

  test('the JA3 fingerprint of a ClientHello is in the access log', async ({ downstream, upstreams: { bytes } }) => {
    const hello = clientHello({ serverName: 'blue.test' });
    const { ownLog } = await downstream.dial(bytes.socketAddress, sending(hello));
    expect(ownLog).toEqual(chosen('blue.test', { ja3: '488dcfd97a20414fda1adece0654034a' }));
  });

  test('a ClientHello with ALPN http/1.1 goes to a chain for http/1.1 that does not demand plaintext, and gets 400', async ({
    downstream,
    upstreams: { brief },
  }) => {
    const { reply, accessLog, ownLog } = await downstream.dial(
      brief.socketAddress,
      sending(clientHello({ alpn: ['http/1.1'] })),
    );
    expect(reply.body).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(accessLog).toEqual([expect.objectContaining({ response_code_details: 'http1.codec_error' })]);
    expect(ownLog).toEqual(chosen('http'));
  });

  test('a ClientHello of more than 16 KiB resets the connection before any chain (client_hello_too_large)', async ({
    downstream,
    upstreams: { bytes },
  }) => {
    const hello = clientHello({ serverName: 'blue.test', padding: 17_000 });
    const { reply, stats, ownLog } = await downstream.dial(bytes.socketAddress, sending(hello));
    expect(reply.outcome).toBe('ECONNRESET');
    expect(stats['tls_inspector.client_hello_too_large']).toBe(1);
    expect(ownLog).toEqual(chosen(null));
  });

  test(
    'an SSL 3.0 ClientHello goes to the default chain before 1.37.0, to the chain of TLS before 1.39.0, and is reset since',
    differs(CHANGES.inspectorReadsSsl3, CHANGES.inspectorRejectsSsl3),
    async ({ downstream, upstreams: { bytes }, since }) => {
      const isReset = since(CHANGES.inspectorRejectsSsl3);
      const isTls = since(CHANGES.inspectorReadsSsl3);
      const { reply, stats, ownLog } = await downstream.dial(
        bytes.socketAddress,
        sending(clientHello({ version: 'SSL 3.0' })),
      );
      expect(reply.outcome).toBe(isReset ? 'ECONNRESET' : 'closed');
      expect(stats['tls_inspector.tls_found'] ?? 0).toBe(isTls && !isReset ? 1 : 0);
      expect(ownLog).toEqual(chosen(isReset ? null : isTls ? 'TLS' : 'default'));
    },
  );
});

describe('DOWNSTREAM_TRANSPORT_FAILURE_REASON of connections without TLS', () => {
  for (const [name, bytes, reason] of [
    ['8 times FF', '\xff'.repeat(8), WRONG_VERSION],
    ['GET', GET, WRONG_VERSION.replace('100000f7', '1000009c').replace('WRONG_VERSION_NUMBER', 'HTTP_REQUEST')],
  ] as const) {
    test(
      `${name} leaves the reason empty before 1.37.0; since, it is the error of tls_inspector`,
      differs(CHANGES.inspectorFailureReason),
      async ({ downstream, upstreams: { web, bytes: other }, since }) => {
        const { ownLog } = await downstream.dial((bytes === GET ? web : other).socketAddress, sending(bytes));
        expect(ownLog).toEqual([
          expect.objectContaining({
            line: expect.objectContaining({ failure: since(CHANGES.inspectorFailureReason) ? reason : null }),
          }),
        ]);
      },
    );
  }
});

test("a connection to the listener itself gets an RST: the guard rule stops Envoy's connection to itself, UF,URX", async ({
  downstream,
}) => {
  const { reply, accessLog, rules } = await downstream.dial(
    `127.0.0.1:${CAPTURED.patient.listener}`,
    sending('HELLO\r\n'),
  );
  expect([reply.outcome, reply.body]).toEqual(['ECONNRESET', '']);
  expect(accessLog).toEqual([expect.objectContaining({ response_flags: 'UF,URX' })]);
  expect(rules).toEqual([counted(RULE.guard, { packets: 1 })]);
});
