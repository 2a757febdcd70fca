import { isMap, isScalar, isSeq, parseDocument } from 'yaml';

/** Changes to an Envoy config by path: `static_resources.listeners.0.transparent`. */
export interface ConfigChange {
  /** New values, as plain data, for what is there. */
  set?: Record<string, unknown>;
  /** Values, as plain data, for what is not there yet. */
  add?: Record<string, unknown>;
  delete?: string[];
}

/**
 * An Envoy config with values set, added and deleted; comments and order stay, so that the result reads as its source.
 *
 * @throws where a path to change names nothing: a change that changes nothing would prove nothing
 */
export function changeConfig(yaml: string, change: ConfigChange): string {
  const document = parseDocument(yaml);
  for (const [path, value] of Object.entries(change.set ?? {})) {
    if (!document.hasIn(steps(path))) throw new Error(`the config has nothing at ${path}`);
    if (document.getIn(steps(path)) === value) throw new Error(`the config has ${value} at ${path} already`);
  }
  for (const path of Object.keys(change.add ?? {})) {
    if (document.hasIn(steps(path))) throw new Error(`the config has something at ${path} already`);
  }
  for (const path of change.delete ?? []) {
    if (!document.hasIn(steps(path))) throw new Error(`the config has nothing at ${path}`);
  }
  return ensureConfig(yaml, change);
}

/** The same for a config that may have been changed before: what is so already stays. */
export function ensureConfig(yaml: string, { set, add, delete: paths = [] }: ConfigChange): string {
  const document = parseDocument(yaml);
  for (const [path, value] of Object.entries({ ...set, ...add })) {
    document.setIn(steps(path), plain(value) ? value : document.createNode(value));
  }
  for (const path of paths) {
    // Yaml throws where not even the parent is there.
    if (document.hasIn(steps(path))) document.deleteIn(steps(path));
  }
  return document.toString();
}

/** A key that has dots itself stands in brackets and quotes: `typed_extension_protocol_options["envoy.a.v3.B"].c`. */
function steps(path: string): (string | number)[] {
  return [...path.matchAll(/\["([^"]+)"\]|[^.[\]]+/g)].map(([step, quoted]) => {
    if (quoted !== undefined) return quoted;
    return /^\d+$/.test(step) ? Number(step) : step;
  });
}

/** A scalar of a config and the path to it. */
export interface ConfigLeaf {
  path: string;
  value: string | number | boolean | null;
}

/** Every scalar of an Envoy config, in the order of its file. What an alias repeats is a scalar where its anchor stands alone. */
export function leavesOf(yaml: string): ConfigLeaf[] {
  const walk = (node: unknown, path: string): ConfigLeaf[] => {
    if (isScalar(node)) return [{ path, value: node.value as ConfigLeaf['value'] }];
    if (isSeq(node)) return node.items.flatMap((item, at) => walk(item, `${path}.${at}`));
    if (!isMap(node)) return [];
    return node.items.flatMap((pair) => {
      const key = String(pair.key);
      const step = key.includes('.') ? `["${key}"]` : `${path === '' ? '' : '.'}${key}`;
      return walk(pair.value, `${path}${step}`);
    });
  };
  return walk(parseDocument(yaml).contents, '');
}

function plain(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}
