/** A place in which two values differ. */
export interface Found {
  /** `replies[0].headers.server`, `stats.http.ingress.downstream_rq_4xx`. */
  path: string;
  /** The value in A as printed; absent where A has none. */
  a?: string;
  b?: string;
}
