import { createHash } from 'node:crypto';
import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, combined, differs } from '../../fixtures/chapter.ts';
import type { Lab } from '../../fixtures/lab/lab.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { TIMEOUTS } from '../../helpers/constants/timeouts.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { listener, networkFilter } from '../../helpers/envoy/select.ts';
import { proxyHeader } from '../../helpers/exchange/proxy-protocol.ts';
import { response } from '../../helpers/exchange/response.ts';
import type { Step } from '../../helpers/exchange/script.ts';
import { get, httpEnds } from '../shared/connection-ends/http-claims.ts';
import { tcpEnds } from '../shared/connection-ends/tcp-claims.ts';
import { connectionEnds, PROXIED_LISTENER } from './scenario.ts';

const test = chapter(connectionEnds);

const LISTENER = `127.0.0.1:${PORTS.listener}`;
const BYTES_LISTENER = `127.0.0.1:${PORTS.bytesListener}`;
const PROGRAMS = ['curl', 'undici'] as const;
const UPGRADE = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';

/** An access logger of the close types on each side. */
const CLOSE_TYPES = {
  name: 'envoy.access_loggers.stdout',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog',
    log_format: {
      text_format_source: {
        inline_string: 'downstream %DOWNSTREAM_DETECTED_CLOSE_TYPE%, upstream %UPSTREAM_DETECTED_CLOSE_TYPE%\n',
      },
    },
  },
};

/** More than the buffers between an upstream that sends and a client that does not read hold. */
const MORE_THAN_BUFFERS = 'x'.repeat(2 ** 23);

/** The sockets of Envoy's byte listener and of its connections to upstreams, as filters of ss(8). */
const TO_CLIENT = `sport = :${PORTS.bytesListener}`;
const TO_UPSTREAM = `dport = :${PORTS.upstream}`;

const established = (socket: string): string => `ss -tnH state established '${socket}'`;
/** Bytes have arrived that Envoy does not read. */
const unread = (socket: string): string => `${established(socket)} | grep -q '^[1-9]'`;
const none = (socket: string): string => `! ${established(socket)} | grep -q .`;
/** Envoy has ended its half, and the other side has not. */
const halfClosed = (socket: string): string => `ss -tnH state fin-wait-1 state fin-wait-2 '${socket}' | grep -q .`;

/** Waits until a command succeeds on Envoy's host. */
async function untilSockets(lab: Lab, command: string): Promise<void> {
  await lab.envoyHost.run(['sh', '-c', `until ${command}; do sleep 0.01; done`]);
}

/** Waits until Envoy holds tens of kilobytes that the kernel does not take, as the send buffer is full. */
async function buffered(lab: Lab, gauge: string): Promise<void> {
  await lab.envoy.waitFor(`/stats?filter=^${gauge}$`, `${gauge}: \\d{5}`);
}

