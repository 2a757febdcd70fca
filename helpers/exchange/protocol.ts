import type { StubName } from '../scenario/stub-names.ts';
import type {
  DatagramParams,
  DialParams,
  LoadParams,
  LoadResult,
  RequestParams,
  UpgradeParams,
} from './client-calls.ts';
import type { HostAnswer, ObserveParams } from './host-parts.ts';
import type { Check } from './observers/checks.ts';
import type { MetadataRequest } from './observers/metadata.ts';
import type { Received } from './observers/received.ts';
import type { ClientReply, Reply } from './observers/replies.ts';
import type { Script } from './script.ts';
import type * as stub from './stub-calls.ts';

/**
 * The calls of an agent. Calls and answers are JSON lines on its stdin and stdout:
 * `{"id":1,"call":"run","params":{…}}` is answered by `{"id":1,"result":{…}}` or
 * `{"id":1,"error":"…"}`.
 */
export interface AgentCalls {
  /** Runs a program to its end. */
  run: { params: RunParams; result: RunResult };
  /** Does nothing: it returns once the agent runs. */
  ready: { params: null; result: null };
  /** Sends one HTTP request with undici. */
  request: { params: RequestParams; result: ClientReply };
  /** Closes a named connection of requests, where it is open. */
  closeConnection: { params: { connection: string }; result: null };
  curl: { params: RequestParams; result: ClientReply };
  /** Requests a WebSocket, and exchanges messages where it is accepted. */
  upgrade: { params: UpgradeParams; result: ClientReply };
  /** Opens a TCP connection, plays a script, and reads to its end. */
  dial: { params: DialParams; result: Reply };
  /** Sends a UDP datagram, and waits for an answer. */
  datagram: { params: DatagramParams; result: Reply };
  /** Raises a signal that another host has raised, or the harness. */
  raise: { params: { signal: string }; result: null };
  /** Forgets all signals. */
  clearSignals: { params: null; result: null };
  /** Serves the HTTP upstream. */
  serve: { params: stub.ServeParams; result: null };
  /** Serves an upstream without HTTP. */
  serveBytes: { params: stub.ServeParams; result: null };
  /** Serves an upstream that accepts commands of Redis, or datagrams, and answers them. */
  serveRedis: { params: stub.ServeParams; result: null };
  serveUdp: { params: stub.ServeParams; result: null };
  /** Changes how an upstream behaves. */
  setManner: { params: stub.Listening & { manner: stub.UpstreamManner }; result: null };
  /** Replaces the scripts of an upstream. */
  answerUpstream: { params: stub.Listening & { answers: stub.AnswersByKey<Script> }; result: null };
  /** Serves an upstream for benchmarks: one constant answer. */
  serveLoad: { params: stub.Listening; result: null };
  /** Sends requests over connections that stay open. */
  load: { params: LoadParams; result: LoadResult };
  /** Answers each connection with its original destination. */
  serveOriginalDestination: { params: stub.Listening; result: null };
  /**
   * Stops accepting at an address; open connections are served on, and `/healthz` reports the shutdown.
   */
  shutDown: { params: stub.Listening; result: null };
  /** Stops a server of `serve` or `serveOriginalDestination`, and closes its connections. */
  stopServing: { params: stub.Listening; result: null };
  /** Answers DNS queries on 127.0.0.1 from a table; a later call replaces the table. */
  serveNames: { params: stub.NamesParams; result: null };
  /** Waits until a name is queried after the last call of `serveNames`. */
  waitForQuery: { params: { name: string; timeoutMs: number }; result: null };
  /**
   * Serves the authorization stub; a later call changes its answers. The result is the number of
   * checks that it has received so far.
   */
  serveAuthz: { params: stub.ServeAuthzParams; result: number };
  stopAuthz: { params: null; result: null };
  /** As `serveAuthz`, for the rate limit stub. */
  serveRateLimit: { params: stub.ServeRateLimitParams; result: number };
  stopRateLimit: { params: null; result: null };
  /** As `serveAuthz`, for a stub that serves HTTP/1.1. */
  serveHttpStub: { params: stub.ServeHttpStubParams; result: number };
  stopHttpStub: { params: { stub: stub.HttpStubName }; result: null };
  /**
   * Finds the process of one end of a TCP connection, with the permissions of the calling process.
   */
  findWorkload: { params: { end: stub.ConnectionEnd; fault?: stub.IdentityFault | undefined }; result: stub.Workload };
  /** Serves instance metadata; a later call changes the settings. */
  serveMetadata: { params: stub.ServeMetadataParams; result: null };
  setMetadataClock: { params: { aheadSeconds: number }; result: null };
  /** Observes parts of this host. */
  observe: { params: ObserveParams; result: Partial<HostAnswer> };
  /** Waits until no process listens on a TCP port. */
  waitForFreePort: { params: { port: number; timeoutMs: number }; result: null };
  /** Waits until links of this host, by name, pass packets. */
  waitForLinks: { params: { links: string[]; timeoutMs: number }; result: null };
  /** Waits until no connection of this host is half closed; `result` is false after the timeout. */
  waitForClosed: { params: { timeoutMs: number }; result: boolean };
  /** Removes the closed TCP connections of this host and their entries, where it tracks more than `few`. */
  forgetClosed: { params: { few: number }; result: null };
  /** Removes the closed TCP connections of this host, and every entry. */
  forgetAll: { params: null; result: null };
  /** Waits until one of Envoy's admin pages matches, and returns the page. */
  waitForAdmin: { params: WaitForAdminParams; result: string };
  admin: { params: { port: number; path: string; method: 'GET' | 'POST' }; result: { status: number; body: string } };
  /**
   * Starts to trace the packets of this host, the rules that they match, and the stubs of this
   * host.
   */
  startTrace: { params: TraceParams; result: null };
  stopTrace: { params: null; result: Trace };
}

