import type { Script } from '../exchange/script.ts';
import type { RawHeader } from '../exchange/wire.ts';

/** How a request of a check is secured. */
export interface RequestTls {
  sni?: string;
  alpn?: string[];
  /** Whether the downstream presents a certificate of the lab's authority. */
  clientCertificate?: boolean;
}

/** What the surroundings of Envoy do during a request. */
export interface Circumstances {
  /** How services (authorization, rate limit) answer. Default: allow. */
  services?: 'allow' | 'deny';
  /** How the request's upstreams behave. Default: they answer. */
  upstreams?: 'down' | 'slow' | 'reset';
}

/** An action of the downstream. */
export type Action =
  | {
      kind: 'http';
      method: string;
      /** As it is sent: `/a/../b?c`. */
      target: string;
      /** The authority; absent where the request has no Host header. */
      host?: string;
      /** In their order, Host not among them. */
      headers: RawHeader[];
      body?: string;
      protocol: 'http/1.0' | 'http/1.1' | 'h2';
    }
  | { kind: 'websocket'; target: string; host: string; headers: RawHeader[] }
  /** Bytes, as `downstream.dial` sends them. */
  | { kind: 'bytes'; steps: Script }
  | { kind: 'udp'; payload: string };

/** A request that a check sends to each Envoy: derived from the config, or written in a `.http` file. */
export interface CheckRequest {
  /** Unique in a check and stable: a name for `--only`, such as `r-3f2a91`. */
  code: string;
  /** For people, unique in a check: `GET api.example.com/users on 8443`. */
  title: string;
  /** What it is derived from: `route api/users`, `unusual: header of 70 kB`, `requests.http:12`. */
  from: string;
  /** Where the downstream connects: `192.0.2.1:8443`, or an unreached destination that rules capture. */
  address: string;
  tls?: RequestTls;
  /** Bytes that are sent before TLS and before the action: a PROXY protocol header. */
  preamble?: string;
  action: Action;
  /** The cluster that it must lead to, where a random number decides: it is sent again until it does. */
  cluster?: string;
  circumstances?: Circumstances;
  /** Where it is sent from, in the topology `pod`: the host of Envoy and the app. Default: the downstream's host. */
  sender?: 'app';
  /** The user who sends it. Default: the downstream's. */
  uid?: number;
  /** The status that a `.http` file expects. */
  expect?: number;
}
