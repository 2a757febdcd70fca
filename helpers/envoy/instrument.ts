import { Document, isMap, stringify, type YAMLMap } from 'yaml';
import { PORTS } from '../constants/ports.ts';
import { append, fieldOf, keyOf } from './config-fields.ts';
import { addGuards } from './guards-layer.ts';
import { destinationOf, HTTP_FORMAT, isUnobserved, LOGGING, loggerOf } from './instrument/access-loggers.ts';
import { documentOf, expandAliases, resourcesIn, textOf } from './instrument/config-text.ts';
import { NONCE } from './instrument/log-line.ts';
import { moveFiles, useAbstractSockets } from './instrument/moved-paths.ts';
import { typedNodes } from './instrument/typed-nodes.ts';
import { removeLogFormat } from './log-format.ts';

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
    if (isUnobserved(type)) {
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
