/**
 * The folders of the Envoy Proxy Big Book of Examples, in the order of the book, each with the command
 * of its README that shows the chapter at work (commit c02debc, 2020).
 */
export const ORIGINAL_COMMANDS = {
  'forward-proxy': 'curl -v www.cnn.com',
  'explicit-proxy-config': 'source ./set_proxy.sh; curl -v www.cnn.com',
  'original-dst': 'curl -v www.cnn.com',
  'tproxy-outgoing': 'curl -v 172.31.1.180',
  'simple-front-proxy': 'curl -v localhost:4999',
  'ext-authz-proxy': 'curl -v localhost:4999',
  'custom-headers': 'curl -v localhost:4999',
  'workload-identity': 'curl -v localhost:4999',
  'workload-identity-aws': 'curl -v localhost:4999',
  'tproxy-aws-identity': 'curl -v 172.31.24.143',
  'tcp-proxy': 'curl -v localhost:4999',
  'simple-go-server': 'curl http://"$HOST":4999/',
} as const;

type OriginalChapter = keyof typeof ORIGINAL_COMMANDS;

/** The chapters of the original, in its order. */
export const ORIGINAL_CHAPTERS = Object.keys(ORIGINAL_COMMANDS) as OriginalChapter[];

/** Where a scenario comes from. */
export interface Origin {
  /** The original's chapter. */
  chapter: OriginalChapter;
  /** What is different or new here, and why: in sentences. */
  changed: string;
}
