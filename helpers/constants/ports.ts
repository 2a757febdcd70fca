/** Every port and user id of the book, the same in code, rules and Envoy configs. */
export const PORTS = {
  /** Envoy's listener. */
  listener: 4999,
  /** Envoy's listener for an upstream that speaks no HTTP, where there is one. */
  bytesListener: 4998,
  /** Envoy's admin pages, on loopback. */
  admin: 19000,
  /** The upstream of the book, simple-go-server. */
  upstream: 5000,
  /** The authorization stub. */
  authz: 5010,
  dns: 53,
  http: 80,
  https: 443,
  /** Envoy's listener for TLS that it passes on as it is. */
  tlsListener: 8443,
  /** The source ports of the two downstreams that claims tell apart by their port. */
  chosenSource: 20000,
  otherChosenSource: 20001,
} as const;

/** The user that Envoy runs as, in its official image since 1.15 too. */
export const ENVOY_UID = 101;
/** The group that the authorization stub asks for instance metadata as, so that a rule can leave this call alone. */
export const AUTHZ_GID = 5010;
/** The user that a downstream runs as unless a claim says otherwise. */
export const DOWNSTREAM_UID = 1000;
