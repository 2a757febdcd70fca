import { PORTS } from '../../constants/ports.ts';
import { type Circumstances, listObserver, steadyBytes } from './observer.ts';

/** One JSON line of Envoy's access log. */
export type AccessLogEntry = Record<string, string | number | null>;

export const accessLog = listObserver<AccessLogEntry>('Envoy logged', (all) => all.flatMap(loggedLines), {
  record: (seen, circumstances) => seen.map((entry) => withSteadyBytes(withoutEnd(entry), circumstances)),
  masks: { duration: '<ms>', connection_id: '<id>' },
});

/** The described fields of an entry, by line; the others repeat the request. */
const LOGGED = [
  ['response_code', 'response_flags', 'response_code_details'],
  ['downstream_remote_address', 'downstream_local_address'],
  ['upstream_local_address', 'upstream_host'],
  ['upstream_transport_failure_reason'],
];

export function loggedLines(entry: AccessLogEntry): string[] {
  return LOGGED.map((names) => fieldsOf(entry, names)).filter((line) => line !== '');
}

/** Describes an entry in one line, with its request. */
export function loggedLine(entry: AccessLogEntry): string {
  return [fieldsOf(entry, ['method', 'path']), ...loggedLines(entry)].filter((part) => part !== '').join(' ');
}

/** The end of the logged request in seconds since the epoch, rounded up to whole milliseconds. */
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
 * Whether an entry is of a tunnel: CONNECT, an upgrade, or TLS to port 443 through a TCP proxy,
 * whose entries have no method. The length of TLS signatures varies.
 */
export function isTunnel({ method, response_code, upstream_host }: AccessLogEntry): boolean {
  const passedOn = method === undefined && String(upstream_host).endsWith(`:${PORTS.https}`);
  return passedOn || response_code === 101 || (method === 'CONNECT' && response_code === 200);
}

function withSteadyBytes(entry: AccessLogEntry, circumstances: Circumstances): AccessLogEntry {
  const counted = Object.entries(entry).map(([name, value]): [string, string | number | null] => [
    name,
    /^bytes_/.test(name) && typeof value === 'number' ? steadyBytes(value, circumstances) : value,
  ]);
  return Object.fromEntries(counted);
}

/** Removes what varies from a tunnel's entry: which end closed first, and the number of bytes. */
export function withoutEnd(entry: AccessLogEntry): AccessLogEntry {
  if (!isTunnel(entry)) return entry;
  const { response_flags, response_code_details, bytes_received, bytes_sent, ...rest } = entry;
  return rest;
}
