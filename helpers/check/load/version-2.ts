import { isObject, type Json, type JsonObject, objectsOf } from '../../util/json.ts';
import { fields } from '../fields.ts';
import { type ConfigDocument, type ConfigPath, lineOf, nodeAt } from '../input/config-document.ts';
import { type LoadError, pathText } from './load-error.ts';

const REMOVED = 'Envoy removed the v2 API in 1.18';

/** The first sign that a config is of the v2 API, which no tested Envoy accepts. */
export function version2In(config: ConfigDocument): LoadError | undefined {
  const found = oldField(config.value) ?? oldType(config.value, []);
  if (!found) return undefined;
  const node = nodeAt(config, found.path);
  const line = node && lineOf(config, node);
  return {
    why: `${pathText(found.path)} is of the v2 API (${REMOVED}); ${found.instead}`,
    field: pathText(found.path),
    ...(line !== undefined && { line }),
  };
}

interface Old {
  path: ConfigPath;
  instead: string;
}

/** Fields that exist in v2 only. */
function oldField(config: JsonObject): Old | undefined {
  for (const [index, cluster] of objectsOf(fields(config, 'static_resources', 'clusters')).entries()) {
    const path = ['static_resources', 'clusters', index];
    if (fields(cluster, 'hosts') !== undefined)
      return { path: [...path, 'hosts'], instead: 'v3 has `load_assignment`' };
    if (fields(cluster, 'tls_context') !== undefined)
      return { path: [...path, 'tls_context'], instead: 'v3 has `transport_socket` with an UpstreamTlsContext' };
  }
  return withoutTypes(fields(config, 'static_resources', 'listeners'), ['static_resources', 'listeners']);
}

/** A filter, an access logger or another extension with `config` in place of `typed_config`. */
function withoutTypes(value: Json | undefined, path: ConfigPath): Old | undefined {
  if (Array.isArray(value)) return first(value.entries(), path);
  if (!isObject(value)) return undefined;
  if (value.name !== undefined && isObject(value.config) && fields(value, 'typed_config') === undefined)
    return { path: [...path, 'config'], instead: 'v3 has `typed_config` with the `@type` of the extension' };
  if (path.at(-2) === 'filter_chains' && fields(value, 'tls_context') !== undefined)
    return { path: [...path, 'tls_context'], instead: 'v3 has `transport_socket` with a DownstreamTlsContext' };
  return first(Object.entries(value), path);
}

function first(entries: Iterable<[string | number, Json | undefined]>, path: ConfigPath): Old | undefined {
  for (const [step, value] of entries) {
    const found = withoutTypes(value, [...path, step]);
    if (found) return found;
  }
  return undefined;
}

/** A type of a v2 package: `envoy.api.v2.Cluster`, `envoy.config.filter.http.router.v2.Router`. */
function oldType(value: Json | undefined, path: ConfigPath): Old | undefined {
  const entries = Array.isArray(value) ? value.entries() : isObject(value) ? Object.entries(value) : [];
  for (const [step, each] of entries as Iterable<[string | number, Json | undefined]>) {
    if (step === '@type' && typeof each === 'string' && /\benvoy\..*\.v2(alpha\d*|beta\d*)?\./.test(each)) {
      return { path: [...path, '@type'], instead: `v3 has another type than ${each.split('/').at(-1)}` };
    }
    const found = oldType(each, [...path, step]);
    if (found) return found;
  }
  return undefined;
}
