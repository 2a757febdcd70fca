export interface ServeParams {
  /** The name that every reply carries. */
  name: string;
  host: string;
  port: number;
  /** Serves it over TLS, with this certificate and key, each in PEM. */
  identity?: { certificate: string; key: string };
  fault?: UpstreamFault;
}

/** How an upstream misbehaves, where a fault is injected. */
export interface UpstreamFault {
  /** Names itself so. */
  name?: string;
  /** Answers every request with this status. */
  status?: number;
  /** Headers of every answer, beyond its own or in their place. */
  headers?: Record<string, string>;
  /** Loses all but the first line of a header that it receives several times. */
  losesLines?: true;
  /** Counts the requests of each connection by themselves. */
  countsByConnection?: true;
  /** Changes the first byte of a payload, of those that it sends and of those that it is sent. */
  changesByte?: true;
}

export interface NamesParams {
  /** Name to addresses, IPv4 or IPv6. A name that is not in it is NXDOMAIN. */
  names: Record<string, string[]>;
  /** Names whose queries get no answer at all. */
  silent: string[];
  /** Time to live of each answer, in seconds. */
  ttlSeconds: number;
}

export interface ServeAuthzParams {
  host: string;
  port: number;
  answer: AuthzAnswer;
  fault?: IdentityFault | undefined;
}

/** How the identity headers of the authorization stub are wrong, where a fault is injected. */
export interface IdentityFault {
  /** Looks for a connection in the table of IPv4 alone. */
  readsNoIpv6?: true;
  /** Looks in its own network namespace alone. */
  looksHereOnly?: true;
  /** Looks at the downstream's end of a connection alone, not at where it went. */
  ignoresPeer?: true;
  /** Takes the first of several connections that share an end. */
  takesFirstRow?: true;
  /** Takes a socket that listens for the end of a connection. */
  countsListeners?: true;
  /** Believes what the row of a connection that has gone says of its user. */
  believesGoneRows?: true;
  /** Takes the first process that holds a socket for its only owner. */
  takesFirstOwner?: true;
  /** Takes the name of a deleted file as the kernel writes it. */
  keepsDeletedMark?: true;
  /** Believes a downstream that says itself who it is. */
  believesDownstream?: true;
  /** Answers the next check of the same connection without looking again. */
  remembersConnection?: true;
  /** Asks for a token before every use of the metadata. */
  keepsNoToken?: true;
  /** Goes on with version 1 where it may not. */
  usesVersion1Anyhow?: true;
}

/**
 * What the authorization stub answers to every check: a response, the identity of the workload that asked, a gRPC error, bytes (base64) as
 * they are, or nothing.
 */
export type AuthzAnswer = (
  | { response: CheckResponse }
  | { identity: IdentityAnswer }
  | { error: { code: number; message: string } }
  | { bytes: string }
  | { silence: true }
) & {
  /** How long it thinks before it answers, in milliseconds. */
  afterMs?: number;
  /** Answers DEADLINE_EXCEEDED once the time is over that the check gave it, as most gRPC servers do. Default: it leaves that to Envoy. */
  keepsDeadlines?: true;
};

/** Allows, and adds `x-workload-id` and `x-workload-user`. */
export interface IdentityAnswer {
  /** Adds what the instance metadata say, too; a check during which they cannot be had is answered UNAVAILABLE. */
  metadata?: MetadataUse;
}

export interface MetadataUse {
  /** `http://169.254.169.254`. */
  url: string;
  /** The group of the process that asks. */
  gid: number;
  /** Whether to ask without a token where none can be had. */
  v1: boolean;
  /** How long one call may take. */
  timeoutMs: number;
}

/** One end of a TCP connection. */
export interface ConnectionEnd {
  address: string;
  port: number;
  /** The other end, which tells connections apart that share this one. */
  peer?: { address: string; port: number };
}

/** Who holds a connection: several, joined by commas, where they share its socket; `Unknown` where it cannot be told. */
export interface Workload {
  /** The name of the program's file, its first letter a capital: `Curl`. */
  program: string;
  /** The user's name, or number where it has none. */
  user: string;
  /** Why it cannot be told. */
  why?: string;
}

export interface ServeMetadataParams {
  host: string;
  port: number;
  settings: MetadataSettings;
}

export interface MetadataSettings {
  /** v1: a plain GET is answered; v2: a PUT gets a token, and a GET with one is answered. */
  versions: ('v1' | 'v2')[];
  /** What is told, by path: `/latest/meta-data/instance-id`. */
  values: Record<string, string>;
  fault?: MetadataFault;
}

/** How a metadata service misbehaves, where a fault is injected. */
export interface MetadataFault {
  /** Takes any token: one that has ended or that it never gave, too. */
  takesAnyToken?: true;
  /** Gives a token to whoever asks, however they do. */
  refusesNobody?: true;
}

/** envoy.service.auth.v3.CheckResponse, with the fields of authorization.proto. */
export interface CheckResponse {
  status?: { code: number; message?: string };
  ok_response?: {
    headers?: HeaderValueOption[];
    headers_to_remove?: string[];
    response_headers_to_add?: HeaderValueOption[];
  };
  denied_response?: DeniedResponse;
  error_response?: DeniedResponse;
}

export interface DeniedResponse {
  status?: { code: number };
  headers?: HeaderValueOption[];
  body?: string;
}

export interface HeaderValueOption {
  header: { key: string; value: string };
  append?: { value: boolean };
  append_action?: number;
  keep_empty_value?: boolean;
}
