import { posix } from 'node:path';
import { isObject, type Json, type JsonObject, objectsIn } from '../../util/json.ts';
import { fields, snakeCase } from '../fields.ts';
import type { ConfigPath } from './config-document.ts';

/** What Envoy does with a file that its config names. */
export type FileRole =
  | 'certificate'
  | 'private key'
  | 'password'
  | 'CA'
  | 'CRL'
  | 'secret'
  | 'ticket key'
  | 'JWKS'
  | 'users'
  | 'Lua'
  | 'text'
  /** An xDS document, with its resources. */
  | 'document'
  /** A folder of runtime values. */
  | 'runtime'
  | 'folder'
  /** Files in a form that cannot be made: Wasm, databases, descriptors. */
  | 'binary'
  | 'log'
  | 'socket';

/** A file that a config names. */
export interface NamedFile {
  /** As the config has it. */
  path: string;
  at: ConfigPath;
  role: FileRole;
  /** The names of the filter chain that it is for. */
  serverNames: string[];
  /** The file of its certificate or key, in the same TLS certificate. */
  pair?: string;
  /** Of a document. */
  document?: NamedDocument;
  /** Of a runtime folder: the folders below it. */
  below?: string[];
}

/** An xDS document: the kind and the name of the resource that its owner expects. */
export interface NamedDocument {
  kind: 'listeners' | 'clusters' | 'endpoints' | 'routes' | 'scoped routes' | 'runtime' | SecretKind;
  name?: string;
}

export type SecretKind = 'TLS certificate' | 'validation context' | 'session ticket keys' | 'generic secret';

/** The role of a `filename`, by the field that has it. */
const ROLES: [field: RegExp, role: FileRole][] = [
  [/^certificate_chain$/, 'certificate'],
  [/^private_key$/, 'private key'],
  [/^password$/, 'password'],
  [/^trusted_ca$/, 'CA'],
  [/^crl$/, 'CRL'],
  [/^(pkcs12|ocsp_staple|signed_certificate_timestamp|proto_descriptor|local)$/, 'binary'],
  [/^keys$/, 'ticket key'],
  [/^local_jwks$/, 'JWKS'],
  [/^users$/, 'users'],
  [/secret|token|key|credential|password/, 'secret'],
];

/** Fields with a ConfigSource, and the resources that come from it. */
const SOURCES: Record<string, NamedDocument['kind']> = {
  lds_config: 'listeners',
  cds_config: 'clusters',
  eds_config: 'endpoints',
  rds: 'routes',
  scoped_rds: 'scoped routes',
  rtds_config: 'runtime',
};

const SECRET_KINDS: [field: RegExp, kind: SecretKind][] = [
  [/tls_certificate/, 'TLS certificate'],
  [/validation_context/, 'validation context'],
  [/session_ticket/, 'session ticket keys'],
];

/** The fields that lead to an object, outermost first, each with the object that has it. */
type Holder = { field: string; object: JsonObject };

/** Every file that a config, or a document of resources, names. */
export function namedFiles(config: JsonObject): NamedFile[] {
  const found: NamedFile[] = [];
  visit(config, [], [], found);
  return found;
}

function visit(value: Json | undefined, at: ConfigPath, holders: Holder[], found: NamedFile[]): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) visit(item, [...at, index], holders, found);
    return;
  }
  if (!isObject(value)) return;
  found.push(...filesAt(value, at, holders));
  for (const [key, each] of Object.entries(value)) {
    visit(each, [...at, key], [...holders, { field: snakeCase(key), object: value }], found);
  }
}

function filesAt(object: JsonObject, at: ConfigPath, holders: Holder[]): NamedFile[] {
  const holder = holders.at(-1)?.field ?? '';
  const serverNames = namesOf(holders);
  const file = (key: string, role: FileRole, more: Partial<NamedFile> = {}): NamedFile[] => {
    const path = object[key];
    return typeof path === 'string' && path !== '' ? [{ path, at: [...at, key], role, serverNames, ...more }] : [];
  };
  return Object.keys(object).flatMap((key): NamedFile[] => {
    switch (snakeCase(key)) {
      case 'filename':
        return file(key, roleOf(holder, holders), pairOf(holder, holders));
      case 'proto_descriptor':
        return file(key, 'binary');
      case 'access_log_path':
      case 'event_log_path':
        return file(key, 'log');
      case 'symlink_root':
        return file(key, 'runtime', { below: belowOf(object) });
      case 'path':
        if (holder === 'pipe')
          return file(key, String(object[key]).startsWith('@') ? 'text' : 'socket').filter(
            ({ role }) => role === 'socket',
          );
        if (holder === 'watched_directory') return file(key, 'folder');
        if (isFileLog(object, holders)) return file(key, 'log');
        return documentsAt(holder, holders).flatMap((document) => file(key, 'document', { document }));
      default:
        return /_db_path$/.test(snakeCase(key)) ? file(key, 'binary') : [];
    }
  });
}

