import type { DialParams, LoadParams, LoadResult, RequestParams, UpgradeParams } from './client-calls.ts';
import type { Check } from './observers/checks.ts';
import type { MetadataRequest } from './observers/metadata.ts';
import type { Received } from './observers/received.ts';
import type { ClientReply, Reply } from './observers/replies.ts';
import type { Stream } from './observers/streams.ts';
import type {
  ConnectionEnd,
  IdentityFault,
  NamesParams,
  ServeAuthzParams,
  ServeMetadataParams,
  ServeParams,
  Workload,
} from './stub-calls.ts';

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
