import { UsageError } from '../../util/errors.ts';
import type { JsonObject } from '../../util/json.ts';
import { snakeCase } from '../fields.ts';

/** The fields of a bootstrap, of which a config has at least one. */
const FIELDS = ['static_resources', 'dynamic_resources'];

/** Whether a config is a bootstrap: in snake_case or camelCase. */
function isBootstrap(config: JsonObject): boolean {
  return Object.keys(config).some((key) => FIELDS.includes(snakeCase(key)));
}

/** Whether a text may be a bootstrap; for a search of many files. */
export function mayBeBootstrap(text: string): boolean {
  return /(^|[{,"'\s])(static_?resources|dynamic_?resources)["']?\s*:/i.test(text);
}

/**
 * Checks that a config is a bootstrap.
 *
 * @throws UsageError that says what it is instead
 */
export function expectBootstrap(config: JsonObject, name: string): void {
  if (isBootstrap(config)) return;
  throw new UsageError(`${name}: ${whatElse(config)}`);
}

function whatElse(config: JsonObject): string {
  if (Array.isArray(config.configs)) return 'a config dump, no bootstrap; pass it as `--from-dump`';
  if (config.kind !== undefined && config.apiVersion !== undefined) {
    return `a Kubernetes ${String(config.kind)}, no Envoy bootstrap; save the bootstrap that it contains to a file of its own`;
  }
  if (config.resources !== undefined) return 'an xDS document, no bootstrap; check the bootstrap that names it';
  const keys = Object.keys(config).slice(0, 3);
  return `no Envoy bootstrap: it has ${keys.map((key) => JSON.stringify(key)).join(', ')}, expected static_resources or dynamic_resources`;
}
