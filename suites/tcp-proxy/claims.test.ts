import { createHash } from 'node:crypto';
import { describe, expect } from 'vitest';
import { chapter } from '../../fixtures/chapter.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { bytesOf } from '../../helpers/exchange/script.ts';
import { tcpProxy } from './scenario.ts';

const test = chapter(tcpProxy);

const LISTENER = `127.0.0.1:${PORTS.listener}`;
const BYTES_LISTENER = `127.0.0.1:${PORTS.bytesListener}`;
/** SHA-256 of the first 20 MiB of the upstream's payload. */
const PAYLOAD_20_MIB = '4ef0e6ddb3d6dd51ea71bab90f6b2e86fafb1dd4477fdd442a3c095dd1a8516f';
/** Not HTTP: control characters, characters beyond ASCII, and no request line. */
const NOT_HTTP = `\u0000\u0001\u001b no HTTP \u00ff${bytesOf('\u20ac\u{1f4d6}')}\r\n\r\n\u0000`;
const sha256 = (bytes: string) => createHash('sha256').update(bytes, 'latin1').digest('hex');

describe('HTTP through tcp_proxy', () => {
  test('an HTTP request through tcp_proxy reaches the upstream with its headers unchanged', async ({
    lab,
    downstream,
    upstreams: { upstream },
  }) => {
    const headers = { host: 'anything', 'X-Mixed-Case': 'Kept' };
    const direct = await downstream.get(upstream.url, { headers });
    const proxied = await downstream.get(lab.envoyUrl, { headers });
    expect(proxied.received[0]?.raw.headers).toEqual(direct.received[0]?.raw.headers);
    expect(proxied.received[0]?.lines('x-mixed-case')).toEqual(['Kept']);
  });

  test("an HTTP response through tcp_proxy keeps the upstream's server header and gains no header", async ({
    lab,
    downstream,
    upstreams: { upstream },
  }) => {
    const [direct, proxied] = [await downstream.get(upstream.url), await downstream.get(lab.envoyUrl)];
    expect(proxied.reply.outcome).toBe(200);
    expect(proxied.reply.header('server')).toBe('upstream');
    const [sent, arrived] = [direct, proxied].map(({ reply }) => reply.raw.headers.map(([name]) => name));
    expect(arrived).toEqual(sent);
  });

  test('an HTTP/1.0 request passes tcp_proxy, which does not parse it', async ({ downstream }) => {
    const { reply, received } = await downstream.dial(LISTENER, { steps: [{ send: 'GET / HTTP/1.0\r\n\r\n' }] });
    expect(reply.body).toMatch(/^HTTP\/1\.1 200 OK\r\nserver: upstream\r\n/);
    expect(received[0]?.raw.headers).toEqual([]);
  });
});

describe('connections and access log', () => {
  test("tcp_proxy opens its own upstream connection: the upstream sees Envoy's address, not the client's", async ({
    lab,
    downstream,
    upstreams: { upstream },
  }) => {
    const { reply, received, accessLog } = await downstream.get(lab.envoyUrl);
    expect(received[0]?.local).toBe(upstream.socketAddress);
    expect(received[0]?.remote).toMatch(/^198\.51\.100\.1:/);
    expect(accessLog).toEqual([
      expect.objectContaining({
        response_flags: '-',
        downstream_remote_address: reply.local,
        upstream_local_address: received[0]?.remote,
        upstream_host: upstream.socketAddress,
      }),
    ]);
  });

  test('tcp_proxy logs a connection once: addresses, upstream cluster, byte counts and duration', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    const send = 'GET / HTTP/1.0\r\n\r\n';
    const { reply, received, accessLog, stats } = await downstream.dial(LISTENER, { steps: [{ send }] });
    expect(accessLog).toEqual([
      {
        start_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        response_flags: '-',
        bytes_received: send.length,
        bytes_sent: Buffer.byteLength(reply.body),
        duration: expect.any(Number),
        downstream_remote_address: reply.local,
        downstream_local_address: LISTENER,
        upstream_cluster: 'upstream',
        upstream_host: upstream.socketAddress,
        upstream_local_address: received[0]?.remote,
        upstream_remote_address: upstream.socketAddress,
        upstream_transport_failure_reason: null,
      },
    ]);
    expect(stats['tcp.ingress.downstream_cx_total']).toBe(1);
  });

  test('tcp_proxy: each downstream connection has its own upstream connection and one access log entry', async ({
    lab,
    downstream,
  }) => {
    const first = await downstream.get(lab.envoyUrl, { connection: 'kept' });
    const second = await downstream.get(lab.envoyUrl, { connection: 'kept', last: true });
    const other = await downstream.get(lab.envoyUrl);
    expect(second.received[0]?.remote).toBe(first.received[0]?.remote);
    expect(other.received[0]?.remote).not.toBe(first.received[0]?.remote);
    expect([first, second, other].map(({ accessLog }) => accessLog.length)).toEqual([0, 1, 1]);
    expect([first, second, other].map(({ stats }) => stats['cluster.upstream.upstream_cx_total'])).toEqual([
      1,
      undefined,
      1,
    ]);
  });
});

