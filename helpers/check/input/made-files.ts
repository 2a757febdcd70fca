import { randomBytes, webcrypto } from 'node:crypto';
import { posix } from 'node:path';
import type { Authority, KeyPair } from '../../util/authority.ts';
import type { JsonObject } from '../../util/json.ts';
import type { NamedDocument, NamedFile } from './named-files.ts';

/** Files that take the place of missing ones. */
export interface MadeFiles {
  files: Record<string, string>;
  /** What each of them is. */
  made: Record<string, string>;
}

/** The address of an endpoint that no document names. */
const ENDPOINT = { address: '203.0.113.1', port_value: 80 };

/**
 * Makes files according to the fields that name them. Those that cannot be made are left out.
 *
 * @param authority issues certificates, and is the CA that the config trusts
 */
export async function makeFiles(missing: NamedFile[], authority: Authority): Promise<MadeFiles> {
  const result: MadeFiles = { files: {}, made: {} };
  const pairs = new Map<string, Promise<KeyPair & { name: string }>>();
  const pairOf = (file: NamedFile): Promise<KeyPair & { name: string }> => {
    const key = [file.path, file.pair ?? ''].sort().join('\n');
    const found = pairs.get(key) ?? issue(file, authority);
    pairs.set(key, found);
    return found;
  };
  for (const file of missing) {
    const made = await madeFile(file, authority, pairOf);
    if (!made) continue;
    result.files[made.path ?? file.path] = made.text;
    result.made[file.path] = made.what;
  }
  return result;
}

async function issue(
  { path, pair, serverNames }: NamedFile,
  authority: Authority,
): Promise<KeyPair & { name: string }> {
  const [name = nameOf([path, pair ?? path].sort()[0] ?? path), ...others] = serverNames;
  return { name, ...(await authority.issue(name, others)) };
}

/** `server` of `/etc/certs/server.crt.pem`. */
function nameOf(path: string): string {
  const name = posix
    .basename(path)
    .replace(/\.(pem|crt|cert|key|cer)\b/g, '')
    .replaceAll(/[^\w.*-]/g, '-');
  return name === '' ? 'envoy' : name;
}

interface Made {
  /** Where it is not the file's own. */
  path?: string;
  text: string;
  what: string;
}

async function madeFile(
  file: NamedFile,
  authority: Authority,
  pairOf: (file: NamedFile) => Promise<KeyPair & { name: string }>,
): Promise<Made | undefined> {
  const { path, role } = file;
  switch (role) {
    case 'certificate': {
      const { name, certificate } = await pairOf(file);
      return { text: certificate, what: `certificate of ${name}` };
    }
    case 'private key': {
      const { name, key } = await pairOf(file);
      return { text: key, what: `private key of ${name}` };
    }
    case 'CA':
      return { text: authority.certificate, what: 'CA of the lab' };
    case 'password':
    case 'secret':
      return { text: random(32), what: 'secret of 32 characters' };
    case 'ticket key':
      return { text: random(80), what: 'session ticket key of 80 bytes' };
    case 'JWKS':
      return { text: await jwks(), what: 'JWKS with one key' };
    case 'users':
      // SHA-1 of "password".
      return { text: 'user:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n', what: 'users: "user" with the password "password"' };
    case 'Lua':
      return path.endsWith('.lua')
        ? { text: LUA_MODULE, what: 'Lua module whose functions do nothing' }
        : { text: '', what: 'Lua code that does nothing' };
    case 'text':
      return { text: `made for ${path}\n`, what: 'text' };
    case 'document':
      return file.document && { text: await documentText(file.document, authority), what: whatOf(file.document) };
    case 'runtime':
      return {
        path: [path, file.below?.[0] ?? '.', 'empty'].join('/').replace('/./', '/'),
        text: '',
        what: 'runtime folder without values',
      };
    case 'folder':
      return { path: `${path}/empty`, text: '', what: 'folder' };
    default:
      return undefined;
  }
}

/** Any function of it exists, and returns nothing. */
const LUA_MODULE = 'return setmetatable({}, { __index = function() return function() end end })\n';

const random = (length: number): string => randomBytes(length).toString('hex').slice(0, length);

async function jwks(): Promise<string> {
  const { publicKey } = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ]);
  const key = await webcrypto.subtle.exportKey('jwk', publicKey);
  return JSON.stringify({ keys: [{ ...key, alg: 'ES256', kid: 'made' }] });
}

const TYPES: Partial<Record<NamedDocument['kind'], string>> = {
  endpoints: 'envoy.config.endpoint.v3.ClusterLoadAssignment',
  routes: 'envoy.config.route.v3.RouteConfiguration',
  runtime: 'envoy.service.runtime.v3.Runtime',
};
const SECRET = 'envoy.extensions.transport_sockets.tls.v3.Secret';

async function documentText({ kind, name = 'made' }: NamedDocument, authority: Authority): Promise<string> {
  const resource = await resourceOf(kind, name, authority);
  const type = `type.googleapis.com/${TYPES[kind] ?? SECRET}`;
  return JSON.stringify({ resources: resource ? [{ '@type': type, ...resource }] : [] }, undefined, 1);
}

async function resourceOf(
  kind: NamedDocument['kind'],
  name: string,
  authority: Authority,
): Promise<JsonObject | undefined> {
  switch (kind) {
    case 'endpoints':
      return {
        cluster_name: name,
        endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: ENDPOINT } } }] }],
      };
    case 'routes':
      return { name, virtual_hosts: [] };
    case 'runtime':
      return { name, layer: {} };
    case 'listeners':
    case 'clusters':
    case 'scoped routes':
      return undefined;
    default:
      return { name, ...(await secretOf(kind, name, authority)) };
  }
}

/** The parts of a Secret. */
export async function secretOf(kind: string, name: string, authority: Authority): Promise<JsonObject> {
  if (kind === 'TLS certificate') {
    const { certificate, key } = await authority.issue(name, []);
    return {
      tls_certificate: { certificate_chain: { inline_string: certificate }, private_key: { inline_string: key } },
    };
  }
  if (kind === 'validation context')
    return { validation_context: { trusted_ca: { inline_string: authority.certificate } } };
  if (kind === 'session ticket keys') return { session_ticket_keys: { keys: [{ inline_string: random(80) }] } };
  return { generic_secret: { secret: { inline_string: random(32) } } };
}

function whatOf({ kind, name }: NamedDocument): string {
  const of = name === undefined ? '' : ` of ${name}`;
  switch (kind) {
    case 'listeners':
    case 'clusters':
    case 'scoped routes':
      return `xDS document without ${kind}`;
    case 'endpoints':
      return `endpoint 203.0.113.1:80${of}`;
    case 'routes':
      return `routes${of}, without virtual hosts`;
    case 'runtime':
      return `runtime layer${of}, without values`;
    default:
      return `SDS document with a ${kind}${of}`;
  }
}
