import { parseDocument } from 'yaml';

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

function steps(path: string): (string | number)[] {
  return path.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}
