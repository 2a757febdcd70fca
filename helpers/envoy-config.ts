import { isMap, isScalar, isSeq, parseDocument } from 'yaml';

/** Changes to an Envoy config by path: `static_resources.listeners.0.transparent`. */
export interface ConfigChange {
  /** New values for what is there. */
  set?: Record<string, string | number | boolean>;
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
    document.setIn(steps(path), value);
  }
  for (const [path, value] of Object.entries(change.add ?? {})) {
    if (document.hasIn(steps(path))) throw new Error(`the config has something at ${path} already`);
    document.setIn(steps(path), document.createNode(value));
  }
  for (const path of change.delete ?? []) {
    if (!document.deleteIn(steps(path))) throw new Error(`the config has nothing at ${path}`);
  }
  return document.toString();
}

/** What a config has at a path, as plain data; undefined where there is nothing. */
export function readConfig(yaml: string, path: string): unknown {
  const node: unknown = parseDocument(yaml).getIn(steps(path), true);
  return isMap(node) || isSeq(node) || isScalar(node) ? node.toJSON() : undefined;
}

function steps(path: string): (string | number)[] {
  return path.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}
