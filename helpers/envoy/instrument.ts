import {
  Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  type Node,
  parseDocument,
  stringify,
  visit,
  type YAMLMap,
} from 'yaml';
import { PORTS } from '../constants/ports.ts';
import type { AccessLogEntry } from '../exchange/observers/access-log.ts';
import { unusualText } from '../exchange/unusual-text.ts';
import { given } from '../util/given.ts';
import { append, fieldOf, keyOf } from './config-fields.ts';
import { addGuards } from './guards-layer.ts';
import { removeLogFormat } from './log-format.ts';
import { readOctalNumbers } from './octal-numbers.ts';

/** An Envoy config with the harness's additions. */
export interface Instrumented {
  config: string;
  /** The texts of its files of resources, changed as well, by path. */
  files: Record<string, string>;
  /** What was added or replaced, and what is not observed, a sentence each. */
  changes: string[];
  /**
   * Destinations of log fences: `stdout`, `stderr` or a file. A fence contains the index of its
   * destination.
   */
  fenced: string[];
  /** Destinations of the config's own access loggers, as in `fenced`. */
  ownLogs: string[];
  /**
   * HTTP connection managers: the prefix of their counters, and whether the listener is an internal
   * one.
   */
  managers: { prefix: string; internal: boolean }[];
}

/** A log line of the harness: an access log entry or a fence. */
type HarnessLine = { entry: AccessLogEntry; text?: Record<string, string> } | { fence: { path: string; of: number } };

/** Envoy sorts the keys of a JSON log, so this one comes first. */
const NONCE = '#';

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
const HTTP_FORMAT = {
  ...TCP_FORMAT,
  method: '%REQ(:METHOD)%',
  path: '%REQ(:PATH)%',
  authority: '%REQ(:AUTHORITY)%',
  protocol: '%PROTOCOL%',
  response_code: '%RESPONSE_CODE%',
  response_code_details: '%RESPONSE_CODE_DETAILS%',
};

