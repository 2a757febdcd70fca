import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readLogLine, streamOf } from './instrument/log-line.ts';
import { instrument } from './instrument.ts';

const HTTP = 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const TCP = 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy';
const STDOUT = 'type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog';
const STDERR = 'type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StderrAccessLog';
const FILE = 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog';
const NONCE = '0123456789abcdef';
const HARNESS = { address: { socket_address: { address: '127.0.0.1', port_value: 19000 } } };

type Node = Record<string, unknown>;
const http = (prefix: string, more: Node = {}): Node => ({
  typed_config: { '@type': HTTP, stat_prefix: prefix, ...more },
});
const tcp = (prefix: string, more: Node = {}): Node => ({
  typed_config: { '@type': TCP, stat_prefix: prefix, ...more },
});
const chain = (...filters: Node[]): Node => ({ filters });
const bootstrap = (...listeners: Node[]): string => JSON.stringify({ static_resources: { listeners } });

/** The access loggers of every filter, by its prefix. */
function loggersIn(config: string): Record<string, Node[]> {
  const found: Record<string, Node[]> = {};
  JSON.stringify(parse(config), (_, value: unknown) => {
    const { stat_prefix: prefix, access_log: log, accessLog = log } = (value ?? {}) as Node;
    if (typeof prefix === 'string') found[prefix] = accessLog as Node[];
    return value;
  });
  return found;
}

/** The format of the harness's access logger of one filter. */
function formatOf(config: string, prefix: string): Node {
  const logger = loggersIn(config)[prefix]?.at(-1) as { typed_config: { log_format: { json_format: Node } } };
  return logger.typed_config.log_format.json_format;
}

test('every HTTP connection manager and TCP proxy gets one access logger, at any depth', () => {
  const struct = {
    '@type': 'type.googleapis.com/xds.type.v3.TypedStruct',
    type_url: TCP,
    value: { stat_prefix: 'struct' },
  };
  const { config, managers } = instrument(
    bootstrap(
      {
        name: 'a',
        filter_chains: [chain(http('first')), chain(tcp('second'))],
        default_filter_chain: chain(tcp('default')),
      },
      { name: 'b', internal_listener: {}, filter_chains: [chain(http('inner'))] },
      { name: 'c', api_listener: { api_listener: { '@type': HTTP, stat_prefix: 'api' } } },
      { name: 'd', filter_chains: [chain({ typed_config: struct })] },
    ),
    NONCE,
  );
  const loggers = loggersIn(config);
  expect(Object.keys(loggers)).toEqual(['first', 'second', 'default', 'inner', 'api', 'struct']);
  for (const list of Object.values(loggers))
    expect(list).toEqual([expect.objectContaining({ name: 'envoy.access_loggers.stdout' })]);
  expect(managers).toEqual([
    { prefix: 'first', internal: false },
    { prefix: 'inner', internal: true },
    { prefix: 'api', internal: false },
  ]);
});

test('an entry starts with the nonce and has the fields of a request or a connection', () => {
  const { config } = instrument(bootstrap({ filter_chains: [chain(http('h')), chain(tcp('t'))] }), NONCE);
  const connection = {
    '#': NONCE,
    start_time: '%START_TIME%',
    response_flags: '%RESPONSE_FLAGS%',
    bytes_received: '%BYTES_RECEIVED%',
    bytes_sent: '%BYTES_SENT%',
    duration: '%DURATION%',
    downstream_remote_address: '%DOWNSTREAM_REMOTE_ADDRESS%',
    downstream_local_address: '%DOWNSTREAM_LOCAL_ADDRESS%',
    upstream_cluster: '%UPSTREAM_CLUSTER%',
    upstream_host: '%UPSTREAM_HOST%',
    upstream_local_address: '%UPSTREAM_LOCAL_ADDRESS%',
    upstream_remote_address: '%UPSTREAM_REMOTE_ADDRESS%',
    upstream_transport_failure_reason: '%UPSTREAM_TRANSPORT_FAILURE_REASON%',
  };
  expect(formatOf(config, 't')).toEqual(connection);
  expect(formatOf(config, 'h')).toEqual({
    ...connection,
    method: '%REQ(:METHOD)%',
    path: '%REQ(:PATH)%',
    authority: '%REQ(:AUTHORITY)%',
    protocol: '%PROTOCOL%',
    response_code: '%RESPONSE_CODE%',
    response_code_details: '%RESPONSE_CODE_DETAILS%',
  });
});

