import type { TypedNode } from './typed-nodes.ts';

/**
 * Logged for every TCP connection and HTTP request, each with the command operator of the same
 * name.
 */
const CONNECTION = [
  ...['start_time', 'response_flags', 'bytes_received', 'bytes_sent', 'duration'],
  ...['downstream_remote_address', 'downstream_local_address', 'upstream_cluster', 'upstream_host'],
  ...['upstream_local_address', 'upstream_remote_address', 'upstream_transport_failure_reason'],
];
const TCP_FORMAT = Object.fromEntries(CONNECTION.map((name) => [name, `%${name.toUpperCase()}%`]));
export const HTTP_FORMAT = {
  ...TCP_FORMAT,
  method: '%REQ(:METHOD)%',
  path: '%REQ(:PATH)%',
  authority: '%REQ(:AUTHORITY)%',
  protocol: '%PROTOCOL%',
  response_code: '%RESPONSE_CODE%',
  response_code_details: '%RESPONSE_CODE_DETAILS%',
};

const NETWORK = 'envoy.extensions.filters.network.';
/** Filters that get an access logger, by type. */
export const LOGGING = new Map([
  [
    `${NETWORK}http_connection_manager.v3.HttpConnectionManager`,
    { name: 'HTTP connection manager', format: HTTP_FORMAT },
  ],
  [`${NETWORK}tcp_proxy.v3.TcpProxy`, { name: 'TCP proxy', format: TCP_FORMAT }],
]);

const LOGGERS = 'envoy.extensions.access_loggers.';
const FILE_LOGGER = `${LOGGERS}file.v3.FileAccessLog`;
const STREAM_LOGGERS = new Map([
  [`${LOGGERS}stream.v3.StdoutAccessLog`, 'stdout'],
  [`${LOGGERS}stream.v3.StderrAccessLog`, 'stderr'],
]);

/** The destination of an access logger; undefined for `/dev/null` and other messages. */
export function destinationOf({ type, body }: TypedNode): string | undefined {
  const path = type === FILE_LOGGER ? String(body.get('path')) : STREAM_LOGGERS.get(type);
  return path === '/dev/null' ? undefined : path;
}

export function loggerOf(log: string, format: Record<string, string>): object {
  const stream = log === 'stdout' || log === 'stderr';
  const type = [...STREAM_LOGGERS].find(([, name]) => name === log)?.[0] ?? FILE_LOGGER;
  return {
    name: stream ? `envoy.access_loggers.${log}` : 'envoy.access_loggers.file',
    typed_config: {
      '@type': `type.googleapis.com/${type}`,
      ...(stream ? {} : { path: log }),
      log_format: { json_format: format },
    },
  };
}

/** Whether a message is an access logger whose lines are not read. */
export function isUnobserved(type: string): boolean {
  return type.startsWith(LOGGERS) && type !== FILE_LOGGER && !STREAM_LOGGERS.has(type);
}
