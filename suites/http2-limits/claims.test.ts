import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, combined, differs } from '../../fixtures/chapter.ts';
import type { Exchange } from '../../fixtures/exchange/exchange.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import type { Frame, Settings } from '../../helpers/exchange/http2/frame.ts';
import { recordedFrames } from '../../helpers/exchange/http2/recorded-frames.ts';
import type { Step } from '../../helpers/exchange/script.ts';
import type { RawHeader } from '../../helpers/exchange/wire.ts';
import { guard } from '../shared/guard.ts';
import {
  COMPRESSION_ERROR,
  changesOf,
  type Outcome,
  type Outcomes,
  PASSES,
  PROTOCOL_ERROR,
  present,
  verify,
} from '../shared/http2/outcomes.ts';
import { DIRECT, HELD, HELD_POST, headers, pseudo, RESET, withLines, withPseudo } from '../shared/http2/requests.ts';
import { CONNECTED, PING, probed, sent, UNACKNOWLEDGED } from '../shared/http2/scripts.ts';
import { http2Limits } from './scenario.ts';

const test = chapter(http2Limits);

const LISTENER = `127.0.0.1:${PORTS.listener}`;
const SMALL_LIMITS = '127.0.0.1:4998';

const repeated = (count: number, ...frames: Frame[]): Frame[] => Array.from({ length: count }, () => frames).flat();
const EMPTY: Frame = { type: 'DATA', data: '' };

// Else it would depend on timing whether Envoy or the client closes the connection, which a counter shows.
const untilClosed = (...frames: Frame[]) => ({
  steps: [CONNECTED, { frames }, { untilEnd: true }] satisfies Step[],
  ...UNACKNOWLEDGED,
});

const streamReset = (details: string, counter: string): Outcome => ({
  reply: 'RST_STREAM(INTERNAL_ERROR)',
  log: ['DR', details],
  counter,
});
const TOO_MANY = streamReset('http2.too_many_headers', 'http2.header_overflow');
const TOO_LARGE = streamReset('http2.header_list_size_too_large', 'http2.header_list_size_too_large');
/** What oghttp2 does with a header that is too large. */
const RESET_BY_CODEC = streamReset('http2.remote_reset', 'http2.tx_reset');

const cookies = (count: number, bytes = 4): RawHeader[] =>
  Array.from({ length: count }, (_, at): RawHeader => ['cookie', `c${at}=`.padEnd(bytes, 'x')]);
const others = (count: number, bytes = 1): RawHeader[] =>
  Array.from({ length: count }, (_, at): RawHeader => [`x-h${at}`, 'v'.repeat(bytes)]);

describe('settings that Envoy announces', () => {
  test('Envoy allows 1,024 concurrent streams and windows of 16 MiB a stream and 24 MiB a connection by default', async ({
    downstream,
  }) => {
    const { reply } = await downstream.dial(LISTENER, {
      steps: [{ untilFrame: { type: 'WINDOW_UPDATE', stream: 0 } }, { frames: [DIRECT] }],
    });
    const { HEADER_TABLE_SIZE: table, ...settings } = settingsOf(reply.frames);
    expect(table).toBe(4096);
    expect(settings).toEqual({
      ...{ MAX_CONCURRENT_STREAMS: 1024, INITIAL_WINDOW_SIZE: 16 * 1024 * 1024, ENABLE_CONNECT_PROTOCOL: 0 },
    });
    expect(reply.frames.find(({ type }) => type === 'WINDOW_UPDATE')).toMatchObject({
      increment: 24 * 1024 * 1024 - 65_535,
    });
  });

  test('max_concurrent_streams, initial_stream_window_size and initial_connection_window_size are announced', async ({
    downstream,
  }) => {
    const { reply } = await downstream.dial(SMALL_LIMITS, {
      steps: [{ untilFrame: { type: 'WINDOW_UPDATE', stream: 0 } }, { frames: [DIRECT] }],
    });
    expect(settingsOf(reply.frames)).toMatchObject({ MAX_CONCURRENT_STREAMS: 2, INITIAL_WINDOW_SIZE: 65_535 });
    expect(reply.frames.find(({ type }) => type === 'WINDOW_UPDATE')).toMatchObject({ increment: 65_535 });
  });

  function settingsOf(frames: Exchange['reply']['frames']): Settings {
    const [first] = frames;
    return first?.type === 'SETTINGS' && !('ack' in first) ? first.settings : {};
  }
});

