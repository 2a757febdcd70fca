import { expect } from 'vitest';
import { type ChapterTest, differs } from '../../../fixtures/chapter.ts';
import type { Lab } from '../../../fixtures/lab/lab.ts';
import type { Upstream } from '../../../fixtures/lab/upstream.ts';
import { CHANGES } from '../../../helpers/envoy/known-changes.ts';
import type { Script } from '../../../helpers/exchange/script.ts';

type Test = ChapterTest<'bytes' | 'upstream'>;

/** Where the claims dial, and the port of the listener that they reach. */
interface Place {
  addressOf: (bytes: Upstream) => string;
  listenerPort: number;
}

interface Row {
  title: string;
  /** The script of the upstream. */
  bytes: Script;
  client: Script;
  /** The bytes that the client receives, and the number of those that it sends. */
  body: string;
  sent: number;
}

const RESETS_OF_THE_UPSTREAM: Row[] = [
  {
    title: "an RST of the upstream before its first byte is the client's end of the stream before 1.38.0, an RST since",
    bytes: [{ until: 'request' }, { reset: true }],
    client: [{ send: 'request' }],
    ...{ body: '', sent: 7 },
  },
  {
    title: "an RST of the upstream after its first bytes is the client's end of the stream before 1.38.0, an RST since",
    bytes: [{ send: 'hello' }, { wait: 'greeted' }, { reset: true }],
    client: [{ until: 'hello' }, { signal: 'greeted' }],
    ...{ body: 'hello', sent: 0 },
  },
  {
    title:
      'an RST of the upstream after bytes both ways reaches the client as an RST since 1.38.0; all bytes arrive before',
    bytes: [{ until: 'request' }, { send: 'response' }, { wait: 'received' }, { reset: true }],
    client: [{ send: 'request' }, { until: 'response' }, { signal: 'received' }],
    ...{ body: 'response', sent: 7 },
  },
  {
    title:
      'an RST of the upstream after 200,000 bytes reaches the client as an RST since 1.38.0; all bytes arrive before',
    bytes: [{ send: 'x'.repeat(200_000) }, { wait: 'received' }, { reset: true }],
    client: [{ untilBytes: 200_000 }, { signal: 'received' }],
    ...{ body: 'x'.repeat(200_000), sent: 0 },
  },
  {
    title: "an RST of the upstream after the client's end of the stream reaches the client as an RST since 1.38.0",
    bytes: [{ untilEnd: true }, { reset: true }],
    client: [{ send: 'request' }, { end: true }],
    ...{ body: '', sent: 7 },
  },
];

const RESETS_OF_THE_CLIENT: Row[] = [
  {
    title: "an RST of the client before any byte is the upstream's end of the stream before 1.40.0, an RST since",
    bytes: [{ signal: 'connected' }, { untilEnd: true }],
    client: [{ wait: 'connected' }, { reset: true }],
    ...{ body: '', sent: 0 },
  },
  {
    title: "an RST of the client after its bytes is the upstream's end of the stream before 1.40.0, an RST since",
    bytes: [{ until: 'request' }, { signal: 'received' }, { untilEnd: true }],
    client: [{ send: 'request' }, { wait: 'received' }, { reset: true }],
    ...{ body: '', sent: 7 },
  },
  {
    title: "an RST of the client after the upstream's end of the stream reaches the upstream as an RST since 1.40.0",
    bytes: [{ until: 'request' }, { send: 'response' }, { end: true }, { untilEnd: true }],
    client: [{ send: 'request' }, { until: 'response' }, { untilEnd: true }, { reset: true }],
    ...{ body: 'response', sent: 7 },
  },
];

