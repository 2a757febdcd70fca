import { expect, test } from 'vitest';
import type { ReceivedFrame } from './frame.ts';
import { describeFrames, recordedFrameKeys, recordedFrames } from './recorded-frames.ts';

const RESPONSE: ReceivedFrame[] = [
  { type: 'SETTINGS', stream: 0, settings: { MAX_CONCURRENT_STREAMS: 100 } },
  { type: 'SETTINGS', stream: 0, ack: true },
  { type: 'HEADERS', stream: 3, headers: [[':status', '200']], endStream: true },
  { type: 'HEADERS', stream: 1, headers: [[':status', '200']] },
  { type: 'DATA', stream: 1, data: 'a' },
  { type: 'WINDOW_UPDATE', stream: 0, increment: 9 },
  { type: 'DATA', stream: 1, data: 'b', endStream: true },
  { type: 'GOAWAY', stream: 0, code: 'NO_ERROR', lastStream: 3 },
];

test('frames are recorded by stream, data in one piece, without what varies between runs', () => {
  expect(recordedFrames(RESPONSE)).toEqual([
    { type: 'SETTINGS', stream: 0, settings: { MAX_CONCURRENT_STREAMS: 100 } },
    { type: 'GOAWAY', stream: 0, code: 'NO_ERROR', lastStream: 3 },
    { type: 'HEADERS', stream: 1, headers: [[':status', '200']] },
    { type: 'DATA', stream: 1, data: 'ab', endStream: true },
    { type: 'HEADERS', stream: 3, headers: [[':status', '200']], endStream: true },
  ]);
});

test('long data are recorded by length and digest', () => {
  const [frame] = recordedFrames([{ type: 'DATA', stream: 1, data: 'x'.repeat(70_000) }]);
  expect(frame).toMatchObject({ data: expect.stringMatching(/^70000 bytes, SHA-256 [0-9a-f]{64}$/) });
});

test('frames are described in a line each', () => {
  expect(describeFrames(recordedFrames(RESPONSE))).toEqual([
    'SETTINGS: MAX_CONCURRENT_STREAMS 100',
    'GOAWAY: NO_ERROR, last stream 3',
    'HEADERS on stream 1: :status: 200',
    'DATA on stream 1: "ab", END_STREAM',
    'HEADERS on stream 3: :status: 200, END_STREAM',
  ]);
});

test.each([
  ['the only SETTINGS', ['0', 'settings'], ['0', 'settings']],
  ['a header', ['3', 'headers', '0', '1'], ['2', 'headers', ':status']],
  ['the second piece of data', ['6', 'data'], ['3', 'data']],
  ['a frame that is not recorded', ['5', 'increment'], ['not recorded', 'increment']],
  ['the number of frames', ['length'], ['length']],
  ['all of them', [], []],
])('%s has its place in the record', (_, keys, recorded) => {
  expect(recordedFrameKeys(RESPONSE, keys)).toEqual(recorded);
});