describe('number and size of headers', () => {
  const rows: [title: string, Frame, Outcomes][] = [
    ['96 cookie lines pass: 100 headers with the pseudo headers', withLines(...cookies(96)), [PASSES]],
    [
      '97 cookie lines pass up to 1.37; since 1.38.1 they are too many headers: RST_STREAM(INTERNAL_ERROR)',
      withLines(...cookies(97)),
      [PASSES, [CHANGES.cookiesInLimits, TOO_MANY]],
    ],
    [
      '90 cookie lines and 15 other headers pass up to 1.37; since 1.38.1: RST_STREAM(INTERNAL_ERROR)',
      withLines(...cookies(90), ...others(15)),
      [PASSES, [CHANGES.cookiesInLimits, TOO_MANY]],
    ],
    [
      '2,000 cookie lines pass up to 1.37; since 1.38.1: RST_STREAM(INTERNAL_ERROR)',
      withLines(...cookies(2000)),
      [PASSES, [CHANGES.cookiesInLimits, TOO_MANY]],
    ],
    ['96 headers without a cookie pass', withLines(...others(96)), [PASSES]],
    [
      '97 headers without a cookie are too many headers: RST_STREAM(INTERNAL_ERROR)',
      withLines(...others(97)),
      [TOO_MANY],
    ],
    [
      '10 cookie lines of 7,000 bytes pass up to 1.37; since 1.38.1 the list is too large: RST_STREAM(INTERNAL_ERROR)',
      withLines(...cookies(10, 7000)),
      [PASSES, [CHANGES.cookiesInLimits, TOO_LARGE]],
    ],
    [
      'a cookie line of 70,000 bytes ends its stream up to 1.36 and its connection since 1.37.0: GOAWAY(COMPRESSION_ERROR)',
      withLines(...cookies(1, 70_000)),
      [RESET_BY_CODEC, [CHANGES.nghttp2ByDefault, COMPRESSION_ERROR]],
    ],
    [
      'a cookie line of 63,000 bytes ends its stream up to 1.36 and since 1.38.1; 1.37.0 passes it on',
      withLines(...cookies(1, 63_000)),
      [RESET_BY_CODEC, [CHANGES.nghttp2ByDefault, PASSES], [CHANGES.cookiesInLimits, TOO_LARGE]],
    ],
    ['10 headers of 6,000 bytes pass: less than 60 KiB', withLines(...others(10, 6000)), [PASSES]],
    [
      '10 headers of 7,000 bytes are RST_STREAM(INTERNAL_ERROR): too many headers up to 1.37, too large since 1.38.1',
      withLines(...others(10, 7000)),
      [TOO_MANY, [CHANGES.headerListSize, TOO_LARGE]],
    ],
    ['a header of 61,000 bytes passes', withLines(['x-long', 'a'.repeat(61_000)]), [PASSES]],
    [
      'a header of 62,000 bytes is RST_STREAM(INTERNAL_ERROR); the log has another reason in 1.36, 1.37 and since 1.38.1',
      withLines(['x-long', 'a'.repeat(62_000)]),
      [RESET_BY_CODEC, [CHANGES.nghttp2ByDefault, TOO_MANY], [CHANGES.headerListSize, TOO_LARGE]],
    ],
    [
      'a header of 70,000 bytes ends its stream up to 1.36 and its connection since 1.37.0: GOAWAY(COMPRESSION_ERROR)',
      withLines(['x-long', 'a'.repeat(70_000)]),
      [RESET_BY_CODEC, [CHANGES.nghttp2ByDefault, COMPRESSION_ERROR]],
    ],
    [
      'a path of 70,000 bytes ends its stream up to 1.36 and its connection since 1.37.0: GOAWAY(COMPRESSION_ERROR)',
      withPseudo({ ':path': '/'.padEnd(70_000, 'a') }),
      [RESET_BY_CODEC, [CHANGES.nghttp2ByDefault, COMPRESSION_ERROR]],
    ],
    [
      ':authority and an equal host of 35 KiB each pass up to 1.39.0; since 1.39.1 they are too large together',
      headers([...pseudo({ ':authority': 'a'.repeat(35 * 1024) }), ['host', 'a'.repeat(35 * 1024)]]),
      [PASSES, [CHANGES.droppedHostInLimits, TOO_LARGE]],
    ],
    [
      'a host equal to :authority after 96 headers passes up to 1.39.0; since 1.39.1 it is one header too many',
      withLines(...others(96), ['host', 'front.test']),
      [PASSES, [CHANGES.droppedHostInLimits, TOO_MANY]],
    ],
  ];
  for (const [title, frame, outcomes] of rows) {
    test(title, differs(...changesOf(outcomes)), async ({ downstream, since }) => {
      const outcome = present(outcomes, since);
      const script = outcome === COMPRESSION_ERROR ? untilClosed(frame) : sent(frame);
      const exchange = await downstream.dial(LISTENER, script);
      verify(exchange, outcome);
      expect(exchange.received).toHaveLength(outcome === PASSES ? 1 : 0);
    });
  }

  test('the upstream receives the cookie lines of a request in HTTP/2 as one line', async ({ downstream }) => {
    const { received } = await downstream.dial(LISTENER, sent(withLines(...cookies(3))));
    expect(received[0]?.lines('cookie')).toEqual(['c0=x; c1=x; c2=x']);
  });

  test(
    'after a header of 70,000 bytes, other streams of the connection go on up to 1.36 and are lost since 1.37.0',
    differs(CHANGES.nghttp2ByDefault),
    async ({ downstream, since }) => {
      const isLost = since(CHANGES.nghttp2ByDefault);
      const large = withLines(['x-long', 'a'.repeat(70_000)]);
      const { reply, accessLog } = await downstream.dial(LISTENER, {
        steps: [
          CONNECTED,
          { frames: [HELD, large, DIRECT] },
          { untilFrame: { type: 'DATA', endStream: true } },
          { frames: [{ ...RESET, stream: 1 }] },
        ],
        ...UNACKNOWLEDGED,
      });
      expect(reply.outcome).toBe(isLost ? 'GOAWAY(COMPRESSION_ERROR)' : 200);
      const held = accessLog.find(({ path }) => path === '/held');
      expect(held?.response_flags).toBe(isLost ? 'DI,DPE' : 'DI,DR');
    },
  );

  test('101 trailers are too many headers: RST_STREAM(INTERNAL_ERROR)', async ({ downstream }) => {
    const trailers: Frame = { type: 'HEADERS', stream: 1, headers: others(101), endStream: true };
    const exchange = await downstream.dial(LISTENER, sent(HELD_POST, { type: 'DATA', data: 'x' }, trailers));
    verify(exchange, { ...TOO_MANY, log: ['DI,DR', 'http2.too_many_headers'] });
    expect(exchange.stats['http2.trailers']).toBe(1);
  });
});

