import type { Check } from './observers/checks.ts';
import type { UpstreamConnection } from './observers/connections.ts';
import type { HttpCall } from './observers/http-calls.ts';
import type { LimitRequest } from './observers/limit-requests.ts';
import type { MetadataRequest } from './observers/metadata.ts';
import type { Received } from './observers/received.ts';
import type { Stream } from './observers/streams.ts';

/**
 * The parts that an agent can observe of its host. One call observes all parts of a question.
 * Parts with the question `true` and a list as the answer return what is new since the last call.
 */
export interface HostParts {
  /** The output of commands that print rules with their counters, by command. */
  rules: { question: string[]; answer: Record<string, string> };
  /** `/proc/net/nf_conntrack`. */
  conntrack: { question: true; answer: string };
  /**
   * The lines of Envoy's used counters that have changed since the last question, as they were and
   * as they are; and a log fence: Envoy logs the request for them.
   */
  stats: { question: { port: number; fence: string }; answer: { before: string; after: string } };
  /** Requests to the HTTP upstreams of this host. */
  received: { question: true; answer: Received[] };
  /** The connections to the byte upstreams of this host, once all of them have ended. */
  streams: { question: true; answer: Stream[] };
  /** The connections to the HTTP upstreams of this host that have ended. */
  connections: { question: true; answer: UpstreamConnection[] };
  /** Requests to the authorization stub. */
  checks: { question: true; answer: Check[] };
  /** Requests to the HTTP authorization service. */
  httpChecks: { question: true; answer: HttpCall[] };
  /** Requests to the rate limit service. */
  limitRequests: { question: true; answer: LimitRequest[] };
  /** Requests to the JWKS server. */
  jwksRequests: { question: true; answer: HttpCall[] };
  /** Log lines of the authorization stub about workloads. */
  authzLog: { question: true; answer: string[] };
  /** Requests to the metadata service. */
  metadata: { question: true; answer: MetadataRequest[] };
  /**
   * A capture of every packet of this host. Its end answers tcpdump's text, one packet a line, with
   * seconds since the epoch.
   */
  capture: { question: 'start' | 'end'; answer: string[] };
}

export type HostPart = keyof HostParts;

export type HostQuestion = { [P in HostPart]: HostParts[P]['question'] };

export type HostAnswer = { [P in HostPart]: HostParts[P]['answer'] };

export interface ObserveParams {
  parts: Partial<HostQuestion>;
  /**
   * Waits first until all gauges of this host's Envoy that match an expression are zero, so that
   * counters and logs are complete.
   */
  idle?: { port: number; gauges: string };
  /**
   * How long to wait for Envoy, and for connections to byte upstreams to end; then the host answers
   * anyway. Default: as long as a condition takes, and then it fails.
   */
  endMs?: number;
}
