import { PORTS } from '../constants/ports.ts';

/** The roles of a lab's addresses: `198.51.100.10` → `blue`. */
export type Roles = Record<string, string>;

/** What is random, by what it is. Each is replaced by its name, never dropped: that it was there is an observation too. */
const RANDOM: [pattern: RegExp, name: string][] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<id>'],
  [/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT\b/g, '<date>'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z\b/g, '<date>'],
  [/\b\d{4}\/\d\d\/\d\dT\d\d:\d\d:\d\d\+0000 \d{10}\b/g, '<date>'],
  [/\b(?:[0-9A-F]{2}:){31}[0-9A-F]{2}\b/g, '<fingerprint>'],
  // A token of the metadata stub.
  [/\bAQAE[\w-]{52}==/g, '<token>'],
  [/("requests": )\d+/g, '$1<count>'],
  [/("sec-websocket-key",\s+")[^"]+/gi, '$1<key>'],
  [/\b(x-envoy-upstream-service-time: )\d+/g, '$1<ms>'],
  [/(?<=^Failed to connect to .* after )\d+(?= ms)/g, '<ms>'],
];

/** Fields and headers whose value is a duration in milliseconds or an id, whatever it looks like. */
const NAMED: Record<string, string> = {
  'x-envoy-upstream-service-time': '<ms>',
  'x-aws-ec2-metadata-token': '<token>',
  duration: '<ms>',
  connection_id: '<id>',
  'sec-websocket-key': '<key>',
  'sec-websocket-accept': '<key>',
  // Of a check's request.
  id: '<id>',
  requests: '<count>',
};

/** Masks one string: addresses by their role, ports that the kernel picked, ids, dates. */
export function maskText(text: string, roles: Roles): string {
  let masked = text;
  for (const [pattern, name] of RANDOM) masked = masked.replace(pattern, name);
  masked = masked.replace(
    /(\[[0-9a-f:.]+\]|\b\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})\b/g,
    (_, address: string, port: string) => `${roleOf(address, roles)}:${maskPort(Number(port))}`,
  );
  return masked.replace(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, (address) => roles[address] ?? address);
}

function roleOf(address: string, roles: Roles): string {
  const bare = address.replace(/^\[(?:::ffff:)?|\]$/g, '');
  return roles[bare] ?? address;
}

/** Ports that somebody chose. */
const CHOSEN = new Set<number>(Object.values(PORTS));

/**
 * Whether the kernel picked a port: an ephemeral one; or any from 1024 on, which netfilter does where a translation would make two
 * connections one (nf_nat_core.c).
 */
function isPicked(port: number): boolean {
  return port >= 1024 && !CHOSEN.has(port);
}

function maskPort(port: number): string {
  return isPicked(port) ? '<port>' : String(port);
}

/** Masks every string of a JSON value, and the values of `NAMED` fields and headers. */
export function mask<T>(value: T, roles: Roles): T {
  return masked(value, roles) as T;
}

function maskedField(name: string, value: unknown, roles: Roles): unknown {
  if (value !== null && name in NAMED) return NAMED[name];
  // A port that is told as a number, in a check.
  if (name === 'port_value' && typeof value === 'number' && isPicked(value)) return '<port>';
  return masked(value, roles);
}

function masked(value: unknown, roles: Roles): unknown {
  if (typeof value === 'string') return maskText(value, roles);
  if (Array.isArray(value)) {
    const [name, text] = value;
    // A raw header is a pair of strings, the first of them a token (RFC 9110, section 5.6.2).
    if (value.length === 2 && typeof name === 'string' && typeof text === 'string' && /^[\w-]+$/.test(name)) {
      return [name, NAMED[name.toLowerCase()] ?? maskText(text, roles)];
    }
    return value.map((item) => masked(item, roles));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [maskText(key, roles), maskedField(key, item, roles)]),
    );
  }
  return value;
}
