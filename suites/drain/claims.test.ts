import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, combined, differs } from '../../fixtures/chapter.ts';
import type { Lab } from '../../fixtures/lab/lab.ts';
import type { Signals } from '../../fixtures/lab/signals.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import type { Frame, ReceivedFrame } from '../../helpers/exchange/http2/frame.ts';
import type { Script, Step } from '../../helpers/exchange/script.ts';
import { drain } from './scenario.ts';

const test = chapter(drain);

const LISTENER = `127.0.0.1:${PORTS.listener}`;
const GET = { send: 'GET / HTTP/1.1\r\nHost: h\r\n\r\n' };
const WHOLE = { until: '\r\n0\r\n\r\n' };

/** Drains Envoy between the first response of a script and its next request. */
const between = (drain: () => Promise<unknown>) => async (signals: Pick<Signals, 'raised' | 'raise'>) => {
  await signals.raised('first response');
  await drain();
  await signals.raise('drained');
};

const request = (stream: number, path: string): Step => ({
  frames: [
    {
      ...{ type: 'HEADERS', stream, endStream: true },
      headers: [
        [':method', 'GET'],
        [':scheme', 'http'],
        [':path', path],
        [':authority', 'h'],
      ],
    } satisfies Frame,
  ],
});

/** Half a response, and the rest once the downstream has another response. */
const IN_HALVES: Script = [
  { send: 'HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\nfirst,' },
  { wait: 'finish' },
  { send: 'second' },
];

/** Stream 1 is open while Envoy is drained, stream 3 begins after it. */
const aroundDrain: Script = [
  request(1, '/open'),
  { untilFrame: { type: 'DATA', stream: 1, data: 'first,' } },
  ...[{ signal: 'first response' }, { wait: 'drained' }, request(3, '/')],
  ...[{ untilFrame: { type: 'HEADERS', stream: 3 } } as const, { signal: 'finish' }],
] satisfies Script;

const goaways = (frames: readonly ReceivedFrame[]): unknown[] =>
  frames.flatMap((frame) => (frame.type === 'GOAWAY' ? [[frame.code, frame.lastStream]] : []));

/** One for streams that the downstream may have begun, and one for none. */
const TWICE = [
  ['NO_ERROR', 2 ** 31 - 1],
  ['NO_ERROR', 3],
];

/** Drains both listeners, and waits until their worker has stopped them. */
async function drained(lab: Lab): Promise<void> {
  await lab.adminPost('/drain_listeners');
  await lab.envoy.waitFor('/stats?filter=^listener_manager.listener_stopped$', ': 2');
}

test('a response of an Envoy that is not drained does not announce the end of its connection', async ({
  lab,
  downstream,
}) => {
  const { reply } = await downstream.get(lab.envoyUrl);
  expect(reply.outcome).toBe(200);
  expect(reply.header('connection')).not.toBe('close');
});

test('after POST /healthcheck/fail, a response has connection: close', async ({ lab, downstream }) => {
  await lab.adminPost('/healthcheck/fail', { undo: '/healthcheck/ok' });
  const { reply, stats } = await downstream.get(lab.envoyUrl);
  expect(reply.outcome).toBe(200);
  expect(reply.header('connection')).toBe('close');
  expect(stats['http.ingress.downstream_cx_drain_close']).toBe(1);
});

test('after POST /healthcheck/ok, Envoy accepts connections without a notice again', async ({ lab, downstream }) => {
  await lab.adminPost('/healthcheck/fail', { undo: '/healthcheck/ok' });
  const during = await downstream.get(lab.envoyUrl);
  expect(during.reply.header('connection')).toBe('close');
  await lab.adminPost('/healthcheck/ok', { undo: '/healthcheck/ok' });
  const after = await downstream.get(lab.envoyUrl);
  expect(after.reply.header('connection')).not.toBe('close');
});

test(
  'after POST /drain_listeners?graceful, a new connection is accepted, and its response has connection: close',
  changesEnvoy,
  async ({ lab, downstream }) => {
    await lab.adminPost('/drain_listeners?graceful');
    const { reply, stats } = await downstream.get(lab.envoyUrl);
    expect(reply.outcome).toBe(200);
    expect(reply.header('connection')).toBe('close');
    expect(stats['http.ingress.downstream_cx_drain_close']).toBe(1);
  },
);

test('after POST /drain_listeners, a new connection is refused', changesEnvoy, async ({ lab, downstream }) => {
  await downstream.get(lab.envoyUrl);
  await drained(lab);
  const { reply } = await downstream.dial(`127.0.0.1:${PORTS.listener}`);
  expect(reply.outcome).toBe('ECONNREFUSED');
});

test(
  'after POST /drain_listeners, a kept-alive connection gets connection: close since 1.40; before, no notice',
  combined(changesEnvoy, differs(CHANGES.drainNotice)),
  async ({ lab, downstream, since }) => {
    const connection = 'kept alive';
    await downstream.get(lab.envoyUrl, { connection });
    await drained(lab);
    const { reply, stats } = await downstream.get(lab.envoyUrl, { connection, last: true });
    expect(reply.outcome).toBe(200);
    const notice = since(CHANGES.drainNotice);
    expect(reply.header('connection') === 'close').toBe(notice);
    expect(stats['http.ingress.downstream_cx_drain_close']).toBe(notice ? 1 : undefined);
  },
);