describe('configured limits', () => {
  const rows: [title: string, Frame, Outcomes][] = [
    ['max_headers_count of 10: 6 headers and 4 pseudo headers pass', withLines(...others(6)), [PASSES]],
    ['max_headers_count of 10: 7 headers are RST_STREAM(INTERNAL_ERROR)', withLines(...others(7)), [TOO_MANY]],
    ['max_request_headers_kb of 1: a header of 800 bytes passes', withLines(...others(1, 800)), [PASSES]],
    [
      'max_request_headers_kb of 1: a header of 1,200 bytes is RST_STREAM(INTERNAL_ERROR)',
      withLines(...others(1, 1200)),
      [RESET_BY_CODEC, [CHANGES.nghttp2ByDefault, TOO_MANY], [CHANGES.headerListSize, TOO_LARGE]],
    ],
    [
      'headers_with_underscores_action REJECT_REQUEST: x_a is RST_STREAM(INTERNAL_ERROR), and counted',
      withLines(['x_a', 'b']),
      [streamReset('http2.unexpected_underscore', 'http2.requests_rejected_with_underscores_in_headers')],
    ],
  ];
  for (const [title, frame, outcomes] of rows) {
    test(title, differs(...changesOf(outcomes)), async ({ downstream, since }) => {
      verify(await downstream.dial(SMALL_LIMITS, sent(frame)), present(outcomes, since));
    });
  }

  test(
    'runtime http2_max_cookies_size_in_kb of 1: cookies of 1,200 bytes pass up to 1.37, and are reset since 1.38.2',
    combined(changesEnvoy, differs(CHANGES.cookieSizeLimit)),
    async ({ lab, downstream, since }) => {
      await lab.restartEnvoy(guard('http2_max_cookies_size_in_kb', 1));
      const exchange = await downstream.dial(LISTENER, sent(withLines(...cookies(2, 600))));
      const details = 'http2.cookies_total_bytes_too_large';
      verify(exchange, since(CHANGES.cookieSizeLimit) ? streamReset(details, details) : PASSES);
    },
  );

  test('a third stream beyond max_concurrent_streams of 2 is RST_STREAM(REFUSED_STREAM) before SETTINGS are acknowledged', async ({
    downstream,
  }) => {
    const { reply, stats } = await downstream.dial(SMALL_LIMITS, {
      steps: [
        CONNECTED,
        { frames: [HELD, HELD, DIRECT] },
        { untilFrame: { type: 'RST_STREAM' } },
        { frames: [1, 3].map((stream) => ({ ...RESET, stream })) },
      ],
      ...UNACKNOWLEDGED,
    });
    expect(recordedFrames(reply.frames).slice(1)).toEqual([{ type: 'RST_STREAM', stream: 5, code: 'REFUSED_STREAM' }]);
    expect(stats['http2.stream_refused_errors']).toBe(1);
  });

  test('a third stream beyond max_concurrent_streams of 2 closes the connection after SETTINGS are acknowledged', async ({
    downstream,
  }) => {
    const { reply, accessLog, stats } = await downstream.dial(SMALL_LIMITS, {
      steps: [
        { untilFrame: { type: 'SETTINGS' } },
        { frames: [PING] },
        { untilFrame: { type: 'PING', ack: true } },
        { frames: [HELD, HELD, DIRECT] },
      ],
    });
    expect(reply.outcome).toBe('closed');
    expect(accessLog.map(({ path, response_flags }) => [path, response_flags])).toEqual(
      Array(2).fill(['/held', 'DI,DPE']),
    );
    expect(stats['http.small.downstream_cx_protocol_error']).toBe(1);
  });

  test('a stream that ends makes room for another one within max_concurrent_streams', async ({ downstream }) => {
    const { reply } = await downstream.dial(SMALL_LIMITS, {
      steps: [
        CONNECTED,
        { frames: [HELD, HELD, { ...RESET, stream: 1 }, DIRECT] },
        { untilFrame: { type: 'DATA', endStream: true } },
        { frames: [{ ...RESET, stream: 3 }] },
      ],
    });
    expect(reply.outcome).toBe(200);
  });

  test(
    'a body beyond the window of its stream is RST_STREAM(FLOW_CONTROL_ERROR) since 1.37.0; up to 1.36 Envoy takes it',
    differs(CHANGES.nghttp2ByDefault),
    async ({ downstream, since }) => {
      const { reply } = await downstream.dial(SMALL_LIMITS, {
        steps: [
          CONNECTED,
          { frames: [HELD_POST, { type: 'DATA', data: 'x'.repeat(2 * 65_535) }, DIRECT] },
          { untilFrame: { type: 'DATA', endStream: true } },
          { frames: [{ ...RESET, stream: 1 }] },
        ],
        ...UNACKNOWLEDGED,
      });
      expect(reply.outcome).toBe(200);
      const resets = reply.frames.filter(({ type }) => type === 'RST_STREAM');
      const refused = { type: 'RST_STREAM', stream: 1, code: 'FLOW_CONTROL_ERROR' };
      expect(resets).toEqual(since(CHANGES.nghttp2ByDefault) ? [refused] : []);
    },
  );
});

