import type { Backend } from '../constants/backends.ts';
import type { CapabilityName } from '../constants/capabilities.ts';
import { PORTS } from '../constants/ports.ts';
import type { ConfigChange } from '../envoy/config-change.ts';
import type { Script } from '../exchange/script.ts';
import type {
  AnswersAll,
  AnswersByKey,
  AuthzAnswer,
  HttpAnswer,
  HttpReply,
  IdentityFault,
  IdleLimits,
  MetadataFault,
  MetadataSettings,
  RateLimitAnswer,
  UpstreamFault,
} from '../exchange/stub-calls.ts';
import { commented } from '../netfilter/generated-comments.ts';
import type { NftTable } from '../netfilter/nft-tables.ts';
import type { CertificateOptions } from '../util/authority.ts';
import type { Configured } from './answers-by-key.ts';
import type { AuthzFault } from './authz-fault.ts';
import type { Origin } from './origin.ts';
import type { StubFault } from './stub-fault.ts';
import type { Tag, Task } from './topics.ts';

/** Where an upstream of the topology `edge` serves. */
export type Endpoint =
  | {
      address: string;
      port: number;
      /** On Envoy's host, such as on its loopback. Default: on the host of all upstreams. */
      onEnvoyHost?: true;
    }
  /** An abstract Unix socket on Envoy's host; its name has no leading `@`. */
  | { socket: string }
  /** Every address and port that no other endpoint has. */
  | { anywhere: true };

/** An upstream: a namespace of its own with a server that names itself in its responses. */
export interface UpstreamSpec {
  /** The port of its address, or of its first endpoint. */
  port: number;
  /** Where it serves. Default: on a host of its own, or in the topology `edge` at an address of its own. */
  endpoints?: [Endpoint, ...Endpoint[]];
  /** A second port, with the same server over TLS. */
  httpsPort?: number;
  /**
   * Default: HTTP, in the version that the client speaks. `redis` and `udp` accept and answer, no more;
   * they are for the topology `edge`.
   */
  protocol?: 'http' | 'tcp' | 'redis' | 'udp';
  /** Serves over TLS at its endpoints, with a certificate for these names, addresses and URIs. */
  tls?: { names: string[] } & IssuedCertificate;
  /** Rules of its host as iptables-restore text, a comment on every rule. */
  netfilter?: string;
  /** A second Envoy, on its host: the second hop of a request. Its config names the ports. */
  sidecar?: EnvoySpec;
  /**
   * Scripts that answer requests by path and count; for an upstream without HTTP, by connection
   * (`*`).
   */
  answers?: AnswersByKey<Script>;
  /** Answers 200 on every path, OK to every gRPC call, and health checks, which it does not report. */
  answersAll?: AnswersAll;
  /** How it answers as a service that allows a request, and as one that denies it. */
  replies?: Record<'allow' | 'deny', HttpReply>;
  idle?: IdleLimits;
  /** How it misbehaves, where a fault is injected. */
  fault?: UpstreamFault;
}

/**
 * Which namespaces a lab has.
 * - `same host`: one holds the downstream and Envoy; each upstream has its own, joined by a veth
 *   pair
 * - `router`: downstream – router – upstreams; the router forwards, and Envoy shares its namespace
 * - `edge`: downstream – Envoy – upstreams; one namespace, which has every address, holds all upstreams
 * - `pod`: as `edge`; Envoy's namespace has the app too, whose connections its rules capture, and the
 *   downstream is a peer that calls in
 *
 * One namespace holds all upstreams in the other kinds as well, where an upstream has endpoints.
 */
export interface Topology<U extends string = string> {
  kind: 'same host' | 'router' | 'edge' | 'pod';
  upstreams: Record<U, UpstreamSpec>;
  /** Kernel settings of Envoy's host, beyond the topology's own. */
  sysctls: Record<string, string>;
  /** Addresses that Envoy's host has beside those of its links. */
  addresses?: string[];
  /** Ports of Envoy's host at which connections of Envoy's user are refused: a loop ends at once. */
  refused?: number[];
}

