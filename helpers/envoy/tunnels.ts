import { PORTS } from '../constants/ports.ts';
import type { AccessLogEntry } from '../exchange/observation.ts';

/**
 * Whether an entry of Envoy's log is of a connection that became a tunnel, by a CONNECT or an upgrade, or that was one
 * from the start: TLS to port 443 by a TCP proxy, whose entries have no method. How long a signature is in it is chance.
 */
export function isTunnel({ method, response_code, upstream_host }: AccessLogEntry): boolean {
  const passedOn = method === undefined && String(upstream_host).endsWith(`:${PORTS.https}`);
  return passedOn || response_code === 101 || (method === 'CONNECT' && response_code === 200);
}

/** An entry without what chance decides where it is a tunnel's: which end Envoy saw go first, and how many bytes passed. */
export function withoutEnd(entry: AccessLogEntry): AccessLogEntry {
  if (!isTunnel(entry)) return entry;
  const { response_flags, response_code_details, bytes_received, bytes_sent, ...rest } = entry;
  return rest;
}

/** Whether a counter tells which end of a tunnel Envoy saw go first, and what was under way then. */
export function tellsEnd(counter: string): boolean {
  return /_cx_destroy_(local|remote)|_active_rq$|_rq_(rx|tx)_reset$|_delayed_close_timeout$/.test(counter);
}