describe('ends of a TCP connection', () => {
  tcpEnds(test, { addressOf: () => BYTES_LISTENER, listenerPort: PORTS.bytesListener });

  test(
    'the detected close types name the side that reset a connection since 1.38.0; before, Envoy refuses the operators',
    combined(changesEnvoy, differs(CHANGES.detectedCloseType, CHANGES.upstreamResetPassedOn)),
    async ({ lab, downstream, upstreams: { bytes }, since }) => {
      const config = {
        at: networkFilter('envoy.filters.network.tcp_proxy', listener('bytes')),
        add: { 'typed_config.access_log': [CLOSE_TYPES] },
      };
      if (!since(CHANGES.detectedCloseType)) {
        const { log } = await lab.envoyExit({ config });
        expect(log).toContain('Not supported field in StreamInfo: DOWNSTREAM_DETECTED_CLOSE_TYPE');
        return;
      }
      await lab.restartEnvoy({ config });
      const greets: Step[] = [{ send: 'hello' }, { wait: 'greeted' }];
      const greeted: Step[] = [{ until: 'hello' }, { signal: 'greeted' }];
      await bytes.plays([...greets, { reset: true }], greets, [...greets, { end: true }]);
      const byUpstream = await downstream.dial(BYTES_LISTENER, { steps: greeted });
      const byClient = await downstream.dial(BYTES_LISTENER, { steps: [...greeted, { reset: true }] });
      const ended = await downstream.dial(BYTES_LISTENER, { steps: greeted });
      expect([byUpstream, byClient, ended].map(({ ownLog }) => ownLog.map(({ line }) => line))).toEqual([
        [`downstream ${since(CHANGES.upstreamResetPassedOn) ? 'LocalReset' : 'Normal'}, upstream RemoteReset`],
        ['downstream RemoteReset, upstream Normal'],
        ['downstream Normal, upstream Normal'],
      ]);
    },
  );

  test('while the client does not read, Envoy stops reading from the upstream; later, every byte arrives', async ({
    lab,
    downstream,
    upstreams: { bytes },
  }) => {
    const payload = 'x'.repeat(2 ** 21);
    await bytes.plays([{ send: payload }, { end: true }]);
    const { reply } = await downstream.dial(BYTES_LISTENER, {
      steps: [{ read: false }, { wait: 'read on' }, { read: true }],
      meanwhile: async (signals) => {
        await lab.envoyHost.call('waitForAdmin', {
          port: PORTS.admin,
          path: '/stats?filter=cluster.bytes.upstream_flow_control_paused_reading_total',
          expect: ': [1-9]',
          timeoutMs: TIMEOUTS.conditionMs,
        });
        await signals.raise('read on');
      },
    });
    expect(reply.body === payload).toBe(true);
    expect(reply.outcome).toBe('closed');
  });

  // CVE-2025-62409, fixed in 1.36.1: a watermark callback of a closing connection crashed Envoy.
  test('a client that resets while Envoy pauses its upstream: RST at the upstream, and the next connection is served', async ({
    lab,
    downstream,
    upstreams: { bytes },
  }) => {
    await bytes.plays([{ send: MORE_THAN_BUFFERS }], [{ send: 'served' }, { end: true }]);
    const { reply, streams, accessLog } = await downstream.dial(BYTES_LISTENER, {
      steps: [{ read: false }, { wait: 'paused' }, { reset: true }],
      meanwhile: async (signals) => {
        await buffered(lab, 'tcp.bytes.downstream_cx_tx_bytes_buffered');
        await untilSockets(lab, unread(TO_UPSTREAM));
        await signals.raise('paused');
      },
    });
    const next = await downstream.dial(BYTES_LISTENER);
    expect(reply.outcome).toBe('reset');
    expect(streams).toEqual([expect.objectContaining({ bytes: 0, ended: 'ECONNRESET' })]);
    expect(accessLog).toEqual([expect.objectContaining({ response_flags: '-', bytes_received: 0 })]);
    expect([next.reply.body, next.reply.outcome]).toEqual(['served', 'closed']);
  });

  test('a client that ends while Envoy pauses its upstream: the upstream gets the end; later, every byte arrives', async ({
    lab,
    downstream,
    upstreams: { bytes },
  }) => {
    await bytes.plays([{ send: MORE_THAN_BUFFERS }, { untilEnd: true }]);
    const { reply, streams, accessLog } = await downstream.dial(BYTES_LISTENER, {
      steps: [{ read: false }, { wait: 'paused' }, { send: 'bye' }, { end: true }, { wait: 'read on' }, { read: true }],
      meanwhile: async (signals) => {
        await buffered(lab, 'tcp.bytes.downstream_cx_tx_bytes_buffered');
        await untilSockets(lab, unread(TO_UPSTREAM));
        await signals.raise('paused');
        await untilSockets(lab, halfClosed(TO_UPSTREAM));
        await signals.raise('read on');
      },
    });
    expect(reply.body === MORE_THAN_BUFFERS).toBe(true);
    expect(reply.outcome).toBe('closed');
    expect(streams).toEqual([expect.objectContaining({ bytes: 3, ended: 'end' })]);
    expect(accessLog).toEqual([
      expect.objectContaining({ response_flags: '-', bytes_received: 3, bytes_sent: MORE_THAN_BUFFERS.length }),
    ]);
  });

  test(
    'a client that resets while Envoy waits for its upstream to read: RST at the upstream since 1.40.0, all bytes before',
    differs(CHANGES.downstreamResetPassedOn),
    async ({ lab, downstream, upstreams: { bytes }, since }) => {
      await bytes.plays(
        [{ read: false }, { wait: 'read on' }, { read: true }, { untilEnd: true }],
        [{ send: 'served' }, { end: true }],
      );
      const { reply, streams, accessLog } = await downstream.dial(BYTES_LISTENER, {
        steps: [{ send: 'x'.repeat(2 ** 21) }, { wait: 'paused' }, { reset: true }],
        meanwhile: async (signals) => {
          await buffered(lab, 'cluster.bytes.upstream_cx_tx_bytes_buffered');
          await untilSockets(lab, unread(TO_CLIENT));
          await signals.raise('paused');
          await untilSockets(lab, none(TO_CLIENT));
          await signals.raise('read on');
        },
      });
      const next = await downstream.dial(BYTES_LISTENER);
      expect(reply.outcome).toBe('reset');
      expect(accessLog).toEqual([expect.objectContaining({ response_flags: '-', bytes_sent: 0 })]);
      const isPassedOn = since(CHANGES.downstreamResetPassedOn);
      expect(streams.map(({ ended }) => ended)).toEqual([isPassedOn ? 'ECONNRESET' : 'end']);
      // How many bytes arrive before an RST is a race.
      if (!isPassedOn) expect(streams[0]?.bytes).toBe(accessLog[0]?.bytes_received);
      expect([next.reply.body, next.reply.outcome]).toEqual(['served', 'closed']);
    },
  );
});

