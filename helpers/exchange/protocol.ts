import type { Check } from './observers/checks.ts';
import type { MetadataRequest } from './observers/metadata.ts';
import type { Received } from './observers/received.ts';
import type { ClientReply, Reply } from './observers/replies.ts';
import type { Stream } from './observers/streams.ts';
import type { RawHeader } from './wire.ts';

/**
 * What an agent can be asked to do. Calls and answers are JSON lines on its stdin and stdout:
 * `{"id":1,"call":"run","params":{…}}` is answered by `{"id":1,"result":{…}}` or `{"id":1,"error":"…"}`.
 */
export interface AgentCalls {
  /** Runs a program to its end. */
  run: { params: RunParams; result: RunResult };
  /** Loads what sends requests, so that the first one does not wait for it. */
  warmUp: { params: null; result: null };
  /** Sends one HTTP request with undici. */
  request: { params: RequestParams; result: ClientReply };
  /** Sends one HTTP request with the curl program. */
  curl: { params: RequestParams; result: ClientReply };
  /** Asks for a WebSocket, and talks over it where it is granted. */
  upgrade: { params: UpgradeParams; result: ClientReply };
  /** Opens a TCP connection, sends bytes and tells what came back and how it ended. */
  dial: { params: DialParams; result: Reply };
  /** Serves the port-5000 upstream of the book, in any role and on any port. */
  serve: { params: ServeParams; result: null };
  /** Serves an upstream that speaks no HTTP. */
  serveBytes: { params: ServeParams; result: null };
  /** Serves an upstream that answers every request alike and as cheaply as it can. */
  serveLoad: { params: { host: string; port: number }; result: null };
  /** Sends requests over connections that stay open, on each one after the other. */
  load: { params: LoadParams; result: LoadResult };
  /** What came over the connections to `serveBytes` of this host since the last time it was asked, once all of them have ended. */
  streams: { params: null; result: Stream[] };
  /** Accepts connections and answers each with the address that the kernel says was dialled. */
  serveOriginalDestination: { params: { host: string; port: number }; result: null };
  /** Takes no further connection on a port; who is connected is still answered, and told of it by `/healthz`. */
  shutDown: { params: { port: number }; result: null };
  /** Stops what `serve` or `serveOriginalDestination` started; open connections are closed. */
  stopServing: { params: { port: number }; result: null };
  /** What the upstreams of this host received since the last time it was asked. */
  received: { params: null; result: Received[] };
  /** Answers DNS queries on 127.0.0.1 from a table; a later call replaces the table. */
  serveNames: { params: NamesParams; result: null };
  /** Serves the authorization stub; a later call changes what it answers. */
  serveAuthz: { params: ServeAuthzParams; result: null };
  stopAuthz: { params: null; result: null };
  /** The checks that the authorization stub received since the last time it was asked. */
  checks: { params: null; result: Check[] };
  /** What the authorization stub said about the workloads behind its checks since the last time it was asked, in lines. */
  authzLog: { params: null; result: string[] };
  /** Finds the process behind one end of a TCP connection, as far as the process that is asked may look. */
  whoIs: { params: { end: ConnectionEnd; fault?: IdentityFault | undefined }; result: Workload };
  /** Serves instance metadata; a later call changes how. */
  serveMetadata: { params: ServeMetadataParams; result: null };
  setMetadataClock: { params: { aheadSeconds: number }; result: null };
  /** What the metadata service was asked since the last time this was. */
  metadataRequests: { params: null; result: MetadataRequest[] };
  /** Reads the state of this host as of now. */
  snapshot: { params: SnapshotParams; result: Snapshot };
  /** Waits until nobody listens on a TCP port. */
  waitForFreePort: { params: { port: number; timeoutMs: number }; result: null };
  /** Waits until links of this host, by name, pass packets. */
  waitForLinks: { params: { links: string[]; timeoutMs: number }; result: null };
  /** Waits until no connection of this host is half closed any more; `result` tells whether that came true in time. */
  waitForClosed: { params: { timeoutMs: number }; result: boolean };
  /** Waits until one of Envoy's admin pages says what is expected; `result` is the page. */
  waitForAdmin: { params: WaitForAdminParams; result: string };
  /** Fetches one of Envoy's admin pages. */
  admin: { params: { port: number; path: string; method: 'GET' | 'POST' }; result: { status: number; body: string } };
  /** Starts a capture of every packet of this host. */
  startCapture: { params: null; result: null };
  /** Ends it; `result` is tcpdump's text, one packet a line, with seconds since the epoch. */
  stopCapture: { params: null; result: string[] };
  /** Starts to watch every packet of this host, the rules that it matches, and what the stubs of this host do. */
  startTrace: { params: TraceParams; result: null };
  stopTrace: { params: null; result: Trace };
}

export type AgentCall = keyof AgentCalls;

export interface RunParams {
  argv: [program: string, ...args: string[]];
  /** Text for its stdin. */
  input?: string;
  /** The group that it runs as; default: the agent's. */
  gid?: number;
  /** Environment variables beside the agent's. */
  environment?: Record<string, string>;
  timeoutMs: number;
}

