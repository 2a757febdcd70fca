import type { ConfigDump } from '../envoy/config-dump.ts';
import type { ReceivedFrame } from '../exchange/http2/frame.ts';
import type { Observation } from '../exchange/observation.ts';
import type { AccessLogEntry } from '../exchange/observers/access-log.ts';
import { sorted } from '../exchange/observers/observer.ts';
import type { Received } from '../exchange/observers/received.ts';
import { RECORDED_KINDS } from '../exchange/observers/registry.ts';
import type { Reply } from '../exchange/observers/replies.ts';
import type { RawHeader } from '../exchange/wire.ts';
import { isObject, type JsonObject, objectAt, objectsIn, objectsOf, textAt } from '../util/json.ts';
import { type Use, usesOf } from '../world/uses.ts';
import { typedConfig } from './requests/listeners.ts';
import { fractionOf } from './requests/router.ts';

/** What of a config makes observations vary from run to run. */
export interface Unsteady {
  /** Clusters of several endpoints, of which Envoy begins with a random one. */
  clusters: Set<string>;
  /** Whether a random number decides between routes or clusters. */
  choosesAtRandom: boolean;
  /** Whether earlier failures and checks decide which endpoints get requests. */
  remembersFailures: boolean;
  /** Clusters that Envoy sends to by itself: spans, logs, statistics, its control plane. */
  background: Set<string>;
}

/** For a config in which nothing varies. */
export const STEADY: Unsteady = {
  ...{ clusters: new Set(), choosesAtRandom: false, remembersFailures: false },
  background: new Set(),
};

/** Reads from a config what varies from run to run. */
export function unsteadyIn(dump: ConfigDump): Unsteady {
  const { clusters, endpoints, listeners, routes } = dump;
  const own = clusters.flatMap((cluster): JsonObject[] => objectsOf([cluster.load_assignment ?? null]));
  const loads = [...endpoints, ...own];
  const many = loads.filter((load) => objectsOf(load.endpoints).flatMap(endpointsIn).length > 1);
  const names = many.flatMap((load) => textAt(load, 'cluster_name') ?? []);
  // A name has an address of each family in the lab.
  const resolved = clusters.filter(
    ({ type, dns_lookup_family: family }) => type === 'ORIGINAL_DST' || (type === 'STRICT_DNS' && family === 'ALL'),
  );
  const all = [...objectsIn([...listeners, ...routes])];
  return {
    clusters: new Set([...names, ...resolved.flatMap((cluster) => textAt(cluster, 'name') ?? [])]),
    choosesAtRandom: all.some((object) => isWeighted(object) || isFraction(object)),
    remembersFailures: clusters.some(
      (cluster) => objectsOf(cluster.health_checks).length > 0 || isObject(cluster.outlier_detection),
    ),
    background: backgroundOf(dump),
  };
}

function backgroundOf(dump: ConfigDump): Set<string> {
  const uses = new Map<string, Use[]>();
  for (const { use, cluster } of usesOf(dump))
    if (cluster !== undefined) uses.set(cluster, [...(uses.get(cluster) ?? []), use]);
  const isOwn = (use: Use): boolean => use === 'sink' || use === 'control plane';
  return new Set([...uses].filter(([, all]) => all.every(isOwn)).map(([cluster]) => cluster));
}

function endpointsIn(group: JsonObject): JsonObject[] {
  return objectsOf(group.lb_endpoints);
}

/** Whether a route leads to several clusters by weight. */
function isWeighted(object: JsonObject): boolean {
  const weighted = objectsOf(objectAt(object, 'weighted_clusters')?.clusters);
  return weighted.filter(({ weight }) => Number(weight ?? 0) > 0).length > 1;
}

function isFraction(object: JsonObject): boolean {
  const fractions = [objectAt(object, 'runtime_fraction', 'default_value'), objectAt(object, 'percentage')];
  return fractions.some((fraction) => fraction !== undefined && fractionOf(fraction) > 0 && fractionOf(fraction) < 1);
}

/** Headers whose value is random or a time. */
const RANDOM_HEADERS =
  /^(b3|traceparent|tracestate|uber-trace-id|x-b3-.*|x-datadog-.*|x-ot-.*|x-cloud-trace-context|x-amzn-trace-id|sw8.*|grpc-trace-bin|age|retry-after|x-ratelimit-reset|x-envoy-expected-rq-timeout-ms|x-envoy-attempt-time)$/i;