describe('ends within HTTP', () => {
  httpEnds(test, { addressOf: () => LISTENER });

  test('an upstream that ends a kept connection at the next request: 503 UC, and 200 with retry_on reset', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    const kept = response({ body: 'kept' });
    for (const [path, outcome] of [
      ['/kept', 503],
      ['/retried/kept', 200],
    ] as const) {
      await upstream.answers({ [path]: [kept, [{ end: true }], kept] });
      const first = await downstream.get(`http://${LISTENER}${path}`);
      const second = await downstream.get(`http://${LISTENER}${path}`);
      expect(first.reply.outcome).toBe(200);
      expect([second.reply.outcome, second.connections.map(({ requests, ended }) => [requests, ended])]).toEqual([
        outcome,
        [[1, 'closed']],
      ]);
      expect(second.received[0]?.remote).toBe(first.received[0]?.remote);
      expect(second.accessLog).toEqual([expect.objectContaining({ response_flags: outcome === 200 ? '-' : 'UC' })]);
      expect(second.received).toHaveLength(outcome === 200 ? 2 : 1);
    }
  });

  for (const [by, step] of [
    ['ends', { end: true }],
    ['resets', { reset: true }],
  ] as const) {
    test(`after an upstream ${by} an idle connection, the next request opens another`, async ({
      downstream,
      upstreams: { upstream },
    }) => {
      await upstream.answers({ '/idle': [[...response({ body: 'bye' }), { wait: 'idle' }, step], response()] });
      const first = await downstream.dial(LISTENER, {
        steps: [get('/idle'), { until: 'bye' }, { signal: 'idle' }, { end: true }],
      });
      const next = await downstream.get(`http://${LISTENER}/idle`);
      expect([first.connections.length, next.reply.outcome, next.received.length]).toEqual([1, 200, 1]);
      expect(next.received[0]?.remote).not.toBe(first.received[0]?.remote);
      expect(next.accessLog).toEqual([expect.objectContaining({ response_flags: '-' })]);
    });
  }

  test('a response without a length looks whole to the client, whether the upstream ends or resets its connection', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    const head = { send: 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc' };
    await upstream.answers({
      '/end': [[head, { wait: 'received' }, { end: true }]],
      '/reset': [[head, { wait: 'received' }, { reset: true }]],
    });
    for (const path of ['/end', '/reset']) {
      const { reply, accessLog } = await downstream.dial(LISTENER, {
        steps: [get(path), { until: 'abc' }, { signal: 'received' }, { until: '\r\n0\r\n\r\n' }, { end: true }],
      });
      expect(reply.body).toMatch(/\r\n\r\n3\r\nabc\r\n0\r\n\r\n$/);
      expect(accessLog).toEqual([expect.objectContaining({ response_code: 200, response_flags: '-' })]);
    }
  });
});

