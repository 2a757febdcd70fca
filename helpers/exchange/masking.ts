import { PORTS } from '../constants/ports.ts';

/** The roles of a lab's addresses: `198.51.100.10` → `blue`. A port of its config has the role `:15001`. */
export type Roles = Record<string, string>;

/** Random text. It is replaced by a name, never dropped: its presence is an observation too. */
const RANDOM: [pattern: RegExp, name: string][] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<id>'],
  [/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT\b/g, '<date>'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z\b/g, '<date>'],
  [/\b\d{4}\/\d\d\/\d\dT\d\d:\d\d:\d\d\+0000 \d{10}\b/g, '<date>'],
  [/\b(?:[0-9A-F]{2}:){31}[0-9A-F]{2}\b/g, '<fingerprint>'],
  // A certificate and its hash, in x-forwarded-client-cert.
  [/\bHash=[0-9a-f]{64}\b/g, 'Hash=<fingerprint>'],
  [/-----BEGIN%20CERTIFICATE-----[\w%+-]*?-----END%20CERTIFICATE-----(?:%0A)?/g, '<certificate>'],
  // The thread in a message of OpenSSL.
  [/\b[0-9A-F]{16}(?=:error:)/g, '<thread>'],
  // A token of the metadata stub.
  [/\bAQAE[\w-]{52}==/g, '<token>'],
  // A signed token: its signature or its key is random.
  [/\beyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/g, '<token>'],
  [/"requests": +\d+/g, '"requests": <count>'],
  [/("sec-websocket-key",\s+")[^"]+/gi, '$1<key>'],
  // Headers of traces in the body of an upstream.
  [
    /("(?:x-b3-(?:trace|span|parentspan)id|b3|traceparent|x-ot-span-context|x-cloud-trace-context)",\s+")[^"]+/gi,
    '$1<id>',
  ],
  [/\b(x-envoy-upstream-service-time: )\d+/g, '$1<ms>'],
  [/(?<=^Failed to connect to .* after )\d+(?= ms)/g, '<ms>'],
];

/** Headers whose value is always a duration or random. */
const HEADERS: Masks = {
  'x-envoy-expected-rq-timeout-ms': roundedUp,
  'x-envoy-upstream-service-time': '<ms>',
  'x-aws-ec2-metadata-token': '<token>',
  'sec-websocket-key': '<key>',
  'sec-websocket-accept': '<key>',
  'x-b3-traceid': '<id>',
  'x-b3-spanid': '<id>',
  'x-b3-parentspanid': '<id>',
  b3: '<id>',
  traceparent: '<id>',
  'x-ot-span-context': '<id>',
  'x-cloud-trace-context': '<id>',
};

/** Replacements of fields that are masked by name. */
export type Masks = Record<string, string | ((value: unknown, roles: Roles) => unknown)>;

/** Rounds a time limit in milliseconds up, since a retry has what is left of it: to seconds, or to 50 ms below one. */
function roundedUp(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(roundedUp);
  const ms = Number(value);
  const unit = ms > 1_000 ? 1_000 : 50;
  return ms > 0 ? `${Math.ceil(ms / unit) * unit}` : value;
}

/** Masks addresses by their role, ephemeral ports, ids and dates in one string. */
export function maskText(text: string, roles: Roles): string {
  let masked = text;
  for (const [pattern, name] of RANDOM) masked = masked.replace(pattern, name);
  masked = masked.replace(
    /(\[[0-9a-f:.]+(?:%[\w-]+)?\]|\b\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})\b/g,
    (_, address: string, port: string) =>
      `${roles[address.replace(/^\[(?:::ffff:)?|\]$/g, '')] ?? address}:${isPicked(Number(port), roles) ? '<port>' : port}`,
  );
  return masked
    .replace(LINK_LOCAL, '<link-local>')
    .replace(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, (address) => roles[address] ?? address);
}

/** An address that the kernel makes from a random one of the link, with its scope (RFC 4007). */
const LINK_LOCAL = /\bfe80:[0-9a-f:]*[0-9a-f](?:%[\w-]+)?/g;

const CONFIGURED = new Set<number>(Object.values(PORTS));

/**
 * Whether the kernel picked a port: netfilter may pick any from 1024 on to avoid a clash
 * (nf_nat_core.c).
 */
export function isPicked(port: number, roles: Roles): boolean {
  return port >= 1024 && !CONFIGURED.has(port) && roles[`:${port}`] === undefined;
}

/** The roles of ports that texts of a lab name: its Envoy config and its rules. */
export function portRoles(texts: string[]): Roles {
  const named = texts.flatMap((text) => [
    ...text.matchAll(/(?:\bport(?:_v|V)alue["']?: *|--(?:to-ports|on-port|dport|sport) )(\d{1,5})\b/g),
  ]);
  return rolesOfPorts(named.map(([, port]) => Number(port)));
}

/** The roles of ports that are no choice of the kernel. */
export function rolesOfPorts(ports: number[]): Roles {
  return Object.fromEntries(ports.map((port) => [`:${port}`, `:${port}`]));
}

/** Masks every string of a JSON value, and fields and headers by name. */
export function mask<T>(value: T, roles: Roles, masks: Masks = {}): T {
  return masked(value, roles, { ...HEADERS, ...masks }) as T;
}

function masked(value: unknown, roles: Roles, masks: Masks): unknown {
  if (typeof value === 'string') return maskText(value, roles);
  if (Array.isArray(value)) {
    const [name, text] = value;
    // A raw header is a pair of strings, the first of them a token (RFC 9110, section 5.6.2).
    if (value.length === 2 && typeof name === 'string' && typeof text === 'string' && /^[\w-]+$/.test(name)) {
      const by = HEADERS[name.toLowerCase()];
      return [name, by === undefined ? maskText(text, roles) : replaced(text, by, roles)];
    }
    return value.map((item) => masked(item, roles, masks));
  }
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([key, item]) => {
    const by = item === null ? undefined : masks[key];
    return [maskText(key, roles), by === undefined ? masked(item, roles, masks) : replaced(item, by, roles)];
  });
  return Object.fromEntries(fields);
}

function replaced(value: unknown, by: Masks[string], roles: Roles): unknown {
  return typeof by === 'function' ? by(value, roles) : by;
}
