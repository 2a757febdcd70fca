import { PORTS } from '../../constants/ports.ts';
import { type Observer, onceEach } from './observer.ts';

/** One JSON line of Envoy's access log. */
export type AccessLogEntry = Record<string, string | number | null>;

export const accessLog: Observer<AccessLogEntry[], AccessLogEntry[]> = {
  title: "Envoy's access log",
  nothing: [],
  record: (seen) => seen.map(withoutEnd),
  masks: { duration: '<ms>', connection_id: '<id>' },
  settle: onceEach,
  describe: (all) => all.flatMap(loggedLines),
};

/** The fields of an entry that say what happened, by lines; the others repeat the request. */
const LOGGED = [
  ['response_code', 'response_flags', 'response_code_details'],
  ['downstream_remote_address', 'downstream_local_address'],
  ['upstream_local_address', 'upstream_host'],
  ['upstream_transport_failure_reason'],
];

/** An entry in a few lines. */
export function loggedLines(entry: AccessLogEntry): string[] {
  return LOGGED.map((names) => fieldsOf(entry, names)).filter((line) => line !== '');
}

/** An entry in one line, with what was asked for. */
export function loggedLine(entry: AccessLogEntry): string {
  return [fieldsOf(entry, ['method', 'path']), ...loggedLines(entry)].filter((part) => part !== '').join(' ');
}

/**
 * When the request or connection of an entry was over, in seconds since the epoch. Envoy counts in whole milliseconds; an entry
 * comes after what it reports. Undefined where `start_time` or `duration` is absent or of another form.
 */
export function loggedAt({ start_time, duration }: AccessLogEntry): number | undefined {
  if (duration == null || duration === '') return undefined;
  const at = (Date.parse(String(start_time)) + Number(duration) + 1) / 1000;
  return Number.isFinite(at) ? at : undefined;
}

function fieldsOf(entry: AccessLogEntry, names: string[]): string {
  const text = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
  return names.flatMap((name) => (entry[name] == null ? [] : `${name}=${text(entry[name])}`)).join(' ');
}

/**
 * Whether an entry is of a connection that became a tunnel, by a CONNECT or an upgrade, or that was one from the start:
 * TLS to port 443 by a TCP proxy, whose entries have no method. How long a signature is in it is chance.
 */
export function isTunnel({ method, response_code, upstream_host }: AccessLogEntry): boolean {
  const passedOn = method === undefined && String(upstream_host).endsWith(`:${PORTS.https}`);
  return passedOn || response_code === 101 || (method === 'CONNECT' && response_code === 200);
}

/** A tunnel's entry without what chance decides: which end Envoy saw close first, and how many bytes passed. */
export function withoutEnd(entry: AccessLogEntry): AccessLogEntry {
  if (!isTunnel(entry)) return entry;
  const { response_flags, response_code_details, bytes_received, bytes_sent, ...rest } = entry;
  return rest;
}