describe('parts of a response', () => {
  test('the client receives the first part of a body before the upstream sends the second', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    await upstream.answers({ '/parts': [response({ body: ['first,', { wait: 'first received' }, 'second'] })] });
    const { reply, accessLog } = await downstream.dial(LISTENER, {
      steps: [get('/parts'), { until: 'first,' }, { signal: 'first received' }, { until: 'second' }, { end: true }],
    });
    expect(reply.body).toMatch(/\r\n\r\nfirst,second$/);
    expect(accessLog).toEqual([expect.objectContaining({ response_code: 200, bytes_sent: 12 })]);
  });

  test('after an upstream closes its connection behind a response, the next request opens another', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    await upstream.answers({ '/close': [[...response({ body: 'bye' }), { end: true }], response({ body: 'hello' })] });
    const closed = await downstream.get(`http://${LISTENER}/close`);
    const next = await downstream.get(`http://${LISTENER}/close`);
    expect([closed, next].map(({ reply }) => [reply.outcome, reply.body])).toEqual([
      [200, 'bye'],
      [200, 'hello'],
    ]);
    expect([closed, next].map(({ connections }) => connections.map(({ ended }) => ended))).toEqual([['closed'], []]);
    expect(next.received[0]?.remote).not.toBe(closed.received[0]?.remote);
  });

  test('trailers of the upstream reach the client with enable_trailers on both sides', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    const headers: [string, string][] = [['trailer', 'x-checksum']];
    const trailers: [string, string][] = [['x-checksum', '1']];
    await upstream.answers({ '/trailers': [response({ headers, body: ['abc'], trailers })] });
    const { reply } = await downstream.dial(LISTENER, {
      steps: [get('/trailers', 'TE: trailers\r\n'), { until: 'x-checksum: 1\r\n\r\n' }, { end: true }],
    });
    expect(reply.body).toMatch(/\r\n\r\n3\r\nabc\r\n0\r\nx-checksum: 1\r\n\r\n$/);
  });

  test('Envoy drops an interim 103 response and passes the final response on', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    const hints = response({ status: 103, headers: [['link', '</style.css>; rel=preload']] });
    await upstream.answers({ '/hints': [[...hints, ...response({ body: 'abc' })]] });
    const { reply } = await downstream.dial(LISTENER, { steps: [get('/hints'), { until: 'abc' }, { end: true }] });
    expect(reply.body).toMatch(/^HTTP\/1\.1 200 OK\r\n(?!link)(?:.+\r\n)+\r\nabc$/);
    expect(reply.body).not.toContain('103');
  });
});