/** Requests of Envoy's health checks come by a timer. */
const HEALTH_CHECK = /^Envoy\/HC\b/;

/**
 * An observation without what varies from run to run for reasons that are no difference of Envoys: random
 * ids of traces, endpoints that Envoy chooses at random, health checks by a timer, durations in logs.
 *
 * @param adminPort of Envoy, whose pages have times and counters
 */
export function steadied(observation: Observation, unsteady: Unsteady, adminPort: number): Observation {
  const { clusters, choosesAtRandom, remembersFailures } = unsteady;
  const seen = withoutAdminPages(observation, adminPort);
  const steady: Observation = Object.assign({ ...seen }, withoutRandomHeaders(seen));
  steady.replies = steady.replies.map(withoutRaces);
  steady.received = steady.received.filter((request) => !isHealthCheck(request));
  // Whether a late packet comes before the count.
  steady.rules = steady.rules.filter(({ packets }) => packets !== 'some');
  steady.streams = steady.streams.filter(({ bytes }) => bytes !== 0 || !remembersFailures);
  // Pools decide which connections end in an exchange, and pools depend on earlier choices.
  steady.connections = clusters.size > 0 || choosesAtRandom ? [] : steady.connections;
  steady.stats = Object.fromEntries(
    Object.entries(steady.stats).filter(([name]) => !isUnsteadyCounter(name, unsteady)),
  );
  steady.accessLog = steady.accessLog.map((entry) => {
    if (!clusters.has(String(entry.upstream_cluster))) return entry;
    const { upstream_host, upstream_remote_address, ...rest } = entry;
    return {
      ...rest,
      ...(upstream_host === undefined ? {} : { upstream_host: upstream_host && '<endpoint>' }),
      ...(upstream_remote_address === undefined
        ? {}
        : { upstream_remote_address: upstream_remote_address && '<endpoint>' }),
    };
  });
  if (clusters.size > 0) steady.received = steady.received.map((request) => ({ ...request, local: '<endpoint>' }));
  if (isTunnelled(seen)) withoutTunnelBytes(steady);
  steady.ownLog = steady.ownLog.map(({ line, text, ...rest }) => ({
    ...rest,
    line: typeof line === 'string' ? withoutNumbers(line) : withoutTimes(line),
  }));
  // Connections that one exchange ends write their lines in any order.
  return { ...steady, accessLog: sorted(steady.accessLog), ownLog: sorted(steady.ownLog) };
}

/**
 * An observation of a request with a long body, without what depends on how much of the body has arrived
 * when Envoy answers by itself.
 */
export function withoutEarlyEnd(seen: Observation): Observation {
  if (seen.accessLog.some(({ response_code_details: details }) => details === 'via_upstream')) return seen;
  const isEarly = (name: string): boolean =>
    /downstream_rq_(response_before_rq_complete|rx_reset|tx_reset)$|_delayed_close/.test(name);
  return {
    ...seen,
    replies: seen.replies.map((reply) => ({
      ...reply,
      headers: reply.headers.filter(([name]) => name.toLowerCase() !== 'connection'),
    })),
    accessLog: seen.accessLog.map((entry) => ({ ...entry, bytes_received: '<bytes>' })),
    accessLogText: [],
    stats: Object.fromEntries(Object.entries(seen.stats).filter(([name]) => !isEarly(name))),
  };
}

/** Endings of a connection that differ by which packet is faster. */
const CLOSED = /^(closed|ECONNRESET|EPIPE|ECONNABORTED)$/;

/** A reply without what depends on which end closes first. */
function withoutRaces({ local, remote, ended, frames, ...reply }: Reply): Reply {
  const kept = frames?.filter((frame) => !repeatsResponse(frame)) ?? [];
  return {
    ...reply,
    ...(kept.length > 0 && { frames: kept }),
    ...(ended && { ended: CLOSED.test(ended.code) ? { code: 'closed', message: '' } : ended }),
  };
}

/** Whether a frame has what the status, the headers and the body of a reply have. */
function repeatsResponse(frame: ReceivedFrame): boolean {
  return frame.type === 'DATA' || (frame.type === 'HEADERS' && frame.headers.some(([name]) => name === ':status'));
}