type TopologyOptions<U extends string> = Pick<Topology<U>, 'upstreams'> &
  Partial<Pick<Topology<U>, 'sysctls' | 'addresses' | 'refused'>>;

export function sameHost<U extends string>(options: TopologyOptions<U>): Topology<U> {
  return { kind: 'same host', sysctls: {}, ...options };
}

export function router<U extends string>(options: TopologyOptions<U>): Topology<U> {
  return { kind: 'router', sysctls: {}, ...options };
}

export function edge<U extends string>(options: TopologyOptions<U>): Topology<U> {
  return { kind: 'edge', sysctls: {}, ...options };
}

export function pod<U extends string>(options: TopologyOptions<U>): Topology<U> {
  return { kind: 'pod', sysctls: {}, ...options };
}

/** How the certificate of a lab differs from the usual one. */
export interface IssuedCertificate extends CertificateOptions {
  /** Another authority issues it, which Envoy and the clients do not trust. */
  stranger?: true;
}

export interface EnvoySpec {
  /** A file of `envoy-configs/`, a complete bootstrap; the name of the config where its text is given. */
  config: string;
  /** The text of the config. Default: that of the file. */
  text?: string;
  /** The folder of that file, where it is not the project's `envoy-configs/`. */
  folder?: string;
  uid: number;
  /** Linux capabilities that Envoy keeps; all others are dropped. Default: none. */
  capabilities?: string[];
  /** A user other than root keeps them, as a program with file capabilities does. */
  keepsCapabilities?: true;
  /** Changes of the config, in their order, where a fault is injected. */
  changes?: ConfigChange[];
  /** Command-line arguments: `['--drain-strategy', 'immediate']`. They replace the harness's of the same name. */
  args?: string[];
  /**
   * Files that the config names, by path, also bytes. Envoy reads them from a temporary folder, which is
   * its working folder too.
   */
  files?: Record<string, string | Uint8Array>;
  /**
   * Certificates that the lab issues, by name: Envoy reads `/certs/NAME.pem`, `/certs/NAME.key` and the
   * authority's `/certs/ca.pem`.
   */
  certificates?: Record<string, { names: string[] } & IssuedCertificate>;
  /** Unix sockets that the config names, by path: abstract ones take their place, with the path as the name. */
  sockets?: string[];
  /** The port of the listener that `lab.envoyUrl` names. Default: 4999. */
  listenerPort?: number;
  /** The port of the admin pages, on loopback. Default: 19000. */
  adminPort?: number;
}

/** The ports of a scenario's Envoy. */
export function envoyPorts(envoy?: Pick<EnvoySpec, 'listenerPort' | 'adminPort'>): { listener: number; admin: number } {
  return { listener: envoy?.listenerPort ?? PORTS.listener, admin: envoy?.adminPort ?? PORTS.admin };
}

/** Where a stub serves, in place of its port on Envoy's loopback. */
export interface StubPlace {
  endpoint: Endpoint;
  /** Serves over TLS with a certificate for these names. */
  tls?: { names: string[] };
}

