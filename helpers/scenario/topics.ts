/**
 * What a reader wants Envoy to do, and how the index of the book puts it. In the order of the
 * index.
 */
export const TASKS = {
  intercept: 'Intercept traffic',
  authorize: 'Authorize and limit requests',
  forward: 'Forward requests and connections',
  identify: 'Identify workloads',
} as const;

export type Task = keyof typeof TASKS;

/** The topics of chapters, sorted. */
export const TAGS = [
  'connect',
  'dns',
  'drain',
  'dynamic_forward_proxy',
  'ext_authz',
  'headers',
  'http2',
  'ipv6',
  'jwt',
  'local-replies',
  'metadata',
  'rate-limit',
  'redirect',
  'source-address',
  'tcp',
  'tls',
  'tproxy',
  'websocket',
] as const;

export type Tag = (typeof TAGS)[number];
