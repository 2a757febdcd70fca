/** The ports in code, rules and Envoy configs. */
export const PORTS = {
  listener: 4999,
  /** Envoy's listener for an upstream without HTTP. */
  bytesListener: 4998,
  /** Envoy's admin pages, on loopback. */
  admin: 19000,
  upstream: 5000,
  authz: 5010,
  httpAuthz: 5020,
  rateLimit: 5030,
  jwks: 5040,
  dns: 53,
  http: 80,
  https: 443,
  /** Envoy's listener for TLS passthrough. */
  tlsListener: 8443,
  /** Source ports of two downstreams that claims distinguish. */
  chosenSource: 20000,
  otherChosenSource: 20001,
} as const;

/** Envoy's user, as in its official image since 1.15. */
export const ENVOY_UID = 101;
/** The group of the authorization stub's metadata client, which a rule can exempt. */
export const AUTHZ_GID = 5010;
/** The default user of a downstream. */
export const DOWNSTREAM_UID = 1000;
