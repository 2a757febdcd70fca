import type {
  AccessLogEntry,
  Check,
  ConntrackEntry,
  Observation,
  RawHeader,
  Received,
  Reply,
  RuleCount,
} from '../exchange/observation.ts';
import type { ChapterRecord } from '../record/record.ts';
import { describeCheck } from '../trace/timeline-text.ts';
import type { Story } from './story.ts';

/** Changes when a field is renamed, removed or means something else. */
export const EVIDENCE_SCHEMA = 'envoy-big-book/evidence@1';

/** What the pages show of a chapter's runs: the content of `docs/evidence/<slug>.json`. */
export interface ChapterEvidence {
  schema: typeof EVIDENCE_SCHEMA;
  slug: string;
  /** The version of Envoy that it was seen on. */
  envoy: string;
  claims: ClaimEvidence[];
  /** One request, seen by everything; absent until one has been traced. */
  trace?: Story;
}

export interface ClaimEvidence {
  title: string;
  exchanges: ExchangeEvidence[];
}

/** An exchange in lines that a reader takes in at once, masked. */
export interface ExchangeEvidence {
  /** What the downstream did. */
  did: string;
  /** Who saw it, and what. Who saw nothing is not there. */
  saw: Partial<Record<Witness, string[]>>;
}

/** Who saw an exchange, in the order in which a page lets them speak. */
export const WITNESSES = {
  answer: 'the downstream got',
  received: 'the upstream received',
  check: 'the authorization service was asked',
  authz: 'the authorization service said',
  metadata: 'the metadata service was asked',
  rules: 'rules that counted',
  conntrack: 'conntrack',
  log: "Envoy's access log",
  counters: "Envoy's counters",
} as const;

export type Witness = keyof typeof WITNESSES;

/** What a record says of a chapter, reduced to what its page shows. */
export function distilChapter({ slug, claims }: ChapterRecord, envoy: string): ChapterEvidence {
  return {
    schema: EVIDENCE_SCHEMA,
    slug,
    envoy,
    claims: claims.map(({ title, observations }) => ({ title, exchanges: observations.map(distilExchange) })),
  };
}

export function distilExchange(seen: Observation): ExchangeEvidence {
  const told: Record<Witness, string[]> = {
    answer: seen.replies.flatMap((reply) => answerLines(reply, seen.received.length > 0)),
    received: [...seen.received.flatMap(receivedLines), ...seen.streams.map(describeStream)],
    check: seen.checks.flatMap(checkLines),
    authz: seen.authzLog,
    metadata: seen.metadata.map(({ method, path, token, status, remote }) => {
      return `${method} ${path} by ${remote}, token ${token}: ${status}`;
    }),
    rules: seen.rules.map(describeCount),
    conntrack: seen.conntrack.map(describeEntry),
    log: seen.accessLog.flatMap(loggedLines),
    counters: Object.entries(seen.stats)
      .filter(([name]) => TELLING.test(name))
      .map(([name, by]) => `${name} +${by}`),
  };
  const saw = Object.entries(told).filter(([, lines]) => lines.length > 0);
  return { did: seen.exchange, saw: Object.fromEntries(saw) };
}

/** Longer texts are cut: a body may be a page of Envoy's. */
const LONGEST = 300;

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** @param told whether an upstream tells itself what it received: its answer repeats that */
function answerLines({ status, headers, body, local, remote, certificate, ended }: Reply, told: boolean): string[] {
  const ends = local !== undefined && remote !== undefined ? ` (${local} → ${remote})` : '';
  const repeats = told && body.startsWith('{');
  const lines = body.trimEnd() === '' || repeats ? [] : cut(body.trimEnd()).split('\n');
  return [
    ...(status === undefined ? [] : [`${status}${ends}`]),
    ...headerLines(headers),
    ...(certificate ? [`  certificate ${certificate.subject}, issued by ${certificate.issuer}`] : []),
    ...lines.map((line) => `  ${line}`),
    ...(ended ? [ended.message === '' ? ended.code : `${ended.code}: ${cut(ended.message)}`] : []),
  ];
}

function receivedLines({ servedBy, method, path, httpVersion, headers, local, remote, tls }: Received): string[] {
  const by = tls ? `, by ${tls.version}${tls.serverName === undefined ? '' : ` for ${tls.serverName}`}` : '';
  return [`${servedBy}: ${method} ${path} HTTP/${httpVersion} (${remote} → ${local}${by})`, ...headerLines(headers)];
}

/** Headers that the programs of the book send with every request, or every server with every answer. */
const USUAL = new Set(
  [
    'accept',
    'accept-encoding',
    'accept-language',
    'connection',
    'date',
    'keep-alive',
    'sec-fetch-mode',
    'user-agent',
  ].concat(['content-length', 'transfer-encoding', 'x-request-id']),
);

function headerLines(headers: RawHeader[]): string[] {
  return headers.filter(([name]) => !USUAL.has(name.toLowerCase())).map(([name, value]) => `  ${name}: ${cut(value)}`);
}

function describeStream({ servedBy, local, remote, bytes, ended }: Observation['streams'][number]): string {
  return `${servedBy}: ${bytes} bytes (${remote} → ${local}), ended by ${ended}`;
}

function describeCount({ host, chain, rule, packets }: RuleCount): string {
  const count = packets === 'some' ? 'some packets' : packets === 1 ? '1 packet' : `${packets} packets`;
  return `${host}, ${chain}, “${rule}”: ${count}`;
}

export function describeEntry({ host, original, reply, nat }: ConntrackEntry): string {
  const answered = nat ? `answered as ${reply.source} → ${reply.destination}` : 'nothing rewritten';
  return `${host}: ${original.source} → ${original.destination}, ${answered}`;
}

/** The fields of an access log entry that say what happened, by lines; the others repeat the request. */
const LOGGED = [
  ['response_code', 'response_flags', 'response_code_details'],
  ['downstream_remote_address', 'downstream_local_address'],
  ['upstream_local_address', 'upstream_host'],
  ['upstream_transport_failure_reason'],
];

export function loggedLines(entry: AccessLogEntry): string[] {
  return LOGGED.map((names) =>
    names.flatMap((name) => (entry[name] == null ? [] : `${name}=${entry[name]}`)).join(' '),
  ).filter((line) => line !== '');
}

function checkLines(check: Check): string[] {
  const { request, context_extensions = {}, tls_session } = check.attributes ?? {};
  const { headers = {}, scheme, protocol, host, body } = request?.http ?? {};
  const said = { protocol, scheme, host, body, 'grpc-timeout': check.timeout, sni: tls_session?.sni };
  // HTTP/2's own headers, with a colon, say what stands above.
  const sent = Object.entries(headers).filter(([name]) => !name.startsWith(':'));
  return [
    describeCheck(check),
    ...Object.entries(said).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : `  ${name} ${cut(value)}`,
    ),
    ...headerLines(sent),
    ...Object.entries(context_extensions).map(([name, value]) => `  context ${name}: ${value}`),
  ];
}

/** Counters of connections, requests and decisions; Envoy counts most of them again by worker, by origin and by class. */
const TELLING =
  /^(cluster\.\w+\.(upstream_cx_total|upstream_cx_connect_fail|upstream_cx_connect_timeout|upstream_cx_none_healthy|upstream_rq_\d{3}|ext_authz\.\w+)|http\.ingress\.(downstream_cx_total|downstream_rq_\dxx|downstream_cx_upgrades_total|no_route|ext_authz\.\w+)|tcp\.\w+\.downstream_cx_total)$/;
