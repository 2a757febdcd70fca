import { endOf, FIRST_EPHEMERAL_PORT, METADATA } from '../constants/addresses.ts';
import { PORTS } from '../constants/ports.ts';
import type { SocketAddress } from '../exchange/wire.ts';
import type { Timeline, TimelineEvent } from '../trace/timeline.ts';

/** The names of the programs that share a host, in a diagram. */
export const LANE = {
  downstream: 'downstream',
  envoy: 'Envoy',
  authz: 'authorization service',
  rateLimit: 'rate limit service',
  jwks: 'JWKS server',
  metadata: 'instance metadata',
} as const;

/**
 * The lanes of a request: programs where several share a host, else hosts. The program of a
 * connection's end follows from its port and from the opener of the first connection.
 */
export class Lanes {
  readonly #hosts: string[];
  /** Envoy's host, if there is an Envoy. */
  readonly #shared: string | undefined;
  /** The address that opened the first connection. */
  readonly #opener: SocketAddress | undefined;

  constructor({ hosts, events, envoy }: Pick<Timeline, 'hosts' | 'events' | 'envoy'>) {
    this.#hosts = hosts;
    this.#shared = envoy === undefined ? undefined : this.#routed ? hosts[1] : hosts[0];
    this.#opener = events.filter((event) => event.kind === 'packet').find(({ flags }) => flags === 'SYN')?.from;
  }

  /** The lane or lanes of an event. */
  of(event: TimelineEvent): { from: string; to: string } | { over: string[] } {
    const { kind, host } = event;
    if (kind === 'packet') {
      return { from: this.#owner(host, event.from, event.to), to: this.#owner(event.toHost, event.to, event.from) };
    }
    if (host !== this.#shared) return { over: [this.#laneOf(host)] };
    if (kind === 'check') return { over: [LANE.authz] };
    if (kind === 'call') return { over: [event.stub === 'httpAuthz' ? LANE.authz : LANE[event.stub]] };
    if (kind === 'metadata') return { over: [LANE.metadata] };
    if (kind !== 'rule' && kind !== 'route') return { over: [LANE.envoy] };
    // The kernel is between the programs of a host.
    return { over: [...new Set([this.#owner(host, event.from, event.to), this.#owner(host, event.to, event.from)])] };
  }

  /** Each lane once, from downstream to upstream. */
  sorted(lanes: Iterable<string>): string[] {
    const order = [...Object.values<string>(LANE), ...this.#hosts];
    return [...new Set(lanes)].sort((a, b) => order.indexOf(a) - order.indexOf(b));
  }

  get #routed(): boolean {
    return this.#hosts[0] === LANE.downstream;
  }

  #laneOf(host: string): string {
    return host === this.#hosts[0] ? LANE.downstream : host === 'metadata' ? LANE.metadata : host;
  }

  #owner(host: string, end: SocketAddress, peer: SocketAddress): string {
    if (host !== this.#shared) return this.#laneOf(host);
    const { port } = endOf(end);
    if (end === METADATA_SERVICE) return LANE.metadata;
    if (port === PORTS.authz || port === PORTS.httpAuthz) return LANE.authz;
    if (port === PORTS.rateLimit) return LANE.rateLimit;
    if (port === PORTS.jwks) return LANE.jwks;
    if (port < FIRST_EPHEMERAL_PORT) return LANE.envoy;
    if (peer === METADATA_SERVICE) return LANE.authz;
    return end === this.#opener && !this.#routed ? LANE.downstream : LANE.envoy;
  }
}

const METADATA_SERVICE = `${METADATA}:${PORTS.http}`;
