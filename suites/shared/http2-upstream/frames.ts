import type { ErrorCode, Frame, ReceivedFrame } from '../../../helpers/exchange/http2/frame.ts';
import { recordedFrames } from '../../../helpers/exchange/http2/recorded-frames.ts';

export const request = (
  method: string,
  { endStream, path = '/' }: { endStream?: true; path?: string } = {},
): Frame => ({
  type: 'HEADERS',
  headers: [
    [':method', method],
    [':scheme', 'http'],
    [':path', path],
    [':authority', 'front.test'],
  ],
  ...(endStream && { endStream }),
});
export const GET = request('GET', { endStream: true });
export const OK = { type: 'HEADERS', headers: [[':status', '200']] } satisfies Frame;
export const END: Frame = { type: 'DATA', data: '', endStream: true };
export const reset = (code: ErrorCode): Frame => ({ type: 'RST_STREAM', code });

/** The frames of the downstream's stream. */
export const ofStream = (frames: readonly ReceivedFrame[]): ReceivedFrame[] =>
  recordedFrames(frames).filter(({ stream }) => stream === 1);
