import { type Document, parseDocument } from 'yaml';

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

function steps(path: string): (string | number)[] {
  return path.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

function plain(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

/** Whether there was something to delete. */
function deleted(document: Document, path: (string | number)[]): boolean {
  // Yaml throws where not even the parent is there.
  return document.hasIn(path) && document.deleteIn(path);
}
