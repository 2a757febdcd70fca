import { type Document, isMap, isScalar, isSeq, parseDocument } from 'yaml';

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
 * @param anyhow takes what is so already as it is: for a config that may have been changed before
 * @throws where a path to change names nothing: a change that changes nothing would prove nothing
 */
export function changeConfig(yaml: string, change: ConfigChange, { anyhow = false } = {}): string {
  const document = parseDocument(yaml);
  for (const [path, value] of Object.entries(change.set ?? {})) {
    if (!anyhow && !document.hasIn(steps(path))) throw new Error(`the config has nothing at ${path}`);
    if (!anyhow && document.getIn(steps(path)) === value) throw new Error(`the config has ${value} at ${path} already`);
    document.setIn(steps(path), plain(value) ? value : document.createNode(value));
  }
  for (const [path, value] of Object.entries(change.add ?? {})) {
    if (!anyhow && document.hasIn(steps(path))) throw new Error(`the config has something at ${path} already`);
    document.setIn(steps(path), document.createNode(value));
  }
  for (const path of change.delete ?? []) {
    if (!deleted(document, steps(path)) && !anyhow) throw new Error(`the config has nothing at ${path}`);
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

/** Whether there was something to delete. */
function deleted(document: Document, path: (string | number)[]): boolean {
  // Yaml throws where not even the parent is there.
  return document.hasIn(path) && document.deleteIn(path);
}
