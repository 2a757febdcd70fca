import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, combined, differs } from '../../fixtures/chapter.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import type { Frame } from '../../helpers/exchange/http2/frame.ts';
import type { RawHeader } from '../../helpers/exchange/wire.ts';
import { guard } from '../shared/guard.ts';
import {
  CALLBACK_FAILED,
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
import { http2Malformed } from './scenario.ts';

const test = chapter(http2Malformed);

const LISTENER = `127.0.0.1:${PORTS.listener}`;
const LENIENT = '127.0.0.1:4998';

/** A header block in one frame, as bytes. */
const block = (bytes: string): Frame => ({ type: 'RAW', kind: 1, flags: 5, payload: bytes, stream: 1 });

const closed = (details: string): Outcome => ({ reply: 'closed', log: ['DPE', details], counter: PROTOCOL_ERROR });
const INVALID_FIELD = closed('http2.invalid.header.field');
const VIOLATION = closed('http2.violation.of.messaging.rule');

describe('malformed headers', () => {
  const rows: [title: string, Frame, Outcomes][] = [
    ['a header name in upper case closes the connection', withLines(['X-A', 'b']), [INVALID_FIELD]],
    ['the header connection closes the connection', withLines(['connection', 'close']), [INVALID_FIELD]],
    [
      'the header transfer-encoding closes the connection',
      withLines(['transfer-encoding', 'chunked']),
      [INVALID_FIELD],
    ],
    ['te: gzip closes the connection', withLines(['te', 'gzip']), [INVALID_FIELD]],
    ['te: trailers passes', withLines(['te', 'trailers']), [PASSES]],
    ['a header value with CR and LF closes the connection', withLines(['x-a', 'b\r\nc: d']), [INVALID_FIELD]],
    [
      'two different content-length lines close the connection',
      withLines(['content-length', '2'], ['content-length', '3']),
      [INVALID_FIELD],
    ],
    [
      'a :path with # is 400 path_normalization_failed',
      withPseudo({ ':path': '/a#b' }),
      [{ reply: 400, log: ['-', 'path_normalization_failed'] }],
    ],
    ['a request without :path closes the connection', withPseudo({ ':path': undefined }), [VIOLATION]],
    [
      'a request without :authority and host closes the connection',
      withPseudo({ ':authority': undefined }),
      [VIOLATION],
    ],
    [
      'two :path lines close the connection; the log has invalid.header.field since 1.37.0',
      withLines([':path', '/b']),
      [VIOLATION, [CHANGES.nghttp2ByDefault, INVALID_FIELD]],
    ],
    [
      ':protocol without allow_connect closes the connection; the log has invalid.header.field since 1.37.0',
      withPseudo({ ':method': 'CONNECT', ':protocol': 'websocket' }),
      [VIOLATION, [CHANGES.nghttp2ByDefault, INVALID_FIELD]],
    ],
    [
      'a pseudo header after another header passes up to 1.36 and closes the connection since 1.37.0',
      headers([...pseudo({ ':method': undefined }), ['x-a', 'b'], [':method', 'GET']]),
      [PASSES, [CHANGES.nghttp2ByDefault, INVALID_FIELD]],
    ],
    [
      'an empty :authority passes up to 1.36 and closes the connection since 1.37.0',
      withPseudo({ ':authority': '' }),
      [PASSES, [CHANGES.nghttp2ByDefault, INVALID_FIELD]],
    ],
    [
      'two host lines pass up to 1.36 and close the connection since 1.37.0',
      withLines(['host', 'front.test'], ['host', 'b.test']),
      [PASSES, [CHANGES.nghttp2ByDefault, INVALID_FIELD]],
    ],
    [
      'content-length 5 without a body ends its stream up to 1.36 and its connection since 1.37.0',
      headers([...pseudo({ ':path': '/held' }), ['content-length', '5']]),
      [
        { reply: 'RST_STREAM(PROTOCOL_ERROR)', log: ['DI,DR', 'http2.violation.of.messaging.rule'] },
        [CHANGES.nghttp2ByDefault, VIOLATION],
      ],
    ],
  ];
  for (const [title, frame, outcomes] of rows) {
    test(title, differs(...changesOf(outcomes)), async ({ downstream, since }) => {
      const outcome = present(outcomes, since);
      const exchange = await downstream.dial(LISTENER, sent(frame));
      verify(exchange, outcome);
      expect(exchange.received).toHaveLength(outcome === PASSES ? 1 : 0);
      const isCounted = /http2\.(invalid|violation)/.test(outcome.log?.[1] ?? '');
      expect(exchange.stats['http2.rx_messaging_error']).toBe(isCounted ? 1 : undefined);
    });
  }

  test('a host that differs from :authority is dropped', async ({ downstream }) => {
    const { reply, received } = await downstream.dial(LISTENER, sent(withLines(['host', 'other.test'])));
    expect(reply.outcome).toBe(204);
    expect(received[0]?.lines('host')).toEqual(['front.test']);
  });

  test('without :authority, host names the virtual host', async ({ downstream }) => {
    const request = headers([...pseudo({ ':authority': undefined }), ['host', 'other.test']]);
    const { reply, received } = await downstream.dial(LISTENER, sent(request));
    expect(reply.outcome).toBe(204);
    expect(received[0]?.lines('host')).toEqual(['other.test']);
  });

  for (const length of [1, 5]) {
    test(
      `content-length ${length} with a body of 2 bytes is RST_STREAM(PROTOCOL_ERROR), DR up to 1.36 and DPE since 1.37.0`,
      differs(CHANGES.nghttp2ByDefault),
      async ({ downstream, since }) => {
        const lines: RawHeader[] = [...HELD_POST.headers, ['content-length', `${length}`]];
        const request: Frame = { type: 'HEADERS', headers: lines };
        const exchange = await downstream.dial(LISTENER, sent(request, { type: 'DATA', data: 'hi', endStream: true }));
        verify(exchange, {
          reply: 'RST_STREAM(PROTOCOL_ERROR)',
          log: [since(CHANGES.nghttp2ByDefault) ? 'DI,DPE' : 'DI,DR', 'http2.remote_reset'],
          counter: 'http2.tx_reset',
        });
      },
    );
  }

  test('override_stream_error_on_invalid_http_message: 14 malformed requests are reset, others of the connection go on', async ({
    downstream,
  }) => {
    const invalid: Frame[] = [
      ...[withLines(['X-A', 'b']), withLines(['x a', 'b']), withLines(['x-a', 'b\0c'])],
      ...[withLines(['connection', 'close']), withLines(['keep-alive', '1']), withLines(['upgrade', 'websocket'])],
      ...[withLines(['content-length', 'a']), withPseudo({ ':path': '' }), withPseudo({ ':path': '/a b' })],
      withPseudo({ ':authority': 'u@a.test' }),
    ];
    const violations = [
      ...[':scheme', ':path'].map((name) => withPseudo({ [name]: undefined })),
      ...[withPseudo({ ':path': 'a' }), withPseudo({ ':method': 'CONNECT' })],
    ];
    const { reply, accessLog, stats } = await downstream.dial(LENIENT, sent(...invalid, ...violations, DIRECT));
    expect(reply.outcome).toBe(200);
    expect(reply.frames.filter(({ type }) => type === 'RST_STREAM')).toEqual(
      [...invalid, ...violations].map((_, at) => ({ type: 'RST_STREAM', stream: 2 * at + 1, code: 'PROTOCOL_ERROR' })),
    );
    expect(accessLog.map(({ response_code_details: details }) => details)).toEqual([
      ...invalid.map(() => 'http2.invalid.header.field'),
      ...violations.map(() => 'http2.violation.of.messaging.rule'),
      'direct_response',
    ]);
    expect(stats['http2.rx_messaging_error']).toBe(invalid.length + violations.length);
    expect(stats['http.lenient.downstream_cx_protocol_error']).toBeUndefined();
  });
});

describe('frames that break the protocol', () => {
  const ended = (reply: string): Outcome => ({ reply, counter: PROTOCOL_ERROR });
  const closedSilently = ended('closed');
  /** oghttp2 sends GOAWAY before it closes a connection; nghttp2 closes it without, for most errors. */
  const goaway = (code: string): Outcomes => [ended(`GOAWAY(${code})`)];
  const goawayBefore137 = (code: string): Outcomes => [
    ended(`GOAWAY(${code})`),
    [CHANGES.nghttp2ByDefault, closedSilently],
  ];

  const rows: [title: string, Frame, Outcomes][] = [
    [
      'WINDOW_UPDATE of 0 on the connection',
      { type: 'WINDOW_UPDATE', stream: 0, increment: 0 },
      goawayBefore137('PROTOCOL_ERROR'),
    ],
    [
      'a connection window beyond 2^31-1',
      { type: 'WINDOW_UPDATE', stream: 0, increment: 2 ** 31 - 1 },
      goawayBefore137('FLOW_CONTROL_ERROR'),
    ],
    ['RST_STREAM of a stream that is not open', { ...RESET, stream: 5 }, goawayBefore137('PROTOCOL_ERROR')],
    ['DATA of a stream that is not open', { type: 'DATA', data: 'x', stream: 5 }, goaway('PROTOCOL_ERROR')],
    ['HEADERS on an even stream', { ...DIRECT, stream: 2 }, goawayBefore137('PROTOCOL_ERROR')],
    [
      'PUSH_PROMISE of a client',
      { type: 'RAW', kind: 5, flags: 4, payload: '\0\0\0\u0002', stream: 1 },
      goawayBefore137('PROTOCOL_ERROR'),
    ],
    ['PING of 7 bytes', { type: 'PING', data: '7 bytes' }, goaway('FRAME_SIZE_ERROR')],
    [
      'an INITIAL_WINDOW_SIZE of 2^31',
      { type: 'SETTINGS', settings: { INITIAL_WINDOW_SIZE: 2 ** 31 } },
      goawayBefore137('FLOW_CONTROL_ERROR'),
    ],
    [
      'a frame of more than 16,384 bytes',
      { type: 'RAW', kind: 0, flags: 0, payload: 'x'.repeat(16_385), stream: 1 },
      goaway('FRAME_SIZE_ERROR'),
    ],
    [
      'CONTINUATION without HEADERS',
      { type: 'RAW', kind: 9, flags: 4, payload: '', stream: 1 },
      [closedSilently, [CHANGES.nghttp2ByDefault, ended('GOAWAY(PROTOCOL_ERROR)')]],
    ],
  ];
  for (const [name, frame, outcomes] of rows) {
    test(`${name}: ${inWords(outcomes)}`, differs(...changesOf(outcomes)), async ({ downstream, since }) => {
      verify(await downstream.dial(LISTENER, probed([frame])), present(outcomes, since));
    });
  }

  const COMPRESSION: [name: string, Frame][] = [
    ['an index that is in no table', block('\xe4')],
    ['a table larger than announced', block('\x3f\xff\xff\x7f')],
  ];
  for (const [name, frame] of COMPRESSION) {
    test(`a header block with ${name}: GOAWAY(COMPRESSION_ERROR), and an entry in the access log`, async ({
      downstream,
    }) => {
      verify(await downstream.dial(LISTENER, probed([frame])), COMPRESSION_ERROR);
    });
  }

  const OF_A_STREAM: [name: string, Frame[], Outcomes][] = [
    [
      'WINDOW_UPDATE of 0 on a stream: RST_STREAM(PROTOCOL_ERROR) up to 1.36, closes the connection since 1.37.0',
      [{ type: 'WINDOW_UPDATE', increment: 0 }],
      [
        { reply: 'RST_STREAM(PROTOCOL_ERROR)', log: ['DI,DR', 'http2.remote_reset'] },
        [CHANGES.nghttp2ByDefault, { reply: 'closed', log: ['DI,DPE', 'http2.unknown.nghttp2.error'] }],
      ],
    ],
    [
      'a stream window beyond 2^31-1: RST_STREAM(FLOW_CONTROL_ERROR) up to 1.36, closes the connection since 1.37.0',
      [{ type: 'WINDOW_UPDATE', increment: 2 ** 31 - 1 }],
      [
        { reply: 'RST_STREAM(FLOW_CONTROL_ERROR)', log: ['DI,DR', 'http2.remote_reset'] },
        [CHANGES.nghttp2ByDefault, { reply: 'closed', log: ['DI,DPE', 'http2.unknown.nghttp2.error'] }],
      ],
    ],
    [
      'padding longer than its DATA frame: GOAWAY(PROTOCOL_ERROR)',
      [{ type: 'RAW', kind: 0, flags: 9, payload: '\xffabc' }],
      [{ reply: 'GOAWAY(PROTOCOL_ERROR)', log: ['DI,DPE', CALLBACK_FAILED] }],
    ],
    [
      'trailers without END_STREAM: GOAWAY(PROTOCOL_ERROR) up to 1.36, closes the connection without it since 1.37.0',
      [
        { type: 'DATA', data: 'x' },
        { type: 'HEADERS', stream: 1, headers: [['x-trailer', 'a']] },
      ],
      [
        { reply: 'GOAWAY(PROTOCOL_ERROR)', log: ['DI,DPE', CALLBACK_FAILED] },
        [CHANGES.nghttp2ByDefault, { reply: 'closed', log: ['DI,DPE', 'http2.violation.of.messaging.rule'] }],
      ],
    ],
    [
      'a pseudo header in trailers closes the connection; the log has invalid.header.field since 1.37.0',
      [
        { type: 'DATA', data: 'x' },
        { type: 'HEADERS', stream: 1, headers: [[':path', '/a']], endStream: true },
      ],
      [
        { reply: 'closed', log: ['DI,DPE', 'http2.violation.of.messaging.rule'] },
        [CHANGES.nghttp2ByDefault, { reply: 'closed', log: ['DI,DPE', 'http2.invalid.header.field'] }],
      ],
    ],
  ];
  for (const [title, frames, outcomes] of OF_A_STREAM) {
    test(title, differs(...changesOf(outcomes)), async ({ downstream, since }) => {
      verify(await downstream.dial(LISTENER, probed([HELD_POST, ...frames], 1)), present(outcomes, since));
    });
  }

  const AFTER_THE_END: [title: string, Frame, sinceNghttp2: Outcome][] = [
    [
      'DATA after END_STREAM is accepted up to 1.36; since 1.37.0: GOAWAY(STREAM_CLOSED)',
      { type: 'DATA', data: 'late', endStream: true },
      { reply: 'GOAWAY(STREAM_CLOSED)', log: ['DI,DPE', CALLBACK_FAILED] },
    ],
    [
      'HEADERS after END_STREAM are accepted up to 1.36 and close the connection since 1.37.0',
      { type: 'HEADERS', stream: 1, headers: [['x-late', 'a']], endStream: true },
      { reply: 'closed', log: ['DI,DPE', 'http2.unknown.nghttp2.error'] },
    ],
  ];
  for (const [title, frame, refused] of AFTER_THE_END) {
    test(title, differs(CHANGES.nghttp2ByDefault), async ({ downstream, since }) => {
      const accepted: Outcome = { reply: 'closed', log: ['DI,DR', 'http2.remote_reset'] };
      const exchange = await downstream.dial(LISTENER, probed([HELD, frame], 1));
      verify(exchange, since(CHANGES.nghttp2ByDefault) ? refused : accepted);
    });
  }

  test(
    'with http2_use_oghttp2, DATA after END_STREAM is accepted up to 1.39 and is RST_STREAM(STREAM_CLOSED) since 1.40.0',
    combined(changesEnvoy, differs(CHANGES.framesAfterEndStream)),
    async ({ lab, downstream, since }) => {
      await lab.restartEnvoy(guard('http2_use_oghttp2', true));
      const late: Frame = { type: 'DATA', data: 'late', endStream: true };
      const { reply } = await downstream.dial(LISTENER, probed([HELD, late], 1));
      expect(reply.outcome).toBe(since(CHANGES.framesAfterEndStream) ? 'RST_STREAM(STREAM_CLOSED)' : 'closed');
    },
  );

  const AFTER_RESET: [title: string, Frame, before137: Outcome][] = [
    [
      'DATA of a stream that the client has reset is ignored',
      { type: 'DATA', data: 'late', stream: 1 },
      { reply: 200 },
    ],
    [
      'HEADERS of a stream that the client has reset: GOAWAY(PROTOCOL_ERROR) up to 1.36, ignored since 1.37.0',
      { type: 'HEADERS', stream: 1, headers: [['x-late', 'a']], endStream: true },
      { reply: 'GOAWAY(PROTOCOL_ERROR)' },
    ],
  ];
  for (const [title, frame, { reply: before }] of AFTER_RESET) {
    test(title, differs(CHANGES.nghttp2ByDefault), async ({ downstream, since }) => {
      const { reply } = await downstream.dial(LISTENER, sent(HELD_POST, RESET, frame, DIRECT));
      expect(reply.outcome).toBe(since(CHANGES.nghttp2ByDefault) ? 200 : before);
    });
  }

  test(
    'HEADERS of a lower stream than the last: GOAWAY(PROTOCOL_ERROR) up to 1.36, ignored since 1.37.0',
    differs(CHANGES.nghttp2ByDefault),
    async ({ downstream, since }) => {
      const frames: Frame[] = [
        { ...HELD, stream: 5 },
        { ...DIRECT, stream: 3 },
      ];
      const { reply, accessLog } = await downstream.dial(LISTENER, {
        steps: [
          CONNECTED,
          { frames: [...frames, PING] },
          { untilFrame: { type: 'PING', ack: true } },
          { end: true },
          { untilEnd: true },
        ],
        ...UNACKNOWLEDGED,
      });
      const isIgnored = since(CHANGES.nghttp2ByDefault);
      expect(reply.outcome).toBe(isIgnored ? 'closed' : 'GOAWAY(PROTOCOL_ERROR)');
      expect(accessLog).toEqual([
        expect.objectContaining({ path: '/held', response_flags: isIgnored ? 'DI,DC' : 'DI,DPE' }),
      ]);
    },
  );

  test(
    'a client that sends no SETTINGS is served up to 1.36; since 1.37.0: GOAWAY(PROTOCOL_ERROR)',
    differs(CHANGES.nghttp2ByDefault),
    async ({ downstream, since }) => {
      const { reply } = await downstream.dial(LISTENER, {
        steps: since(CHANGES.nghttp2ByDefault) ? [{ frames: [DIRECT] }, { untilEnd: true }] : [{ frames: [DIRECT] }],
        http2: { settings: false, acks: false },
      });
      expect(reply.outcome).toBe(since(CHANGES.nghttp2ByDefault) ? 'GOAWAY(PROTOCOL_ERROR)' : 200);
    },
  );

  for (const [name, frame] of [
    ['an unknown frame type', { type: 'RAW', kind: 77, flags: 0, payload: 'abc', stream: 0 }],
    ['an unknown setting', { type: 'SETTINGS', settings: { '1234': 1 } }],
    ['GOAWAY(NO_ERROR) of the client', { type: 'GOAWAY', code: 'NO_ERROR', lastStream: 0 }],
  ] satisfies [string, Frame][]) {
    test(`${name} is ignored: the next request gets its response`, async ({ downstream }) => {
      const { reply } = await downstream.dial(LISTENER, sent(frame, DIRECT));
      expect(reply.outcome).toBe(200);
    });
  }

  /** `GOAWAY(…) up to 1.36, closed since 1.37.0`. */
  function inWords([first, ...changed]: Outcomes): string {
    const rest = changed.map(([, { reply }]) => `, ${reply === 'closed' ? 'closed without it' : reply} since 1.37.0`);
    const name = first.reply === 'closed' ? 'closed without GOAWAY' : first.reply;
    return `${name}${changed.length > 0 ? ' up to 1.36' : ''}${rest.join('')}`;
  }
});