describe('payloads', () => {
  test('20 MiB from the client to the upstream pass tcp_proxy byte for byte', async ({ lab, downstream }) => {
    const { received } = await downstream.post(lab.envoyUrl, { payloadBytes: 20 * 2 ** 20 });
    expect(received[0]?.body).toEqual({ bytes: 20 * 2 ** 20, sha256: PAYLOAD_20_MIB });
  });

  test('20 MiB from the upstream to the client pass tcp_proxy byte for byte', async ({ lab, downstream }) => {
    const { reply } = await downstream.get(`${lab.envoyUrl}/payload/${20 * 2 ** 20}`);
    expect(reply.digest).toEqual({ bytes: 20 * 2 ** 20, sha256: PAYLOAD_20_MIB });
  });
});

describe('protocols other than HTTP', () => {
  test('bytes that are not HTTP pass tcp_proxy unchanged; bytes_received and bytes_sent count them', async ({
    downstream,
    upstreams: { bytes },
  }) => {
    const { reply, streams, accessLog, stats } = await downstream.dial(BYTES_LISTENER, {
      steps: [{ send: NOT_HTTP }, { end: true }],
    });
    const { length } = NOT_HTTP;
    expect(streams).toEqual([
      {
        servedBy: 'bytes',
        local: bytes.socketAddress,
        remote: accessLog[0]?.upstream_local_address,
        bytes: length,
        sha256: sha256(NOT_HTTP),
        ended: 'end',
      },
    ]);
    expect(accessLog).toEqual([
      expect.objectContaining({
        response_flags: '-',
        bytes_received: length,
        bytes_sent: Buffer.byteLength(reply.body),
      }),
    ]);
    expect(stats['tcp.bytes.downstream_cx_total']).toBe(1);
  });

  test("tcp_proxy delivers the upstream's bytes to a client that has not sent any yet", async ({ downstream }) => {
    const { reply, streams } = await downstream.dial(BYTES_LISTENER, {
      steps: [{ until: 'bytes\n' }, { send: 'only now' }, { end: true }],
    });
    expect(reply.body).toBe('bytes\n8 bytes\n');
    expect(streams).toEqual([expect.objectContaining({ sha256: sha256('only now') })]);
  });

  test("tcp_proxy forwards a half-close by the client, which still receives the upstream's response", async ({
    downstream,
  }) => {
    // The upstream sends its byte count only after the end of the stream.
    const { reply } = await downstream.dial(BYTES_LISTENER, { steps: [{ send: 'twelve bytes' }, { end: true }] });
    expect(reply.body).toBe('bytes\n12 bytes\n');
    expect(reply.outcome).toBe('closed');
  });

  test('tcp_proxy forwards a half-close by the upstream, which still receives bytes sent after it', async ({
    downstream,
  }) => {
    const opening = 'end first\n';
    const { reply, streams } = await downstream.dial(BYTES_LISTENER, {
      steps: [{ send: opening }, { untilEnd: true }, { send: 'and more' }, { end: true }],
    });
    expect(reply.body).toBe('bytes\n');
    expect(streams).toEqual([
      expect.objectContaining({ bytes: 18, sha256: sha256(`${opening}and more`), ended: 'end' }),
    ]);
  });
});

describe('failures', () => {
  test('with the upstream down, tcp_proxy accepts a connection and closes it without a byte: UF,URX', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    await upstream.stop();
    const { reply, received, accessLog, stats } = await downstream.dial(LISTENER);
    expect(reply.remote).toBe(LISTENER);
    expect(reply.body).toBe('');
    expect(received).toEqual([]);
    expect(accessLog).toEqual([
      expect.objectContaining({ response_flags: 'UF,URX', bytes_sent: 0, upstream_host: upstream.socketAddress }),
    ]);
    expect(stats).toMatchObject({
      'tcp.ingress.downstream_cx_total': 1,
      'cluster.upstream.upstream_cx_connect_fail': 1,
      'cluster.upstream.upstream_cx_connect_attempts_exceeded': 1,
    });
  });

  test('the first tcp_proxy connection after a restart of the upstream reaches it', async ({
    lab,
    downstream,
    upstreams: { upstream },
  }) => {
    await upstream.stop();
    const down = await downstream.dial(LISTENER);
    await upstream.start();
    const back = await downstream.get(lab.envoyUrl);
    expect(down.accessLog[0]?.response_flags).toBe('UF,URX');
    expect(back.reply.outcome).toBe(200);
  });

  test('while the upstream of one tcp_proxy listener is down, the other listener still forwards', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    await upstream.stop();
    const { reply } = await downstream.dial(BYTES_LISTENER, { steps: [{ end: true }] });
    expect(reply.body).toBe('bytes\n0 bytes\n');
  });

  test("tcp_proxy closes a new connection with UH once DNS no longer resolves the upstream's name", async ({
    resolver,
    downstream,
  }) => {
    await resolver.forget('upstream');
    const { reply, accessLog, stats } = await downstream.dial(LISTENER);
    expect(reply.remote).toBe(LISTENER);
    expect(reply.body).toBe('');
    expect(accessLog).toEqual([expect.objectContaining({ response_flags: 'UH', upstream_host: null })]);
    expect(stats['cluster.upstream.upstream_cx_none_healthy']).toBe(1);
  });
});
