import type { Frame } from '../../../helpers/exchange/http2/frame.ts';
import type { Step } from '../../../helpers/exchange/script.ts';
import { RESET } from './requests.ts';

// Else it would depend on timing whether Envoy's settings arrive before the end of the connection.
export const CONNECTED: Step = { untilFrame: { type: 'SETTINGS' } };
// An acknowledgement that Envoy does not read would let the kernel reset the connection.
export const UNACKNOWLEDGED = { http2: { acks: false } } as const;
export const PING: Frame = { type: 'PING', data: 'is open?' };

export const sent = (...frames: Frame[]) => ({ steps: [CONNECTED, { frames }], ...UNACKNOWLEDGED });
/** Asks after the frames whether the connection is open, and then resets a stream that is. */
export const probed = (frames: Frame[], open?: number) => ({
  steps: [
    CONNECTED,
    { frames: [...frames, PING] },
    { untilFrame: { type: 'PING', ack: true } },
    { frames: open === undefined ? [] : [{ ...RESET, stream: open }] },
  ] satisfies Step[],
  ...UNACKNOWLEDGED,
});
