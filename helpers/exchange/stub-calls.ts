import type { Script } from './script.ts';

/** Where a server listens. */
export interface Listening {
  host: string;
  port: number;
}

export interface ServeParams extends Listening {
  /** The name in every reply. */
  name: string;
  /** Serves over TLS, with this certificate and key in PEM. */
  keyPair?: { certificate: string; key: string };
  fault?: UpstreamFault;
  /** The scripts of requests, or of the connections of an upstream without HTTP (`*`). */
  answers?: AnswersByPath<Script>;
  /** The limit of a script that waits for a signal. */
  limitMs: number;
}

/** An injected fault of an upstream. */
export interface UpstreamFault {
  /** Reports this name. */
  name?: string;
  /** Answers every request with this status. */
  status?: number;
  /** Sets these headers in every answer. */
  headers?: Record<string, string>;
  /** Drops all but the first line of a repeated request header. */
  dropsRepeatedHeaders?: true;
  /** Counts requests per connection. */
  countsByConnection?: true;
  /** Changes the first byte of payloads in both directions. */
  changesByte?: true;
}

export interface NamesParams {
  /** IPv4 or IPv6 addresses by name. Any other name is NXDOMAIN. */
  names: Record<string, string[]>;
  /** Names whose queries get no answer. */
  silent: string[];
  ttlSeconds: number;
}

/**
 * Answers of a stub by the path of a request, `*` for every other path. The first answer is for the
 * first call, the second for the second; the last one repeats.
 */
export type AnswersByPath<A> = Record<string, readonly [A, ...A[]]>;

export interface ServeAuthzParams extends Listening {
  answers: AnswersByPath<AuthzAnswer>;
  fault?: IdentityFault | undefined;
}

/** An injected fault of the authorization stub's identity headers. */
export interface IdentityFault {
  readsNoIpv6?: true;
  /** Searches its own network namespace only. */
  searchesOwnNamespaceOnly?: true;
  /** Matches the downstream's end of a connection only. */
  ignoresPeer?: true;
  takesFirstRow?: true;
  countsListeners?: true;
  /** Uses the user of a closed connection's row. */
  countsClosedSockets?: true;
  /** Takes the first process that has a socket open as its only owner. */
  takesFirstOwner?: true;
  /** Keeps the kernel's ` (deleted)` after the name of a deleted file. */
  keepsDeletedSuffix?: true;
  /** Trusts identity headers of the downstream. */
  trustsDownstream?: true;
  /** Reuses the answer for further checks of a connection. */
  remembersConnection?: true;
  /** Requests a token before every use of the metadata. */
  requestsTokenEachTime?: true;
  /** Falls back to version 1 without permission. */
  fallsBackToVersion1?: true;
}

/**
 * An answer of the authorization stub to a check: a response, identity headers, a gRPC error, raw
 * bytes (base64), or none.
 */
export type AuthzAnswer = (
  | { response: CheckResponse }
  | { identity: IdentityAnswer }
  | { error: { code: number; message: string } }
  | { bytes: string }
  | { silence: true }
) & {
  /** Delay of the answer, in milliseconds. */
  afterMs?: number;
  /**
   * Answers DEADLINE_EXCEEDED at the check's deadline, as most gRPC servers do. Default: Envoy
   * enforces it.
   */
  enforcesDeadlines?: true;
};

/** Allows a request, and adds `x-workload-id` and `x-workload-user`. */
export interface IdentityAnswer {
  /** Adds instance metadata too; a check is answered UNAVAILABLE while they are not available. */
  metadata?: MetadataUse;
}

export interface MetadataUse {
  /** `http://169.254.169.254`. */
  url: string;
  /** The group of the process that sends the requests. */
  gid: number;
  /** Whether to continue without a token where the service issues none. */
  v1: boolean;
  /** Bound of one request. */
  timeoutMs: number;
}

/** One end of a TCP connection. */
export interface ConnectionEnd {
  address: string;
  port: number;
  /** The other end, which distinguishes connections that share this one. */
  peer?: { address: string; port: number };
}

/**
 * The owner of a connection; several, joined by commas, where they share its socket; `Unknown`
 * where none is found.
 */
export interface Workload {
  /** The file name of the program, capitalized: `Curl`. */
  program: string;
  /** The user's name, or its number where it has none. */
  user: string;
  /** Why the owner is unknown. */
  why?: string;
}

export interface ServeMetadataParams extends Listening {
  settings: MetadataSettings;
}

export interface MetadataSettings {
  /** v1 answers a plain GET; v2 issues a token for a PUT, and answers a GET with one. */
  versions: ('v1' | 'v2')[];
  /** Responses by path: `/latest/meta-data/instance-id`. */
  values: Record<string, string>;
  fault?: MetadataFault;
}

/** An injected fault of the metadata service. */
export interface MetadataFault {
  /** Accepts expired and unknown tokens. */
  acceptsAnyToken?: true;
  /** Issues a token for any request. */
  issuesTokenToAnyRequest?: true;
}

/** envoy.service.auth.v3.CheckResponse, with the fields of authorization.proto. */
export interface CheckResponse {
  status?: { code: number; message?: string };
  ok_response?: {
    headers?: HeaderValueOption[];
    headers_to_remove?: string[];
    response_headers_to_add?: HeaderValueOption[];
    query_parameters_to_set?: { key: string; value: string }[];
    query_parameters_to_remove?: string[];
  };
  denied_response?: DeniedResponse;
  error_response?: DeniedResponse;
  /** google.protobuf.Struct. */
  dynamic_metadata?: { fields: Record<string, { string_value: string } | { number_value: number }> };
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