/** Filters that get an access logger, by type. */
const NETWORK = 'envoy.extensions.filters.network.';
const LOGGING = new Map([
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

export interface InstrumentOptions {
  accessLog?: boolean | undefined;
  adminPort?: number | undefined;
  /** Where each file is that the config names, by its path there. */
  files?: Record<string, string> | undefined;
  /** The text of files among them, which may be files of resources: of LDS, CDS, RDS, SDS. */
  texts?: Record<string, string> | undefined;
  /** Unix sockets for which abstract ones of the same name are used. */
  sockets?: string[] | undefined;
  guards?: Record<string, boolean> | undefined;
}

/** Fields of the admin block that would block the harness, or log its requests. */
const ADMIN_REPLACED = ['address', 'access_log', 'access_log_path', 'allow_paths'];

/**
 * Adds the admin address on loopback, an access logger for every HTTP connection manager and TCP
 * proxy, and a fence for every log to an Envoy config in YAML or JSON. Each log line of the harness
 * contains the nonce.
 *
 * A text that is not a YAML mapping is returned unchanged: Envoy reports the error.
 *
 * @param options.accessLog false for benchmarks: adds no access loggers
 * @param options.adminPort default: 19000
 * @param options.files where each file is that the config names, by its path there
 * @param options.guards runtime guards, which override those of the config
 */
export function instrument(text: string, nonce: string, options: InstrumentOptions = {}): Instrumented {
  const { accessLog = true, adminPort = PORTS.admin, files = {}, texts = {}, sockets = [], guards } = options;
  const parsed = documentOf(text);
  const document = parsed.contents === null ? new Document({}) : parsed;
  const changes: string[] = [];
  if (document.errors.length > 0 || !isMap(document.contents)) {
    return { config: text, files: {}, changes, fenced: [], ownLogs: [], managers: [] };
  }
  const resources = Object.entries(texts).flatMap(([path, content]) => {
    const file = resourcesIn(content);
    return file ? [{ path, document: file }] : [];
  });
  for (const each of [document, ...resources.map((file) => file.document)]) {
    expandAliases(each);
    moveFiles(each, files, changes);
    useAbstractSockets(each, new Set(sockets), changes);
  }
  const admin = replaceAdmin(document, adminPort, changes);
  removeLogFormat(document, changes);
  if (guards) addGuards(document, guards, changes);

  const parts = [
    { document, root: document.get('static_resources', true) ?? document.get('staticResources', true) },
    ...resources.map((file) => ({ document: file.document, root: file.document.contents })),
  ];
  const found = parts.flatMap((part) => typedNodes(part.root).map((typed) => ({ ...typed, document: part.document })));
  const ownLogs = [...new Set(found.flatMap((typed) => destinationOf(typed) ?? []))];
  for (const log of ownLogs) changes.push(`The config's own access log to ${log} is kept and recorded on its own.`);
  for (const { type } of found) {
    if (type.startsWith(LOGGERS) && type !== FILE_LOGGER && !STREAM_LOGGERS.has(type)) {
      changes.push(`The config's own access logger ${type} is kept, but not observed.`);
    }
  }
  for (const key of ['dynamic_resources', 'dynamicResources']) {
    if (document.has(key) && resources.length === 0)
      changes.push(`Listeners that come from ${key} get no access logger.`);
  }

  const managers: Instrumented['managers'] = [];
  for (const { type, body, internal, document: of } of found) {
    const logging = LOGGING.get(type);
    if (!logging) continue;
    const prefix = String(fieldOf(body, 'stat_prefix'));
    if (logging.format === HTTP_FORMAT) managers.push({ prefix, internal });
    if (!accessLog) continue;
    changes.push(`${logging.name} "${prefix}" gets an access logger.`);
    append(of, body, 'access_log', loggerOf('stdout', { [NONCE]: nonce, ...logging.format }));
  }

  const fenced = [...new Set(['stdout', ...ownLogs])];
  for (const [index, log] of fenced.entries()) {
    const fence = { [NONCE]: nonce, fence: '%REQ(:PATH)%', of: String(index) };
    append(document, admin, 'access_log', loggerOf(log, fence));
  }
  document.commentBefore = [document.commentBefore, ` Instrumented:\n${changes.map((line) => ` - ${line}`).join('\n')}`]
    .filter((comment) => comment != null)
    .join('\n\n');
  return {
    config: textOf(document),
    files: Object.fromEntries(resources.map((file) => [file.path, textOf(file.document)])),
    ...{ changes, fenced, ownLogs, managers },
  };
}

/** Above so many characters, JSON is parsed as such, which is several times as fast. */
const LARGE = 200_000;

/** A document that was not parsed as YAML is written as JSON. */
function textOf(document: Document): string {
  return document.range ? document.toString({ lineWidth: 0 }) : JSON.stringify(document.toJS({ maxAliasCount: -1 }));
}

function parsedJson(text: string): unknown {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function documentOf(text: string): Document {
  const json = text.length > LARGE ? parsedJson(text) : undefined;
  if (json !== undefined) return new Document(json, { aliasDuplicateObjects: false });
  const document = parseDocument(text, { uniqueKeys: false, intAsBigInt: true });
  readOctalNumbers(document);
  return document;
}

/** The document of a file of resources (a DiscoveryResponse); undefined for any other file. */
function resourcesIn(text: string): Document | undefined {
  if (!/\bresources\b/.test(text) || !text.includes('@type')) return undefined;
  const document = documentOf(text);
  const valid = document.errors.length === 0 && isMap(document.contents) && document.has('resources');
  return valid ? document : undefined;
}

/** The stream that a log is written to; undefined for a file. */
export function streamOf(log: string): 'stdout' | 'stderr' | undefined {
  if (/^(stdout|\/dev\/(stdout|fd\/1)|\/proc\/self\/fd\/1)$/.test(log)) return 'stdout';
  return /^(stderr|\/dev\/(stderr|fd\/2)|\/proc\/self\/fd\/2)$/.test(log) ? 'stderr' : undefined;
}

/**
 * Splits a log line into the output of the config's own logger, which may lack a newline, and of
 * the harness's.
 */
export function readLogLine(line: string, nonce: string): { own: string; harness?: HarnessLine } {
  const at = line.indexOf(`{"${NONCE}":"${nonce}"`);
  if (at < 0) return { own: line };
  const written = line.slice(at);
  const { [NONCE]: _, ...entry } = entryOf(written) ?? {};
  // A longer line than a pipe takes at once, with another one inside of it.
  if (Object.keys(entry).length === 0) return { own: line };
  const { fence, of } = entry;
  const text = unusualText(written.replace(`"${NONCE}":"${nonce}",`, ''));
  const harness = of === undefined ? { entry, ...given({ text }) } : { fence: { path: `${fence}`, of: Number(of) } };
  return { own: line.slice(0, at), harness };
}

function entryOf(written: string): AccessLogEntry | undefined {
  try {
    return JSON.parse(written) as AccessLogEntry;
  } catch {
    return undefined;
  }
}

interface TypedNode {
  /** The full name of its protobuf message. */
  type: string;
  body: YAMLMap;
  /** Whether it is in an internal listener. */
  internal: boolean;
}

/** Every message with a type (`@type`), a TypedStruct with the type that it contains. */
function typedNodes(root: unknown): TypedNode[] {
  const found: TypedNode[] = [];
  if (!isNode(root)) return found;
  visit(root, {
    Map(_, map, path) {
      const { type, body } = typed(map);
      const internal = path.some((node) => isMap(node) && keyOf(node, 'internal_listener') !== undefined);
      if (type !== undefined) found.push({ type, body, internal });
    },
  });
  return found;
}

function typed(map: YAMLMap): { type?: string; body: YAMLMap } {
  const type = nameOf(map.get('@type'));
  if (type === undefined || !/^(xds\.type\.v3|udpa\.type\.v1)\.TypedStruct$/.test(type)) {
    return { ...given({ type }), body: map };
  }
  const value = map.get('value');
  return isMap(value) ? { ...given({ type: nameOf(fieldOf(map, 'type_url')) }), body: value } : { body: map };
}

/** `envoy.a.v3.B` of `type.googleapis.com/envoy.a.v3.B`. */
function nameOf(url: unknown): string | undefined {
  return typeof url === 'string' ? url.slice(url.lastIndexOf('/') + 1) : undefined;
}

/** The destination of an access logger; undefined for `/dev/null` and other messages. */
function destinationOf({ type, body }: TypedNode): string | undefined {
  const path = type === FILE_LOGGER ? String(body.get('path')) : STREAM_LOGGERS.get(type);
  return path === '/dev/null' ? undefined : path;
}

function loggerOf(log: string, format: Record<string, string>): object {
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

/** Sets the admin address, and removes fields that would block the harness. */
function replaceAdmin(document: Document, port: number, changes: string[]): YAMLMap {
  const own = document.get('admin');
  const admin = isMap(own) ? own : (document.createNode({}) as YAMLMap);
  for (const field of ADMIN_REPLACED) {
    const key = keyOf(admin, field);
    if (key === undefined) continue;
    const before = stringify(admin.get(key), { collectionStyle: 'flow', lineWidth: 0 }).trim();
    changes.push(`admin.${key} ${before} is ${field === 'address' ? 'replaced' : 'removed'}.`);
    admin.delete(key);
  }
  const address = { socket_address: { address: '127.0.0.1', port_value: port } };
  changes.push(`The admin interface is at 127.0.0.1:${port}.`);
  admin.set('address', document.createNode(address));
  document.set('admin', admin);
  return admin;
}

/** Replaces Unix sockets by abstract ones, which belong to the network namespace and not to a folder. */
function useAbstractSockets(document: Document, paths: Set<string>, changes: string[]): void {
  visit(document, {
    Map: (_, map) => {
      const pipe = map.get('pipe');
      const path = isMap(pipe) ? pipe.get('path') : undefined;
      if (!isMap(pipe) || typeof path !== 'string' || !paths.has(path)) return;
      changes.push(`The Unix socket ${path} is an abstract one of this name.`);
      pipe.set('path', `@${path}`);
      // Envoy refuses a mode of an abstract socket.
      pipe.delete('mode');
    },
  });
}

/** Fields that name a folder of files. */
const FOLDER_FIELDS = new Set(['symlink_root', 'symlinkRoot']);
const FOLDER_MESSAGES = new Set(['watched_directory', 'watchedDirectory']);

/** Replaces the paths of files, and of folders that hold some, by the paths where they are. */
function moveFiles(document: Document, files: Record<string, string>, changes: string[]): void {
  visit(document, {
    Scalar: (_, node) => {
      const moved = typeof node.value === 'string' ? files[node.value] : undefined;
      if (moved === undefined) return;
      changes.push(`The file ${node.value} is at ${moved}.`);
      node.value = moved;
    },
    Pair: (_, { key, value }, path) => {
      const name = isScalar(key) ? String(key.value) : '';
      const parent = path.findLast((node) => isPair(node));
      const message = isPair(parent) && isScalar(parent.key) ? String(parent.key.value) : '';
      const isFolder = FOLDER_FIELDS.has(name) || (name === 'path' && FOLDER_MESSAGES.has(message));
      if (!isFolder || !isScalar(value) || typeof value.value !== 'string') return;
      const moved = movedFolder(value.value, files);
      if (moved === undefined) return;
      changes.push(`The folder ${value.value} is at ${moved}.`);
      value.value = moved;
    },
  });
}

/** Where a folder is that holds one of the files. */
function movedFolder(folder: string, files: Record<string, string>): string | undefined {
  const below = `${folder.replace(/\/+$/, '')}/`;
  const held = Object.entries(files).find(([path]) => path.startsWith(below));
  return held && `${held[1].slice(0, -held[0].length)}${folder}`;
}

/**
 * Replaces every alias by a copy of its node: an addition to one filter must not appear in another.
 */
function expandAliases(document: Document): void {
  // `Alias.resolve` searches the whole document for each alias. An anchor precedes its aliases.
  const anchored = new Map<string, Node>();
  visit(document, {
    Alias: (_, { source }) => {
      const copy = anchored.get(source)?.clone();
      return isNode(copy) ? copy : undefined;
    },
    Value: (_, node) => {
      if (node.anchor !== undefined) anchored.set(node.anchor, node);
      delete node.anchor;
    },
  });
}