export type AgentCall = keyof AgentCalls;

export interface RunParams {
  argv: [program: string, ...args: string[]];
  /** Text for stdin. */
  input?: string;
  /** Default: the agent's group. */
  gid?: number;
  /** Additional environment variables. */
  environment?: Record<string, string>;
  timeoutMs: number;
}

export interface RunResult {
  /** Exit status; -1 after a signal or the timeout. */
  status: number;
  stdout: string;
  stderr: string;
}

export interface WaitForAdminParams {
  port: number;
  path: string;
  /** A regular expression for the page. */
  expect: string;
  /** Reduces the page to what the group of this expression matches in each line, sorted. */
  only?: string;
  timeoutMs: number;
}

export interface TraceParams {
  /** A TCP port to leave out. */
  except: number;
}

export interface Trace {
  /** tcpdump's capture of all interfaces, base64, link type LINUX_SLL2. */
  pcap: string;
  /** Interface names, by index. */
  links: Record<number, string>;
  /** The output of `xtables-monitor --trace`. */
  rules: string[];
  /** Actions of the stubs, in order. */
  notes: Note[];
  /** Why rules cannot be traced. */
  lacks?: string;
}

export interface CallMessage<C extends AgentCall = AgentCall> {
  /** Makes the call in a process of this user: the first field of the line. Default: the agent's. */
  uid?: number;
  id: number;
  call: C;
  params: AgentCalls[C]['params'];
}

/**
 * The result of a call, or its error: `unmet` where an awaited condition of the lab was not met in
 * time, `usage` where a claim asked for the impossible; the agent itself works.
 */
export type AnswerMessage = { id: number; result: unknown } | { id: number; error: string; kind?: 'unmet' | 'usage' };

/** A script or a stub of this host has raised a signal. */
export interface SignalMessage {
  signal: string;
}

/** The agent's first line. */
export interface HelloMessage {
  /** The agent's process id in its pid namespace, and the kernel release. */
  hello: { pid: number; kernel: string };
}

/** An action of a stub of this host; `at` is in seconds since the epoch. */
export type Note = { at: number } & Noted;

export type Noted =
  | { received: Received }
  | { check: Check }
  | { metadata: MetadataRequest }
  /** A call of another stub: `GET /a, answered 200`. */
  | { call: { stub: StubName; text: string } };