describe('late upgrades', () => {
  test('an upgrade that the upstream accepts late is accepted then; bytes pass both ways after it', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    const accepted = { send: `HTTP/1.1 101 Switching Protocols\r\n${UPGRADE}\r\nwelcome` };
    await upstream.answers({
      '/socket/late': [[{ signal: 'asked' }, { wait: 'accept' }, accepted, { until: 'hello' }, { send: 'bye' }]],
    });
    const { reply, accessLog } = await downstream.dial(LISTENER, {
      steps: [
        ...[get('/socket/late', UPGRADE), { wait: 'asked' }, { signal: 'accept' }],
        ...[{ until: 'welcome' }, { send: 'hello' }, { until: 'bye' }, { end: true as const }],
      ],
    });
    expect(reply.body).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n(?:.+\r\n)+\r\nwelcomebye$/);
    expect(accessLog).toEqual([expect.objectContaining({ response_code: 101 })]);
  });

  test("an upgrade that the upstream does not answer is a 504 UT after the route's timeout", async ({
    downstream,
    upstreams: { upstream },
  }) => {
    await upstream.answers({ '/socket/silent': [[{ untilEnd: true }]] });
    const { reply, connections, accessLog } = await downstream.dial(LISTENER, {
      steps: [get('/socket/silent', UPGRADE), { until: 'upstream request timeout' }, { end: true }],
    });
    expect(reply.body).toMatch(/^HTTP\/1\.1 504 Gateway Timeout\r\n/);
    expect(connections).toEqual([expect.objectContaining({ requests: 1, ended: 'end' })]);
    expect(accessLog).toEqual([
      expect.objectContaining({ response_flags: 'UT', response_code_details: 'response_timeout' }),
    ]);
  });
});

describe('requests as they are written', () => {
  for (const program of PROGRAMS) {
    test(`the path /a/../b/%2e?c of ${program} reaches the upstream unchanged`, async ({ downstream }) => {
      const { received } = await downstream.get(`http://${LISTENER}/a/../b/%2e?c`, { program });
      expect(received.map(({ path }) => path)).toEqual(['/a/../b/%2e?c']);
    });
  }

  test('a header of 58 KiB reaches the upstream; one of 61 KiB gets 431 DPE (max_request_headers_kb is 60)', async ({
    downstream,
  }) => {
    const sent = (kib: number) =>
      downstream.get(`http://${LISTENER}/healthz`, { headers: { 'x-long': 'x'.repeat(kib * 1024) } });
    const [shorter, longer] = [await sent(58), await sent(61)];
    expect(shorter.received[0]?.header('x-long')).toHaveLength(58 * 1024);
    expect([longer.reply.outcome, longer.received]).toEqual([431, []]);
    expect(longer.accessLog).toEqual([
      expect.objectContaining({ response_flags: 'DPE', response_code_details: 'http1.headers_too_large' }),
    ]);
  });
});

describe('parameters of connections to upstreams', () => {
  test('to a TLS upstream, Envoy uses at most TLS 1.2 by default, the SNI of the cluster and ALPN http/1.1', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    const { reply, received } = await downstream.get(`http://${LISTENER}/tls/`);
    expect(reply.servedBy).toBe('upstream');
    expect(received[0]?.local).toBe(upstream.secureSocketAddress);
    expect(received[0]?.raw.tls).toEqual({
      version: 'TLSv1.2',
      cipher: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
      groups: ['X25519', 'P-256'],
      serverName: 'upstream',
      alpn: 'http/1.1',
    });
  });

  for (const version of [1, 2] as const) {
    test(`upstream_proxy_protocol V${version} sends the addresses of the client's connection to the upstream`, async ({
      downstream,
    }) => {
      const { reply, received } = await downstream.get(`http://${LISTENER}/proxy-v${version}/`);
      expect(received.map(({ raw }) => raw.proxy)).toEqual([{ version, source: reply.local, destination: LISTENER }]);
    });

    test(`the proxy_protocol listener filter takes the client's address from a header of version ${version}`, async ({
      downstream,
    }) => {
      const header = proxyHeader({ version, source: '192.0.2.10:20000', destination: '198.51.100.10:80' });
      const { reply, streams, accessLog } = await downstream.dial(`127.0.0.1:${PROXIED_LISTENER}`, {
        steps: [{ send: header }, { until: 'bytes\n' }, { send: 'hello' }, { end: true }],
      });
      expect(reply.body).toBe('bytes\n5 bytes\n');
      const sha256 = createHash('sha256').update('hello').digest('hex');
      expect(streams).toEqual([expect.objectContaining({ bytes: 5, sha256 })]);
      expect(accessLog).toEqual([
        expect.objectContaining({
          downstream_remote_address: '192.0.2.10:20000',
          downstream_local_address: '198.51.100.10:80',
        }),
      ]);
    });
  }
});