function roleOf(holder: string, holders: Holder[]): FileRole {
  if (isLua(holders)) return 'Lua';
  return ROLES.find(([field]) => field.test(holder))?.[1] ?? 'text';
}

function isLua(holders: Holder[]): boolean {
  return holders.some(({ object }) =>
    /\.lua\.v3\./.test(String(fields(object, 'typed_config', '@type') ?? object['@type'] ?? '')),
  );
}

/** The other file of a TLS certificate. */
function pairOf(holder: string, holders: Holder[]): Partial<NamedFile> {
  const other = holder === 'certificate_chain' ? 'private_key' : holder === 'private_key' ? 'certificate_chain' : '';
  const pair = fields(holders.at(-1)?.object, other, 'filename');
  return typeof pair === 'string' ? { pair } : {};
}

/** The server names of the filter chain around an object. */
function namesOf(holders: Holder[]): string[] {
  for (const { object } of holders.toReversed()) {
    const names = fields(object, 'filter_chain_match', 'server_names');
    if (Array.isArray(names)) return names.filter((name) => typeof name === 'string');
    if (typeof names === 'string') return [names];
  }
  return [];
}

function belowOf(layer: JsonObject): string[] {
  return ['subdirectory', 'override_subdirectory'].flatMap((field) => {
    const folder = fields(layer, field);
    return typeof folder === 'string' ? [folder] : [];
  });
}

function isFileLog(object: JsonObject, holders: Holder[]): boolean {
  const types = [object['@type'], fields(holders.at(-1)?.object, 'type_url')];
  return types.some((type) => typeof type === 'string' && /\.FileAccessLog$/.test(type));
}

/** What a `path` of a ConfigSource names, by the fields around it; none for another `path`. */
function documentsAt(holder: string, holders: Holder[]): NamedDocument[] {
  const source = holder === 'path_config_source' ? holders.slice(0, -1) : holders;
  const field = source.at(-1)?.field ?? '';
  const owner = source.at(-1)?.object;
  if (field === 'sds_config') {
    const kind =
      SECRET_KINDS.find(([expression]) => expression.test(source.at(-2)?.field ?? ''))?.[1] ?? 'generic secret';
    return [documentOf(kind, fields(owner, 'name'))];
  }
  if (field === 'config_source') {
    const outer = source.at(-2)?.field ?? '';
    const kind = SOURCES[outer];
    if (kind === undefined) return [];
    return [documentOf(kind, fields(owner, 'route_config_name'))];
  }
  const kind = SOURCES[field];
  if (kind === undefined) return [];
  const cluster = source.at(-2)?.object;
  return [
    documentOf(
      kind,
      kind === 'endpoints' ? (fields(owner, 'service_name') ?? fields(cluster, 'name')) : fields(owner, 'name'),
    ),
  ];
}

function documentOf(kind: NamedDocument['kind'], name: Json | undefined): NamedDocument {
  return { kind, ...(typeof name === 'string' && name !== '' && { name }) };
}

/** Lua modules that code of a config loads: `/lib/mylibrary.lua`, which Envoy finds from its folder. */
export function luaModules(texts: Iterable<string>): string[] {
  const found = new Set<string>();
  for (const text of texts)
    for (const [, name = ''] of text.matchAll(/\brequire\s*\(?\s*["']([\w./-]+)["']/g))
      found.add(`/${name.replaceAll('.', '/')}.lua`);
  return [...found];
}

/** The Lua code in a config. */
export function luaCode(config: JsonObject): string[] {
  return [...objectsIn(config)].flatMap((object) =>
    ['inline_code', 'inline_string'].flatMap((field) => {
      const text = fields(object, field);
      return typeof text === 'string' && /\benvoy_on_(request|response)\b/.test(text) ? [text] : [];
    }),
  );
}

/** A path as Envoy sees it from the folder `/`. */
export function absolute(path: string): string {
  return posix.resolve('/', path);
}
