/** The folders of the Envoy Proxy Big Book of Examples, in the order of the book. */
export const ORIGINAL_CHAPTERS = [
  'forward-proxy',
  'explicit-proxy-config',
  'original-dst',
  'tproxy-outgoing',
  'simple-front-proxy',
  'ext-authz-proxy',
  'custom-headers',
  'workload-identity',
  'workload-identity-aws',
  'tproxy-aws-identity',
  'tcp-proxy',
  'simple-go-server',
] as const;

/** Where a scenario comes from. */
export interface Origin {
  /** The original's chapter. */
  chapter: (typeof ORIGINAL_CHAPTERS)[number];
  /** What is different or new here, and why: in sentences. */
  changed: string;
}