export interface Stubs {
  /** The answers of the authorization stub on port 5010. */
  authz?: Configured<AuthzAnswer>;
  /** How its answers differ from the configured ones, where a fault is injected. */
  authzFault?: AuthzFault;
  /** How its identity headers are wrong, where a fault is injected. */
  identityFault?: IdentityFault;
  /** Capabilities to inspect processes that it lacks, where a fault is injected. */
  identityLacks?: string[];
  /** The answers of the HTTP authorization service on port 5020. */
  httpAuthz?: Configured<HttpAnswer>;
  /** How its answers differ from the configured ones, where a fault is injected. */
  httpAuthzFault?: StubFault<HttpAnswer>;
  /** The answers of the rate limit service on port 5030. */
  rateLimit?: Configured<RateLimitAnswer>;
  /** How its answers differ from the configured ones, where a fault is injected. */
  rateLimitFault?: StubFault<RateLimitAnswer>;
  /** The answers of the JWKS server on port 5040. */
  jwks?: Configured<HttpAnswer>;
  /** How its answers differ from the configured ones, where a fault is injected. */
  jwksFault?: StubFault<HttpAnswer>;
  /** The instance metadata service on 169.254.169.254: on Envoy's host, or beyond the router. */
  metadata?: MetadataSpec;
  /** The places of stubs. Default: their port on loopback of Envoy's host. */
  places?: Partial<Record<'authz' | 'rateLimit', StubPlace[]>>;
  /** The answers of services that deny a request. */
  denials?: { authz?: AuthzAnswer; rateLimit?: RateLimitAnswer };
}

export interface MetadataSpec {
  versions: MetadataSettings['versions'];
  /** Whether a response with a token is dropped after one hop, as on EC2 with a hop limit of 1. */
  tokensLiveOneHop?: boolean;
  /** How it misbehaves, where a fault is injected. */
  fault?: MetadataFault;
}

/** What a user's rules have beside those of iptables. */
export interface Captured {
  /** The tool that loads those of iptables. */
  tool: Backend;
  nft: NftTable[];
  /** The text of `ipset save`. */
  ipsets: string;
  /** The connections of a user get this mark, as a program that sets it itself would give them. */
  marked?: { uid: number; mark: number };
}

/** The lab of a chapter and its requirement. A plain value: creating it starts nothing. */
export interface Scenario<U extends string = string> {
  slug: string;
  task: Task;
  tags: Tag[];
  title: string;
  requirement: string;
  /** Its use, in a sentence or two. */
  purpose: string;
  /** Absent where the original has no such chapter. */
  origin?: Origin;
  topology: Topology<U>;
  /** Absent where the downstream connects to the upstreams directly. */
  envoy?: EnvoySpec;
  /** Rules of Envoy's host as iptables-restore text, a comment on every rule; may be empty. */
  netfilter: string;
  /** The same for ip6tables-restore. */
  netfilter6: string;
  /** Of a user's rules. The harness's own connections to Envoy bypass them all. */
  captured?: Captured;
  /** `ip` commands on Envoy's host: `rule add fwmark 0x1 lookup 100`, `-6 rule add …`. */
  routing: string[];
  /** Names that the lab's resolver answers, beside the upstreams' own, each with its upstream. */
  names: Record<string, NoInfer<U>>;
  /** Further names that it answers, each with its IPv4 and IPv6 addresses. */
  hostnames?: Record<string, string[]>;
  /** Whether it answers every other name, each with addresses of its own; `.invalid` does not exist. */
  resolvesAll?: true;
  /** Programs of Envoy's host with configured answers, which a claim may replace. */
  stubs: Stubs;
  /** The command that shows the chapter at work. Default: `firstRequest`. */
  request?: [string, ...string[]];
  /** Capabilities of the kernel or engine that the chapter needs. */
  needs: CapabilityName[];
}

/** A scenario with a fault injected. */
export interface FaultedScenario<U extends string = string> extends Scenario<U> {
  /** The fault's name. */
  fault: string;
}

type Optional = 'tags' | 'netfilter' | 'netfilter6' | 'routing' | 'names' | 'stubs' | 'needs';

/** Completes a scenario. A rule without a comment of its own gets one, by which claims and reports name it. */
export function scenario<U extends string>(
  spec: Omit<Scenario<U>, Optional> & Partial<Pick<Scenario<U>, Optional>>,
): Scenario<U> {
  const { tags = [], netfilter = '', netfilter6 = '', routing = [], names = {}, stubs = {}, needs = [] } = spec;
  const rules = { netfilter: commented(netfilter), netfilter6: commented(netfilter6) };
  return { ...spec, tags, ...rules, routing, names, stubs, needs };
}
