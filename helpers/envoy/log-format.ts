import { type Document, isMap } from 'yaml';
import { fieldOf, keyOf } from './config-fields.ts';

/** Removes a format of Envoy's own log: the harness gives its own, and Envoy refuses two. */
export function removeLogFormat(document: Document, changes: string[]): void {
  const root = document.contents;
  const settings = isMap(root) ? fieldOf(root, 'application_log_config') : undefined;
  const key = isMap(settings) ? keyOf(settings, 'log_format') : undefined;
  if (!isMap(settings) || key === undefined) return;
  settings.delete(key);
  changes.push('The format of Envoy’s log is the harness’s.');
}