export interface RunResult {
  /** Exit status; -1 where a signal or the time limit ended it. */
  status: number;
  stdout: string;
  stderr: string;
}

export interface RequestParams {
  url: string;
  method: string;
  /** In this order and spelling. */
  headers: RawHeader[];
  body?: string;
  /** Sends this many bytes of the payload instead of `body`. */
  payloadBytes?: number;
  /** The certificate, in PEM, of the authority that an https URL's server is trusted by; the program's own ones otherwise. */
  authority?: string;
  /** The address to call from, where the host has several. */
  from?: string;
  /** Requests with the same name share one connection, which stays open until `agent` ends or the name is closed by `last`. */
  connection?: string;
  /** Closes the named connection after this request. */
  last?: boolean;
  /** Speaks HTTP/2 from the first byte on, as who knows that the other side does. */
  http2?: boolean;
  /** Environment variables of the program beside its own. */
  environment?: Record<string, string>;
  /** How undici asks a proxy for a plain HTTP target: by a tunnel, as it does by itself, or by the whole URL. */
  plainThroughTunnel?: boolean;
  connectTimeoutMs: number;
  timeoutMs: number;
}

export interface UpgradeParams {
  /** `ws://127.0.0.1:4999/chat`. */
  url: string;
  headers: RawHeader[];
  /** Text messages to send once it is granted. */
  send: string[];
  /** Sends this many bytes of the payload as a further, binary message. */
  payloadBytes?: number;
  /** Closes once this many messages have come. */
  messages: number;
  connectTimeoutMs: number;
  timeoutMs: number;
}

export interface DialParams {
  host: string;
  port: number;
  /** Text to send once connected. */
  send: string;
  /** What to do after that, one step after the other. */
  steps?: DialStep[];
  /** Whether to end the sending side after all of it. */
  end: boolean;
  /** Text to send, and to end with, once the other side has ended its own. */
  afterEnd?: string;
  connectTimeoutMs: number;
  timeoutMs: number;
}

/** Waits until some text has come back, and sends more, or nothing. */
export interface DialStep {
  after: string;
  send?: string;
}

export interface ServeParams {
  /** The name that every reply carries. */
  name: string;
  host: string;
  port: number;
  /** Serves it over TLS, with this certificate and key, each in PEM. */
  identity?: { certificate: string; key: string };
  fault?: UpstreamFault;
}

/** How an upstream misbehaves, where a fault is injected. */
export interface UpstreamFault {
  /** Names itself so. */
  name?: string;
  /** Answers every request with this status. */
  status?: number;
  /** Headers of every answer, beyond its own or in their place. */
  headers?: Record<string, string>;
  /** Loses all but the first line of a header that it receives several times. */
  losesLines?: true;
  /** Counts the requests of each connection by themselves. */
  countsByConnection?: true;
  /** Changes the first byte of a payload, of those that it sends and of those that it is sent. */
  changesByte?: true;
}

export interface LoadParams {
  host: string;
  port: number;
  connections: number;
  /** All together; which connection sends how many of them is as quickly as each is answered. */
  requests: number;
}

export interface LoadResult {
  /** From the first request to the last answer, in milliseconds; opening the connections is before it. */
  tookMs: number;
  /** From each request to its answer, in microseconds, as they came. */
  latenciesUs: number[];
}

export interface NamesParams {
  /** Name to addresses, IPv4 or IPv6. A name that is not in it is NXDOMAIN. */
  names: Record<string, string[]>;
  /** Names whose queries get no answer at all. */
  silent: string[];
  /** Time to live of each answer, in seconds. */
  ttlSeconds: number;
}

export interface ServeAuthzParams {
  host: string;
  port: number;
  answer: AuthzAnswer;
  fault?: IdentityFault | undefined;
}

/** How the identity headers of the authorization stub are wrong, where a fault is injected. */
export interface IdentityFault {
  /** Looks for a connection in the table of IPv4 alone. */
  readsNoIpv6?: true;
  /** Looks in its own network namespace alone. */
  looksHereOnly?: true;
  /** Looks at the downstream's end of a connection alone, not at where it went. */
  ignoresPeer?: true;
  /** Takes the first of several connections that share an end. */
  takesFirstRow?: true;
  /** Takes a socket that listens for the end of a connection. */
  countsListeners?: true;
  /** Believes what the row of a connection that has gone says of its user. */
  believesGoneRows?: true;
  /** Takes the first process that holds a socket for its only owner. */
  takesFirstOwner?: true;
  /** Takes the name of a deleted file as the kernel writes it. */
  keepsDeletedMark?: true;
  /** Believes a downstream that says itself who it is. */
  believesDownstream?: true;
  /** Answers the next check of the same connection without another look. */
  remembersConnection?: true;
  /** Asks for a token before every use of the metadata. */
  keepsNoToken?: true;
  /** Goes on with version 1 where it may not. */
  usesVersion1Anyhow?: true;
}

/**
 * What the authorization stub answers to every check: a response, the identity of the workload that asked, a gRPC error, bytes (base64) as
 * they are, or nothing.
 */
