import type { Frame } from '../../../helpers/exchange/http2/frame.ts';
import type { RawHeader } from '../../../helpers/exchange/wire.ts';

/** Pseudo headers; `undefined` leaves one out. */
export function pseudo(changed: Record<string, string | undefined> = {}): RawHeader[] {
  const all = { ':method': 'GET', ':scheme': 'http', ':path': '/healthz', ':authority': 'front.test', ...changed };
  return Object.entries(all).flatMap(([name, value]): RawHeader[] => (value === undefined ? [] : [[name, value]]));
}
export const headers = (lines: RawHeader[]): Frame => ({ type: 'HEADERS', headers: lines, endStream: true });
export const withLines = (...lines: RawHeader[]): Frame => headers([...pseudo(), ...lines]);
export const withPseudo = (changed: Record<string, string | undefined>): Frame => headers(pseudo(changed));

export const DIRECT = withPseudo({ ':path': '/direct' });
/** Requests that Envoy holds for longer than a claim takes. */
export const HELD = withPseudo({ ':path': '/held' });
export const HELD_POST = { type: 'HEADERS', headers: pseudo({ ':method': 'POST', ':path': '/held' }) } satisfies Frame;
export const RESET: Frame = { type: 'RST_STREAM', code: 'CANCEL' };
