/** A difference of two values. */
export interface Found {
  /** `replies[0].headers.server`, `stats.http.ingress.downstream_rq_4xx`. */
  path: string;
  /** The printed value in A; absent where A has none. */
  a?: string;
  b?: string;
}
