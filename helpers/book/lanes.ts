import { endOf, FIRST_EPHEMERAL_PORT, METADATA } from '../constants/addresses.ts';
import { PORTS } from '../constants/ports.ts';
import type { SocketAddress } from '../exchange/wire.ts';
import type { Timeline, TimelineEvent } from '../trace/timeline.ts';

type PacketEvent = TimelineEvent & { kind: 'packet' };

/** The programs that share a host with others, by the names that a diagram has for them. */
export const LANE = {
  downstream: 'downstream',
  envoy: 'Envoy',
  authz: 'authorization service',
  metadata: 'instance metadata',
} as const;

/**
 * Who takes part in a request: programs where several share a host, else hosts. Which program an end of a connection belongs to is
 * told by its port, and by who opened the first connection.
 */
export class Lanes {
  readonly #hosts: string[];
  /** The host that Envoy is on; undefined where there is none. */
  readonly #shared: string | undefined;
  /** The end of the first connection that opened it. */
  readonly #opener: SocketAddress | undefined;

  constructor({ hosts, events, envoy }: Pick<Timeline, 'hosts' | 'events' | 'envoy'>) {
    this.#hosts = hosts;
    this.#shared = envoy === undefined ? undefined : this.#routed ? hosts[1] : hosts[0];
    this.#opener = events.find((event): event is PacketEvent => event.kind === 'packet' && event.flags === 'SYN')?.from;
  }

  /** Where something happens: on the one lane, or between those two. */
  of(event: TimelineEvent): { from: string; to: string } | { over: string[] } {
    const { kind, host } = event;
    if (kind === 'packet') {
      return { from: this.#owner(host, event.from, event.to), to: this.#owner(event.toHost, event.to, event.from) };
    }
    if (host !== this.#shared) return { over: [this.#laneOf(host)] };
    if (kind === 'check') return { over: [LANE.authz] };
    if (kind === 'metadata') return { over: [LANE.metadata] };
    if (kind !== 'rule' && kind !== 'route') return { over: [LANE.envoy] };
    // The kernel is between the programs of a host.
    const ends = [this.#owner(host, event.from, event.to), this.#owner(host, event.to, event.from)];
    return { over: [...new Set(ends)] };
  }

  /** Of these lanes, in the order in which a diagram has them: from downstream to upstream. */
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
    if (end === METADATA_SERVICE) return LANE.metadata;
    if (endOf(end).port === PORTS.authz) return LANE.authz;
    if (endOf(end).port < FIRST_EPHEMERAL_PORT) return LANE.envoy;
    if (peer === METADATA_SERVICE) return LANE.authz;
    return end === this.#opener && !this.#routed ? LANE.downstream : LANE.envoy;
  }
}

const METADATA_SERVICE = `${METADATA}:${PORTS.http}`;