test.each([
  ['no admin block', '{}'],
  ['an empty file', '# nothing\n'],
  ['another address', 'admin: { address: { socket_address: { address: 0.0.0.0, port_value: 9901 } } }'],
  ['a pipe', 'admin: { address: { pipe: { path: /tmp/admin.sock } } }'],
  ['a log of its own', `admin: { access_log: [{ typed_config: { "@type": ${FILE}, path: /dev/null } }] }`],
  ['the old log path', 'admin: { accessLogPath: /dev/null }'],
  ['paths that it allows', 'admin: { allow_paths: [{ exact: /ready }] }'],
])('with %s, the admin interface is the harness’s, and writes one fence', (_, text) => {
  const { admin } = parse(instrument(text, NONCE).config) as { admin: Node };
  const fence = { '#': NONCE, fence: '%REQ(:PATH)%', of: '0' };
  const logger = { '@type': STDOUT, log_format: { json_format: fence } };
  expect(admin).toEqual({ ...HARNESS, access_log: [{ name: 'envoy.access_loggers.stdout', typed_config: logger }] });
});

test('other fields of the admin block stay; replaced fields are reported', () => {
  const own = 'admin: { profile_path: /tmp/p, address: { pipe: { path: /tmp/admin.sock } } }';
  const { config, changes } = instrument(own, NONCE);
  expect(parse(config)).toMatchObject({ admin: { profile_path: '/tmp/p', ...HARNESS } });
  expect(changes).toEqual([
    'admin.address { pipe: { path: /tmp/admin.sock } } is replaced.',
    'The admin interface is at 127.0.0.1:19000.',
  ]);
});

test('access logs of the config stay before the harness’s; each destination gets a fence', () => {
  const logs = [
    { typed_config: { '@type': STDOUT } },
    { typed_config: { '@type': STDERR, log_format: { json_format: { method: '%REQ(:METHOD)%' } } } },
    { typed_config: { '@type': FILE, path: '/tmp/own.log' } },
    { typed_config: { '@type': FILE, path: '/dev/null' } },
  ];
  const listener = { access_log: [{ typed_config: { '@type': FILE, path: '/tmp/listener.log' } }] };
  const text = bootstrap({ ...listener, filter_chains: [chain(http('h', { accessLog: logs }))] });
  const { config, fenced, ownLogs } = instrument(text, NONCE);
  expect(loggersIn(config).h).toEqual([...logs, expect.objectContaining({ name: 'envoy.access_loggers.stdout' })]);
  expect(ownLogs).toEqual(['/tmp/listener.log', 'stdout', 'stderr', '/tmp/own.log']);
  expect(fenced).toEqual(['stdout', '/tmp/listener.log', 'stderr', '/tmp/own.log']);
  const { admin } = parse(config) as { admin: { access_log: { typed_config: Node }[] } };
  expect(admin.access_log.map(({ typed_config: { path, log_format: format } }) => [path, format])).toEqual(
    [undefined, '/tmp/listener.log', undefined, '/tmp/own.log'].map((path, of) => [
      path,
      { json_format: { '#': NONCE, fence: '%REQ(:PATH)%', of: `${of}` } },
    ]),
  );
});

test('an alias is a copy of the last node before it with that anchor, in which aliases are copies too', () => {
  const text = 'a: &x { b: &y [1] }\nc: &x { d: *y, f: &z 2 }\ne: *x\ng: [*x, *z]\n';
  const { a, c, e, g } = parse(instrument(text, 'N').config);
  expect({ a, c, e, g }).toEqual({
    a: { b: [1] },
    c: { d: [1], f: 2 },
    e: { d: [1], f: 2 },
    g: [{ d: [1], f: 2 }, 2],
  });
});

test('filters that share an access log by an alias get a logger each', () => {
  const { config } = instrument(
    `static_resources:
  listeners:
    - filter_chains:
        - filters: [{ typed_config: { "@type": ${HTTP}, stat_prefix: h, access_log: &log [{ typed_config: { "@type": ${STDOUT} } }] } }]
        - filters: [{ typed_config: { "@type": ${TCP}, stat_prefix: t, access_log: *log } }]`,
    NONCE,
  );
  expect(Object.values(loggersIn(config)).map(({ length }) => length)).toEqual([2, 2]);
  expect(formatOf(config, 'h')).toHaveProperty('method');
  expect(formatOf(config, 't')).not.toHaveProperty('method');
});

test('comments and the spelling of scalars stay', () => {
  const text = 'node:\n  # A comment.\n  id: "yes"\n  cluster: 1.10\n  metadata: { n: 9007199254740993 }\n';
  expect(instrument(text, NONCE).config).toContain(text);
});