/** An observation of a request that Envoy's admin interface answers, without the page. */
function withoutAdminPages(seen: Observation, adminPort: number): Observation {
  const isAdmin = ({ upstream_host }: AccessLogEntry): boolean => upstream_host === `127.0.0.1:${adminPort}`;
  if (!seen.accessLog.some(isAdmin)) return seen;
  const isLength = ([name]: RawHeader): boolean => name.toLowerCase() === 'content-length';
  return {
    ...seen,
    replies: seen.replies.map(({ frames, headers, ...reply }) => ({
      ...reply,
      headers: headers.filter((header) => !isLength(header)),
      body: '<admin page>',
    })),
    accessLog: seen.accessLog.map((entry) => (isAdmin(entry) ? { ...entry, bytes_sent: '<bytes>' } : entry)),
    accessLogText: [],
  };
}

/** Whether Envoy passes TLS on, also inside of its own tunnels: the length of signatures varies. */
function isTunnelled({ accessLog, replies }: Observation): boolean {
  const passes = ({ method, downstream_remote_address: from, upstream_host: to }: AccessLogEntry): boolean =>
    method === undefined &&
    (/^envoy:/.test(String(from)) || /:443$/.test(String(to)) || replies.some(({ tls }) => tls));
  return accessLog.some(passes);
}

function withoutTunnelBytes(steady: Observation): void {
  const masked = (entry: AccessLogEntry): AccessLogEntry =>
    Object.fromEntries(Object.entries(entry).map(([name, value]) => [name, /bytes/.test(name) ? '<bytes>' : value]));
  steady.accessLog = steady.accessLog.map((entry) => (entry.method === undefined ? masked(entry) : entry));
  steady.ownLog = steady.ownLog.map((own) => (typeof own.line === 'string' ? own : { ...own, line: masked(own.line) }));
}

function withoutRandomHeaders(seen: Observation): Partial<Observation> {
  return Object.fromEntries(
    RECORDED_KINDS.filter((kind) => kind !== 'stats').map((kind) => [kind, maskedHeaders(seen[kind])]),
  );
}

/** A value with the random headers in it masked: pairs, and fields of objects of the same names. */
function maskedHeaders(value: unknown): unknown {
  if (Array.isArray(value)) {
    const [name, text] = value;
    if (value.length === 2 && typeof name === 'string' && typeof text === 'string')
      return [name, RANDOM_HEADERS.test(name) ? '<random>' : text];
    return value.map(maskedHeaders);
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      typeof item === 'string' && RANDOM_HEADERS.test(name) ? '<random>' : maskedHeaders(item),
    ]),
  );
}

function isHealthCheck({ headers }: Received): boolean {
  return headers.some(([name, value]) => name.toLowerCase() === 'user-agent' && HEALTH_CHECK.test(value));
}

function isUnsteadyCounter(
  name: string,
  { clusters, choosesAtRandom, remembersFailures, background }: Unsteady,
): boolean {
  if (/\.(health_check|outlier_detection)\./.test(name)) return true;
  if (/^(tracing|access_logs)\./.test(name)) return true;
  const [, cluster, counter = ''] =
    /^cluster\.(.+?)\.((?:external\.|internal\.)?(?:upstream|lb|http[123]|ssl|membership|retry|circuit|default)[\w.]*)$/.exec(
      name,
    ) ?? [];
  if (cluster === undefined) return false;
  if (background.has(cluster)) return true;
  const isPool = /^(upstream_(cx|rq_pending)_|http[123]\.|ssl\.|lb_)/.test(counter);
  return isPool && (choosesAtRandom || remembersFailures || clusters.has(cluster));
}

/** A line of a log with every number masked that is no status. */
function withoutNumbers(line: string): string {
  return line.replaceAll(/\b\d+(?:\.\d+)?\b/g, (number) => (/^[1-5]\d\d$/.test(number) ? number : '<n>'));
}

/** A line of JSON without the values of fields that are named as times. */
function withoutTimes(line: AccessLogEntry): AccessLogEntry {
  return Object.fromEntries(
    Object.entries(line).map(([name, value]) => [name, value !== null && TIME.test(name) ? '<time>' : value]),
  );
}

const TIME = /duration|time|latency|elapsed|_ms$|^ms$/i;

/** Whether a filter of the config rejects requests by a token bucket. */
export function hasTokenBucket({ listeners, routes }: ConfigDump): boolean {
  return [...objectsIn([...listeners, ...routes])].some((object) => typedConfig(object).type === 'LocalRateLimit');
}