describe('kept-alive connections', () => {
  for (const [title, options, drains] of [
    [
      'after POST /healthcheck/fail, the next response on a kept-alive connection has connection: close, then it closes',
      ...([{}, (lab: Lab) => lab.adminPost('/healthcheck/fail', { undo: '/healthcheck/ok' })] as const),
    ],
    [
      'after POST /drain_listeners?graceful, the next response on a kept-alive connection has connection: close, then it closes',
      ...([changesEnvoy, (lab: Lab) => lab.adminPost('/drain_listeners?graceful')] as const),
    ],
  ] as const) {
    test(title, options, async ({ lab, downstream }) => {
      const { reply, stats } = await downstream.dial(LISTENER, {
        steps: [GET, WHOLE, { signal: 'first response' }, { wait: 'drained' }, GET, WHOLE],
        meanwhile: between(() => drains(lab)),
      });
      const [first, second] = reply.body.split(/(?<=.)(?=HTTP\/1\.1)/s);
      expect([first, second].map((each) => each?.includes('connection: close'))).toEqual([false, true]);
      expect(reply.outcome).toBe('closed');
      expect(stats['http.ingress.downstream_cx_drain_close']).toBe(1);
    });
  }

  test(
    'after POST /drain_listeners, a kept-alive connection is closed after its next response since 1.40; before, it goes on',
    combined(changesEnvoy, differs(CHANGES.drainNotice)),
    async ({ lab, downstream, since }) => {
      const isClosed = since(CHANGES.drainNotice);
      const { reply } = await downstream.dial(LISTENER, {
        steps: [
          ...[GET, WHOLE, { signal: 'first response' }, { wait: 'drained' }, GET, WHOLE],
          ...(isClosed ? [] : [GET, WHOLE, { end: true as const }]),
        ],
        meanwhile: between(() => drained(lab)),
      });
      expect(reply.body.match(/^HTTP\/1\.1 200/gm)).toHaveLength(isClosed ? 2 : 3);
      expect(reply.body.includes('connection: close')).toBe(isClosed);
      expect(reply.outcome).toBe('closed');
    },
  );
});

describe('HTTP/2 connections', () => {
  for (const [title, options, drains] of [
    [
      'after POST /healthcheck/fail, GOAWAY comes with the next response and after drain_timeout; an open one is whole',
      ...([{}, (lab: Lab) => lab.adminPost('/healthcheck/fail', { undo: '/healthcheck/ok' })] as const),
    ],
    [
      'after POST /drain_listeners?graceful, GOAWAY comes with the next response and after drain_timeout; an open one is whole',
      ...([changesEnvoy, (lab: Lab) => lab.adminPost('/drain_listeners?graceful')] as const),
    ],
  ] as const) {
    test(title, options, async ({ lab, downstream, upstream }) => {
      await upstream.answers({ '/open': [IN_HALVES] });
      const { reply, accessLog, stats } = await downstream.dial(LISTENER, {
        steps: [...aroundDrain, { untilFrame: { type: 'GOAWAY' } }],
        meanwhile: between(() => drains(lab)),
      });
      expect(goaways(reply.frames)).toEqual(TWICE);
      expect(stats['http.ingress.downstream_cx_drain_close']).toBe(1);
      expect(accessLog.map((entry) => [entry.path, entry.response_code, entry.response_flags])).toEqual([
        ['/', 200, '-'],
        ['/open', 200, '-'],
      ]);
    });
  }

  test(
    'after POST /drain_listeners, an open response is whole; GOAWAY comes with the next one since 1.40, and not before',
    combined(changesEnvoy, differs(CHANGES.drainNotice)),
    async ({ lab, downstream, upstream, since }) => {
      const notice = since(CHANGES.drainNotice);
      await upstream.answers({ '/open': [IN_HALVES] });
      const { reply, accessLog } = await downstream.dial(LISTENER, {
        steps: [...aroundDrain, ...(notice ? [{ untilFrame: { type: 'GOAWAY' } } as const] : [])],
        meanwhile: between(() => drained(lab)),
      });
      expect(goaways(reply.frames)).toEqual(notice ? TWICE : []);
      expect(accessLog.map((entry) => [entry.path, entry.response_code, entry.response_flags])).toEqual([
        ['/', 200, '-'],
        ['/open', 200, '-'],
      ]);
    },
  );

  test(
    'drainConnectionUponCompletion() of a Lua filter sends GOAWAY, and the response is whole; 1.36 has no such function',
    differs(CHANGES.drainUponCompletion),
    async ({ downstream, since }) => {
      const sends = since(CHANGES.drainUponCompletion);
      const { reply, accessLog } = await downstream.dial(`127.0.0.1:${PORTS.bytesListener}`, {
        steps: [request(1, '/'), ...(sends ? [{ untilFrame: { type: 'GOAWAY' } } as const] : [])],
      });
      expect(reply.body).toContain('Hello, World!');
      expect(goaways(reply.frames)[0]).toEqual(sends ? ['NO_ERROR', 2 ** 31 - 1] : undefined);
      expect(accessLog).toEqual([expect.objectContaining({ response_code: 200, response_flags: '-' })]);
    },
  );
});

test(
  'POST /drain_listeners?skip_exit without graceful is a 400 before 1.40; since, it drains, and connections are accepted',
  combined(changesEnvoy, differs(CHANGES.drainNotice)),
  async ({ lab, downstream, since }) => {
    await downstream.get(lab.envoyUrl);
    lab.slot.markChanged();
    const page = await lab.envoy.pages.fetch('/drain_listeners?skip_exit', 'POST');
    const { reply } = await downstream.get(lab.envoyUrl);
    const drains = since(CHANGES.drainNotice);
    expect(page.status).toBe(drains ? 200 : 400);
    expect([reply.outcome, reply.header('connection') === 'close']).toEqual([200, drains]);
  },
);