describe('floods', () => {
  const WINDOW_UPDATE: Frame = { type: 'WINDOW_UPDATE', stream: 0, increment: 1 };
  const PRIORITY: Frame = { type: 'RAW', kind: 2, flags: 0, payload: '\0\0\0\0\u0010', stream: 1 };

  interface Flood {
    address?: string;
    frames: Frame[];
    counter: string;
  }
  const floods: Record<string, Flood> = {
    '6 WINDOW_UPDATE frames of a connection without a stream close it': {
      frames: repeated(6, WINDOW_UPDATE),
      counter: 'inbound_window_update_frames_flood',
    },
    '101 PRIORITY frames of a connection without a stream close it': {
      frames: repeated(101, PRIORITY),
      counter: 'inbound_priority_frames_flood',
    },
    '1,200 PING frames at once close the connection': {
      frames: repeated(1200, PING),
      counter: 'outbound_control_flood',
    },
    'max_outbound_control_frames of 10: 11 PING frames at once close the connection': {
      address: SMALL_LIMITS,
      frames: repeated(11, PING),
      counter: 'outbound_control_flood',
    },
  };
  for (const [title, { address = LISTENER, frames, counter }] of Object.entries(floods)) {
    test(title, async ({ downstream }) => {
      const { reply, accessLog, stats } = await downstream.dial(address, {
        steps: [CONNECTED, { frames }, { untilEnd: true }],
        ...UNACKNOWLEDGED,
      });
      expect(reply.outcome).toBe('closed');
      expect(accessLog).toEqual([]);
      expect(stats[`http2.${counter}`]).toBe(1);
    });
  }

  for (const [name, address, frames] of [
    ['5 WINDOW_UPDATE frames', LISTENER, repeated(5, WINDOW_UPDATE)],
    ['100 PRIORITY frames', LISTENER, repeated(100, PRIORITY)],
    ['1,000 PING frames', LISTENER, repeated(1000, PING)],
  ] satisfies [string, string, Frame[]][]) {
    test(`${name} are no flood: the next request gets its response`, async ({ downstream }) => {
      const { reply } = await downstream.dial(address, {
        steps: [CONNECTED, { frames }, { frames: [DIRECT] }],
        ...UNACKNOWLEDGED,
      });
      expect(reply.outcome).toBe(200);
    });
  }

  for (const [title, address, frames] of [
    ['2 empty DATA frames in a row close the connection', LISTENER, repeated(2, EMPTY)],
    [
      'max_consecutive_inbound_frames_with_empty_payload of 3: 4 empty DATA frames in a row close the connection',
      SMALL_LIMITS,
      repeated(4, EMPTY),
    ],
  ] satisfies [string, string, Frame[]][]) {
    test(title, async ({ downstream }) => {
      const exchange = await downstream.dial(address, sent(HELD_POST, ...frames));
      const details = 'http2.inbound_empty_frames_flood';
      verify(exchange, { reply: 'closed', log: ['DI,DPE', details], counter: details });
    });
  }

  test('an empty DATA frame between others is no flood', async ({ downstream }) => {
    const data: Frame = { type: 'DATA', data: 'x' };
    const exchange = await downstream.dial(LISTENER, probed([HELD_POST, EMPTY, data, EMPTY, data], 1));
    verify(exchange, { reply: 'closed', log: ['DI,DR', 'http2.remote_reset'], counter: 'http2.rx_reset' });
  });

  test('2 empty CONTINUATION frames in a row close the connection', async ({ downstream }) => {
    const begin: Frame = { type: 'RAW', kind: 1, flags: 0, payload: '\0\u0001a\u0001b', stream: 1 };
    const more: Frame = { type: 'RAW', kind: 9, flags: 0, payload: '', stream: 1 };
    const { reply, stats } = await downstream.dial(LISTENER, {
      steps: [CONNECTED, { frames: [begin, more, more] }, { untilEnd: true }],
      ...UNACKNOWLEDGED,
    });
    expect(reply.outcome).toBe('closed');
    expect(stats['http2.inbound_empty_frames_flood']).toBe(1);
  });

  const STREAMS = 20;
  for (const [name, frames, counter] of [
    ['40 WINDOW_UPDATE frames', repeated(40, WINDOW_UPDATE), 'inbound_window_update_frames_flood'],
    ['1,000 PRIORITY frames', repeated(1000, PRIORITY), 'inbound_priority_frames_flood'],
  ] satisfies [string, Frame[], string][]) {
    test(
      `${name} after 20 streams that have ended are no flood up to 1.38 and close the connection since 1.39.0`,
      differs(CHANGES.floodLimitsOfActiveStreams),
      async ({ downstream, since }) => {
        const ended = repeated(STREAMS, HELD, RESET);
        const { reply, stats } = await downstream.dial(LISTENER, sent(...ended, ...frames, DIRECT));
        expect(reply.outcome).toBe(since(CHANGES.floodLimitsOfActiveStreams) ? 'closed' : 200);
        expect(stats[`http2.${counter}`]).toBe(since(CHANGES.floodLimitsOfActiveStreams) ? 1 : undefined);
      },
    );
  }

  test('40 WINDOW_UPDATE frames beside 20 open streams are no flood', async ({ downstream }) => {
    const open = repeated(STREAMS, HELD);
    const resets = open.map((_, at): Frame => ({ ...RESET, stream: 2 * at + 1 }));
    const { reply, stats } = await downstream.dial(LISTENER, {
      steps: [
        CONNECTED,
        { frames: [...open, ...repeated(40, WINDOW_UPDATE), DIRECT] },
        { untilFrame: { type: 'DATA', endStream: true } },
        { frames: resets },
      ],
      ...UNACKNOWLEDGED,
    });
    expect(reply.outcome).toBe(200);
    expect(stats['http2.inbound_window_update_frames_flood']).toBeUndefined();
  });
});

describe('rapid resets', () => {
  const TOO_MANY_RESETS = 'http.ingress.downstream_rq_too_many_premature_resets';

  test('249 requests that the client resets at once leave the connection open', async ({ downstream }) => {
    const { reply, stats } = await downstream.dial(LISTENER, sent(...repeated(249, HELD, RESET), DIRECT));
    expect(reply.outcome).toBe(200);
    expect(stats['http2.rx_reset']).toBe(249);
    expect(stats[TOO_MANY_RESETS]).toBeUndefined();
  });

  test('the 250th request that the client resets at once closes the connection; a counter of premature resets has it', async ({
    downstream,
  }) => {
    const { reply, stats } = await downstream.dial(LISTENER, {
      steps: [CONNECTED, { frames: repeated(250, HELD, RESET) }, { untilEnd: true }],
      ...UNACKNOWLEDGED,
    });
    expect(reply.outcome).toBe('closed');
    expect(stats[TOO_MANY_RESETS]).toBe(1);
    expect(stats[PROTOCOL_ERROR]).toBe(1);
  });
});
