import { expect } from 'vitest';
import type { Exchange } from '../../../fixtures/exchange/exchange.ts';
import type { Change } from '../../../helpers/envoy/known-changes.ts';

export interface Outcome {
  /** The status, or how the stream or the connection ended. */
  reply: number | string;
  /** Flags and details of the access log; absent where Envoy logs no request. */
  log?: [flags: string, details: string];
  /** A counter that increases by one. */
  counter?: string;
}
/** The outcome on the oldest Envoy, and the outcome since each change. */
export type Outcomes = [Outcome, ...[Change, Outcome][]];

export const changesOf = ([, ...changed]: Outcomes): Change[] => changed.map(([change]) => change);
export function present([first, ...changed]: Outcomes, since: (change: Change) => boolean): Outcome {
  return changed.reduce((outcome, [change, other]) => (since(change) ? other : outcome), first);
}
export function verify({ reply, accessLog, stats }: Exchange, { reply: outcome, log, counter }: Outcome): void {
  expect(reply.outcome).toBe(outcome);
  const [response_flags, response_code_details] = log ?? [];
  expect(accessLog).toEqual(log ? [expect.objectContaining({ response_flags, response_code_details })] : []);
  if (counter !== undefined) expect(stats[counter]).toBe(1);
}

export const PASSES: Outcome = { reply: 204, log: ['-', 'via_upstream'] };
export const PROTOCOL_ERROR = 'http.ingress.downstream_cx_protocol_error';
export const CALLBACK_FAILED = 'codec_error:The_user_callback_function_failed';
/** A header block that does not decode; for nghttp2, also a header of more than 64 KiB. */
export const COMPRESSION_ERROR: Outcome = {
  reply: 'GOAWAY(COMPRESSION_ERROR)',
  log: ['DPE', CALLBACK_FAILED],
  counter: PROTOCOL_ERROR,
};
