import type { AutomaticFrames } from './http2/automatic.ts';
import type { Script } from './script.ts';
import type { RawHeader } from './wire.ts';

/** Bounds of a call, in milliseconds. */
interface Limits {
  connectTimeoutMs: number;
  timeoutMs: number;
}

export interface RequestParams extends Limits {
  url: string;
  method: string;
  /** In wire order and spelling. */
  headers: RawHeader[];
  body?: string;
  /** Sends this many bytes of the upstream's payload as the body. */
  payloadBytes?: number;
  /**
   * The trusted authority's certificate for https URLs, in PEM. Default: the authorities that the
   * program trusts.
   */
  authority?: string;
  /** The source address, where the host has several. */
  from?: string;
  /**
   * Requests with the same name share one connection, which stays open until one of them is `last`, or until the
   * claim ends.
   */
  connection?: string;
  last?: boolean;
  /** Uses HTTP/2 without negotiation (prior knowledge). */
  http2?: boolean;
  /** Additional environment variables of the program, such as `https_proxy`. */
  environment?: Record<string, string>;
  /**
   * Lets undici use a tunnel for a plain HTTP target behind a proxy, its default; else it sends the
   * absolute URL.
   */
  plainThroughTunnel?: boolean;
}

export interface UpgradeParams extends Limits {
  /** `ws://127.0.0.1:4999/chat`. */
  url: string;
  headers: RawHeader[];
  /** Text messages to send once the upgrade is accepted. */
  send: string[];
  /** Sends this many bytes of the upstream's payload as a further, binary message. */
  payloadBytes?: number;
  /** Closes once this many messages have arrived. */
  messages: number;
}

export interface DialParams extends Limits {
  host: string;
  port: number;
  /** What to do once connected. Default: nothing but to read. */
  steps?: Script;
  /** Speaks HTTP/2, with these frames of its own. Default where a script has frames. */
  http2?: AutomaticFrames;
  /** Connects over TLS. Default: plain TCP. */
  tls?: DialTls;
  /** Bytes before everything else, TLS included: a PROXY protocol header. */
  preamble?: string;
  /**
   * Reads an HTTP/1 response to a request of this method: the reply has its status and headers, and the
   * call ends once the response is complete.
   */
  response?: { method: string };
}

export interface DialTls {
  /** The trusted authority's certificate, in PEM. Default: the authorities that Node trusts. */
  authority?: string;
  /** The name in SNI, and of the certificate. Default: the host, where it is no address. */
  serverName?: string;
  /** The protocols to offer (ALPN). Default: `h2` for a script with HTTP/2 frames, else none. */
  alpn?: string[];
  /** False accepts any certificate. Default: true. */
  verify?: boolean;
  /** The client's certificate and its key, in PEM. */
  keyPair?: { certificate: string; key: string };
}

export interface DatagramParams {
  host: string;
  port: number;
  /** One byte a character. */
  payload: string;
  /** How long to wait for an answer. */
  timeoutMs: number;
}

export interface LoadParams {
  host: string;
  port: number;
  connections: number;
  /** In total; each connection sends its next one when it has an answer. */
  requests: number;
}

export interface LoadResult {
  /**
   * From the first request to the last answer, in milliseconds, without opening the connections.
   */
  tookMs: number;
  /** From each request to its answer, in microseconds, in order of arrival. */
  latenciesUs: number[];
}