/** What each side sees of the other one's FIN and RST through a TCP proxy. */
export function tcpEnds(test: Test, { addressOf, listenerPort }: Place): void {
  for (const { title, bytes: script, client, body, sent } of RESETS_OF_THE_UPSTREAM) {
    test(title, differs(CHANGES.upstreamResetPassedOn), async ({ downstream, upstreams: { bytes }, since }) => {
      await bytes.plays(script);
      const { reply, accessLog, streams } = await downstream.dial(addressOf(bytes), { steps: client });
      const isPassedOn = since(CHANGES.upstreamResetPassedOn);
      expect(reply.body === body).toBe(true);
      expect(reply.outcome).toBe(isPassedOn ? 'ECONNRESET' : 'closed');
      expect(streams).toEqual([expect.objectContaining({ bytes: sent, ended: 'reset' })]);
      const response_flags = isPassedOn ? 'UR' : '-';
      expect(accessLog).toEqual([
        expect.objectContaining({ response_flags, bytes_sent: body.length, bytes_received: sent }),
      ]);
    });
  }

  test(
    'an RST of the upstream directly behind five bytes: the access log counts them, with UR since 1.38.0',
    differs(CHANGES.upstreamResetPassedOn),
    async ({ lab, downstream, upstreams: { bytes }, since }) => {
      await bytes.plays([{ until: 'go' }, { send: 'hello' }, { signal: 'sent' }, { reset: true }]);
      const isPassedOn = since(CHANGES.upstreamResetPassedOn);
      // Whether Envoy still delivers the bytes is a race, which a client that reads would see.
      const { reply, accessLog } = await downstream.dial(addressOf(bytes), {
        steps: [
          { read: false },
          { send: 'go' },
          { wait: 'closed by Envoy' },
          isPassedOn ? { untilEnd: true } : { reset: true },
        ],
        meanwhile: async (signals) => {
          await signals.raised('sent');
          await closedByEnvoy(lab, listenerPort);
          await signals.raise('closed by Envoy');
        },
      });
      expect(reply.outcome).toBe(isPassedOn ? 'ECONNRESET' : 'reset');
      const response_flags = isPassedOn ? 'UR' : '-';
      expect(accessLog).toEqual([expect.objectContaining({ response_flags, bytes_sent: 5, bytes_received: 2 })]);
    },
  );

  for (const { title, bytes: script, client, body, sent } of RESETS_OF_THE_CLIENT) {
    test(title, differs(CHANGES.downstreamResetPassedOn), async ({ downstream, upstreams: { bytes }, since }) => {
      await bytes.plays(script);
      const { reply, streams, accessLog } = await downstream.dial(addressOf(bytes), { steps: client });
      expect([reply.body, reply.outcome]).toEqual([body, 'reset']);
      const ended = since(CHANGES.downstreamResetPassedOn) ? 'ECONNRESET' : 'end';
      expect(streams).toEqual([expect.objectContaining({ bytes: sent, ended })]);
      expect(accessLog).toEqual([
        expect.objectContaining({ response_flags: '-', bytes_sent: body.length, bytes_received: sent }),
      ]);
    });
  }

  test('after the end of the client, the upstream still sends to it; after the end of the upstream, the client', async ({
    downstream,
    upstreams: { bytes },
  }) => {
    await bytes.plays(
      [{ untilEnd: true }, { send: 'after your end' }, { end: true }],
      [{ send: 'my end' }, { end: true }, { until: 'after your end' }],
    );
    const byClient = await downstream.dial(addressOf(bytes), { steps: [{ send: 'my end' }, { end: true }] });
    const byUpstream = await downstream.dial(addressOf(bytes), {
      steps: [{ untilEnd: true }, { send: 'after your end' }, { end: true }],
    });
    const both = [byClient, byUpstream];
    expect(both.map(({ reply }) => [reply.body, reply.outcome])).toEqual([
      ['after your end', 'closed'],
      ['my end', 'closed'],
    ]);
    expect(both.map(({ streams }) => streams.map(({ bytes, ended }) => [bytes, ended]))).toEqual([
      [[6, 'end']],
      [[14, 'end']],
    ]);
    expect(both.map(({ accessLog }) => accessLog.map((entry) => entry.response_flags))).toEqual([['-'], ['-']]);
  });
}

/** Waits until Envoy has closed every connection of a listener. */
async function closedByEnvoy(lab: Lab, listenerPort: number): Promise<void> {
  await lab.envoy.waitFor(`/stats?filter=^listener.*_${listenerPort}.downstream_cx_active$`, 'downstream_cx_active: 0');
}
