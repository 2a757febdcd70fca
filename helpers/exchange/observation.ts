/** A header as it stood on the wire: name in its own case, value. */
export type RawHeader = [name: string, value: string];

/** One end of a connection, `192.0.2.1:80` or `[2001:db8::1]:80`. */
export type SocketAddress = string;

/** How a connection or a request ended without an answer: the system's or the client's own name for it. */
export interface Ending {
  /** `ECONNREFUSED`, `ECONNRESET`, `closed`, `timeout`, `EHOSTUNREACH`, … */
  code: string;
  message: string;
}

/** A TLS server's certificate, as the downstream saw it. */
export interface Certificate {
  /** `CN=blue`. */
  subject: string;
  issuer: string;
  /** `DNS:blue, IP Address:198.51.100.10`. */
  altNames: string;
  /** SHA-256 of the whole, hexadecimal, a colon between two bytes. */
  fingerprint: string;
}

/** What the downstream got. Either `status` or `ended` is there; both of a WebSocket, which ends with a code of its own. */
export interface Reply {
  status?: number;
  /** Raw headers in wire order, duplicates kept. */
  headers: RawHeader[];
  body: string;
  /** The downstream's own socket: where it called from and what it believes that it is connected to. */
  local?: SocketAddress;
  remote?: SocketAddress;
  /** The certificate that the other end of the TLS connection proved to hold. */
  certificate?: Certificate;
  ended?: Ending;
}

/** What an upstream received, as it reports it. */
export interface Received {
  servedBy: string;
  method: string;
  path: string;
  /** `1.1`. */
  httpVersion: string;
  headers: RawHeader[];
  local: SocketAddress;
  remote: SocketAddress;
  /** Of a connection by TLS: its version, and the name that the other side asked for. */
  tls?: { version: string; serverName?: string };
  /** How many requests this upstream had received by then, this one included. */
  requests: number;
}

/** What an upstream that speaks no HTTP received over one connection. */
export interface Stream {
  servedBy: string;
  local: SocketAddress;
  remote: SocketAddress;
  bytes: number;
  /** SHA-256 of the bytes, hexadecimal. */
  sha256: string;
  /** How the downstream's half of it ended: `end`, or the system's name for what happened instead. */
  ended: string;
}

/** envoy.service.auth.v3.CheckRequest as the authorization stub received it; a field that was not sent is absent. */
export interface Check {
  /** How long Envoy said that it waits for the answer, the header grpc-timeout: `250m` for 250 ms. */
  timeout?: string;
  attributes?: {
    source?: CheckPeer;
    destination?: CheckPeer;
    request?: {
      http?: {
        id?: string;
        method?: string;
        headers?: Record<string, string>;
        path?: string;
        host?: string;
        scheme?: string;
        query?: string;
        size?: number;
        protocol?: string;
        body?: string;
      };
    };
    context_extensions?: Record<string, string>;
    tls_session?: { sni?: string };
  };
}

export interface CheckPeer {
  address?: { socket_address?: { address?: string; port_value?: number } };
  service?: string;
  principal?: string;
}

/** What an instance metadata service was asked, and what it answered. */
export interface MetadataRequest {
  method: string;
  path: string;
  /** The token that came with it: `none`, or what the service knows of it. */
  token: 'none' | 'valid' | 'expired' | 'unknown';
  status: number;
  remote: SocketAddress;
}

/** A netfilter rule that counted during an exchange. */
export interface RuleCount {
  host: string;
  /** `nat OUTPUT`. */
  chain: string;
  /** The rule's comment, or the rule itself where it has none. */
  rule: string;
  /** Packets; `some` where the number depends on how the kernel cuts a stream into segments. */
  packets: number | 'some';
}

/** A conntrack entry: the tuple as first seen, and the one that replies are expected to have. */
export interface ConntrackEntry {
  host: string;
  protocol: string;
  original: { source: SocketAddress; destination: SocketAddress };
  reply: { source: SocketAddress; destination: SocketAddress };
  /** Whether `reply` is anything but the mirror image of `original`. */
  nat: boolean;
}

/** One JSON line of Envoy's access log. */
export type AccessLogEntry = Record<string, string | number | null>;

/** A line of an access log that Envoy's config has of its own. */
export interface OwnLogLine {
  /** `stdout`, `stderr` or the path of a file. */
  to: string;
  /** Parsed where it is a JSON object. */
  line: string | AccessLogEntry;
}

/**
 * One exchange with what is random masked, so that two runs of the same binary compare equal. Where several requests
 * went out at once, what is the same for all of them stands once.
 */
export interface Observation {
  /** What the downstream did: `GET http://<blue> as uid 1000 by undici`. */
  exchange: string;
  replies: Reply[];
  /** What upstreams received. */
  received: Received[];
  /** What upstreams that speak no HTTP received. */
  streams: Stream[];
  /** What the authorization stub was asked. */
  checks: Check[];
  /** What the authorization stub said, in lines. */
  authzLog: string[];
  /** What the instance metadata service was asked. */
  metadata: MetadataRequest[];
  accessLog: AccessLogEntry[];
  /** What Envoy's counters moved by, without those that chance moves. */
  stats: Record<string, number>;
  rules: RuleCount[];
  conntrack: ConntrackEntry[];
}
