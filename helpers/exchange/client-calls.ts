import type { RawHeader } from './wire.ts';

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