export type AuthzAnswer = (
  | { response: CheckResponse }
  | { identity: IdentityAnswer }
  | { error: { code: number; message: string } }
  | { bytes: string }
  | { silence: true }
) & {
  /** How long it thinks before it answers, in milliseconds. */
  afterMs?: number;
  /** Answers DEADLINE_EXCEEDED once the time is over that the check gave it, as most gRPC servers do. Default: it leaves that to Envoy. */
  keepsDeadlines?: true;
};

/** Allows, and adds `x-workload-id` and `x-workload-user`. */
export interface IdentityAnswer {
  /** Adds what the instance metadata say, too; a check during which they cannot be had is answered UNAVAILABLE. */
  metadata?: MetadataUse;
}

export interface MetadataUse {
  /** `http://169.254.169.254`. */
  url: string;
  /** The group of the process that asks. */
  gid: number;
  /** Whether to ask without a token where none can be had. */
  v1: boolean;
  /** How long one call may take. */
  timeoutMs: number;
}

/** One end of a TCP connection. */
export interface ConnectionEnd {
  address: string;
  port: number;
  /** The other end, which tells connections apart that share this one. */
  peer?: { address: string; port: number };
}

/** Who holds a connection: several, joined by commas, where they share its socket; `Unknown` where it cannot be told. */
export interface Workload {
  /** The name of the program's file, its first letter a capital: `Curl`. */
  program: string;
  /** The user's name, or number where it has none. */
  user: string;
  /** Why it cannot be told. */
  why?: string;
}

export interface ServeMetadataParams {
  host: string;
  port: number;
  settings: MetadataSettings;
}

export interface MetadataSettings {
  /** v1: a plain GET is answered; v2: a PUT gets a token, and a GET with one is answered. */
  versions: ('v1' | 'v2')[];
  /** What is told, by path: `/latest/meta-data/instance-id`. */
  values: Record<string, string>;
  fault?: MetadataFault;
}

/** How a metadata service misbehaves, where a fault is injected. */
export interface MetadataFault {
  /** Takes any token: one that has ended or that it never gave, too. */
  takesAnyToken?: true;
  /** Gives a token to whoever asks, however they do. */
  refusesNobody?: true;
}

/** envoy.service.auth.v3.CheckResponse, with the fields of authorization.proto. */
export interface CheckResponse {
  status?: { code: number; message?: string };
  ok_response?: {
    headers?: HeaderValueOption[];
    headers_to_remove?: string[];
    response_headers_to_add?: HeaderValueOption[];
  };
  denied_response?: DeniedResponse;
  error_response?: DeniedResponse;
}

export interface DeniedResponse {
  status?: { code: number };
  headers?: HeaderValueOption[];
  body?: string;
}

export interface HeaderValueOption {
  header: { key: string; value: string };
  append?: { value: boolean };
  append_action?: number;
  keep_empty_value?: boolean;
}

export interface SnapshotParams {
  /** The commands that print rules with their counters. */
  rules: string[];
  /** Whether to read the connection tracking table. */
  conntrack: boolean;
  /** Envoy's admin port, where Envoy shares this host's namespace. */
  adminPort?: number;
  /**
   * Waits before it reads the stats until each of Envoy's gauges whose name matches this expression is zero: no connection or request is
   * under way, so all that they write has been written.
   */
  idle?: string;
  /** Fences off what Envoy's access log has at the end of this snapshot. */
  fence?: string;
}

export interface Snapshot {
  /** What each of those commands printed. */
  rules: Record<string, string>;
  /** `/proc/net/nf_conntrack`, empty where nothing is tracked. */
  conntrack: string;
  /** Envoy's `/stats`, the counters that were used; empty where there is no Envoy. */
  stats: string;
}

export interface WaitForAdminParams {
  port: number;
  path: string;
  /** A regular expression for the page. */
  expect: string;
  timeoutMs: number;
}

export interface TraceParams {
  /** A TCP port that is left out. */
  except: number;
}

export interface Trace {
  /** What tcpdump has captured on all interfaces, base64; each packet is of link type LINUX_SLL2. */
  pcap: string;
  /** The names of this host's interfaces, by number. */
  links: Record<number, string>;
  /** What `xtables-monitor --trace` has printed. */
  rules: string[];
  /** What the stubs did, in its order. */
  notes: Note[];
  /** Why no rules can be traced, where they cannot. */
  lacks?: string;
}

export interface CallMessage<C extends AgentCall = AgentCall> {
  id: number;
  call: C;
  params: AgentCalls[C]['params'];
  /** The user that makes the call: a request of that user's own process. Default: the agent's. */
  uid?: number;
}

/** `unmet`: what was waited for did not come true, which tells about the lab and not about the agent. */
export type AnswerMessage = { id: number; result: unknown } | { id: number; error: string; unmet?: true };

/** The agent's first line. */
export interface HelloMessage {
  /** The agent's process id in its own pid namespace, and the release of the kernel that it runs on. */
  hello: { pid: number; kernel: string };
}

/** Something that a stub of this host did, and when, in seconds since the epoch. */
export type Note = { at: number } & Noted;

export type Noted = { received: Received } | { check: Check } | { metadata: MetadataRequest };
