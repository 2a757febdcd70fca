import type { Script } from './script.ts';
import type { RawHeader } from './wire.ts';

/** Where a server listens. */
export interface Listening {
  /** An address, or `@name` for an abstract Unix socket, whose port is 0. */
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
  answers?: AnswersByKey<Script>;
  /** Answers 200 on every path, OK to every gRPC call, and health checks, which it does not report. */
  answersAll?: AnswersAll;
  manner?: UpstreamManner;
  idle?: IdleLimits;
  /** The limit of a script that waits for a signal. */
  limitMs: number;
}

/** A response as it is sent; `content-length` is added. */
export interface HttpReply {
  status: number;
  headers: RawHeader[];
  body: string;
}

/**
 * How long an HTTP/1 upstream waits for the client, in milliseconds; then it ends the connection.
 * Default: without end.
 */
export interface IdleLimits {
  /** For a whole request, from the start of the connection or from the request's first byte. */
  requestMs: number;
  /** For a further request on an open connection. */
  connectionMs: number;
}

/** How an upstream behaves, until the next call. */
export interface UpstreamManner {
  /** Answers every request so, in place of the usual response. */
  reply?: HttpReply;
  /** Delays each answer. */
  delayMs?: number;
  /** Resets the connection in place of an answer. */
  resets?: true;
}

/** How an upstream serves that knows nothing of its clients. */
export interface AnswersAll {
  /** Responses by path; requests for them are not reported. */
  documents?: Record<string, { type: string; body: string }>;
  /** Whether requests and connections are not reported: what Envoy sends on its own, such as spans. */
  quiet?: true;
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

export type RecordType = 'A' | 'AAAA';

/** How the resolver answers queries for one type of record of a name. */
export type NameAnswer =
  | {
      /** None: NOERROR without records. */
      addresses: string[];
      /** Default: 0. */
      ttlSeconds?: number;
    }
  | { rcode: 'SERVFAIL' | 'NXDOMAIN' | 'REFUSED' }
  /** Sends no response. */
  | { silence: true };

export interface NamesParams {
  /** The answers by name and type. Any other name is NXDOMAIN, any other type NOERROR without records. */
  names: Record<string, Partial<Record<RecordType, NameAnswer>>>;
  /** Whether every other name has addresses of its own, except names below `.invalid`. */
  resolvesAll?: true;
}

/**
 * Answers of a stub by key: the path of a request, or `key=value` of a rate limit descriptor; `*`
 * for every other call. The first answer is for the first call, the second for the second; the last
 * one repeats.
 */
export type AnswersByKey<A> = Record<string, readonly [A, ...A[]]>;

/** When a stub answers a call. */
export interface Delay {
  /** Delay of the answer, in milliseconds. */
  afterMs?: number;
  /** Answers once the signal of this name is raised. */
  after?: string;
}

/** The answers of a stub. */
export interface Answering<A> extends Listening {
  answers: AnswersByKey<A>;
  /** Bound of a wait for a signal, in milliseconds. */
  limitMs: number;
  /** Serves over TLS, where the stub can. */
  keyPair?: NonNullable<ServeParams['keyPair']>;
}

/** An answer of a stub that serves HTTP/1.1; its bytes are written as given. */
export type HttpAnswer = Delay &
  (
    | {
        status: number;
        /** In wire order and spelling. `content-length` is added, unless a header of that name exists. */
        headers?: RawHeader[];
        body?: string;
      }
    /** Ends the connection instead of an answer, with FIN or with RST. */
    | { end: true }
    | { reset: true }
    /** Sends nothing; the connection stays open. */
    | { silence: true }
  );

/** The stubs that serve HTTP/1.1. */
export type HttpStubName = 'httpAuthz' | 'jwks';

export interface ServeHttpStubParams extends Answering<HttpAnswer> {
  stub: HttpStubName;
}

export interface ServeAuthzParams extends Answering<AuthzAnswer> {
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
  | { error: GrpcError }
  | { bytes: string }
  | { silence: true }
) &
  Delay & {
    /**
     * Answers DEADLINE_EXCEEDED at the check's deadline, as most gRPC servers do. Default: Envoy
     * enforces it.
     */
    enforcesDeadlines?: true;
  };

/** A gRPC status other than OK. */
export interface GrpcError {
  code: number;
  message: string;
}

/** An answer of the rate limit stub. */
export type RateLimitAnswer = Delay & ({ response: RateLimitResponse } | { error: GrpcError } | { silence: true });

/** envoy.service.ratelimit.v3.RateLimitResponse, with the fields of rate-limit.proto. */
export interface RateLimitResponse {
  /** 1: OK; 2: OVER_LIMIT. */
  overall_code: number;
  statuses?: {
    code: number;
    current_limit?: { requests_per_unit: number; unit: number; name?: string };
    limit_remaining?: number;
    duration_until_reset?: { seconds: number };
  }[];
  response_headers_to_add?: { key: string; value: string }[];
  request_headers_to_add?: { key: string; value: string }[];
  /** In base64. */
  raw_body?: string;
}

export type ServeRateLimitParams = Answering<RateLimitAnswer>;

/** Allows a request, and adds `x-workload-id` and `x-workload-user`. */
export interface IdentityAnswer {
  /** Logs the program's file and the state of the connection too. */
  details?: true;
  /** Searches the connections of its own host alone, as on machines that share no process ids. */
  ownHostOnly?: true;
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
  /** The program's file, where the program is known: `/usr/bin/curl`. */
  path?: string;
  /** The state of the connection, where it has a socket: `ESTABLISHED`. */
  state?: string;
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