test('access loggers that the harness cannot observe are reported', () => {
  const grpc = 'envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig';
  const log = [{ typed_config: { '@type': `type.googleapis.com/${grpc}` } }];
  const listeners = [{ filter_chains: [chain(http('h', { access_log: log }))] }];
  const { changes } = instrument(JSON.stringify({ static_resources: { listeners }, dynamic_resources: {} }), NONCE);
  expect(changes).toContain(`The config's own access logger ${grpc} is kept, but not observed.`);
  expect(changes).toContain('Listeners that come from dynamic_resources get no access logger.');
});

test('accessLog: false adds only the admin interface', () => {
  const { config } = instrument(bootstrap({ filter_chains: [chain(http('h'))] }), NONCE, { accessLog: false });
  expect(loggersIn(config)).toEqual({ h: undefined });
  expect(parse(config)).toMatchObject({ admin: HARNESS });
});

test.each(['- a list', 'a: [', '"text"'])('a text that is not a YAML mapping is left to Envoy: %s', (text) => {
  expect(instrument(text, NONCE).config).toBe(text);
});

test('a line of the harness is recognized by its nonce, not by its keys', () => {
  const entry = `{"#":"${NONCE}","method":"GET","response_code":200}`;
  const harness = { entry: { method: 'GET', response_code: 200 } };
  expect(readLogLine(entry, NONCE)).toEqual({ own: '', harness });
  expect(readLogLine(`no end of line ${entry}`, NONCE)).toEqual({ own: 'no end of line ', harness });
  const own = '{"#":"another","method":"GET"}';
  expect(readLogLine(own, NONCE)).toEqual({ own });
  expect(readLogLine(`{"#":"${NONCE}","fence":"/ready?fence=a","of":"1"}`, NONCE)).toEqual({
    own: '',
    harness: { fence: { path: '/ready?fence=a', of: 1 } },
  });
});

test.each([
  ['stdout', 'stdout'],
  ['/dev/stdout', 'stdout'],
  ['/proc/self/fd/2', 'stderr'],
  ['/tmp/stdout', undefined],
])('%s is written to %s', (log, stream) => {
  expect(streamOf(log)).toBe(stream);
});

test('files of resources get access loggers as well, and find their files', () => {
  const resource = { '@type': 'type.googleapis.com/envoy.config.listener.v3.Listener', name: 'a' };
  const own = { typed_config: { '@type': FILE, path: '/tmp/own.log' } };
  const lds = JSON.stringify({
    resources: [{ ...resource, filter_chains: [chain(http('dynamic', { access_log: [own], ca: '/etc/ca.pem' }))] }],
  });
  const path = { path_config_source: { path: '/etc/lds.yaml', watched_directory: { path: '/etc' } } };
  const { config, files, managers, ownLogs, changes } = instrument(
    JSON.stringify({ dynamic_resources: { lds_config: path } }),
    NONCE,
    {
      files: { '/etc/lds.yaml': '/lab/etc/lds.yaml', '/etc/ca.pem': '/lab/etc/ca.pem' },
      texts: { '/etc/lds.yaml': lds, '/etc/ca.pem': 'PEM' },
    },
  );
  expect(parse(config)).toMatchObject({
    dynamic_resources: {
      lds_config: { path_config_source: { path: '/lab/etc/lds.yaml', watched_directory: { path: '/lab/etc' } } },
    },
  });
  expect(Object.keys(files)).toEqual(['/etc/lds.yaml']);
  expect(files['/etc/lds.yaml']).toContain('/lab/etc/ca.pem');
  expect(loggersIn(files['/etc/lds.yaml'] ?? '').dynamic).toHaveLength(2);
  expect(managers).toEqual([{ prefix: 'dynamic', internal: false }]);
  expect(ownLogs).toEqual(['/tmp/own.log']);
  expect(changes.join()).not.toContain('get no access logger');
});

test('abstract sockets take the place of those in folders', () => {
  const pipe = (path: string): Node => ({ address: { pipe: { path, mode: 420 } } });
  const { config } = instrument(bootstrap(pipe('/run/a.sock'), pipe('@b')), NONCE, { sockets: ['/run/a.sock'] });
  expect(parse(config)).toMatchObject({
    static_resources: {
      listeners: [{ address: { pipe: { path: '@/run/a.sock' } } }, { address: { pipe: { path: '@b' } } }],
    },
  });
});

test('an access logger without its list is kept', () => {
  const own = { name: 'own', typed_config: { '@type': FILE, path: '/dev/null' } };
  const { config } = instrument(bootstrap({ filter_chains: [chain(http('a', { access_log: own }))] }), NONCE);
  expect(loggersIn(config).a).toEqual([own, expect.objectContaining({ name: 'envoy.access_loggers.stdout' })]);
});

test('a line with the nonce that is no JSON is the config’s own', () => {
  const line = `{"#":"${NONCE}","a": cut`;
  expect(readLogLine(line, NONCE)).toEqual({ own: line });
});
