import { isObject, type Json, type JsonObject } from '../../util/json.ts';
import { snakeCase } from '../fields.ts';
import type { ConfigEdit, ConfigPath } from './config-document.ts';
import { absolute, namedFiles } from './named-files.ts';

/** What a config needs of the machine where it runs, and how the harness gives it that. */
export interface Environment {
  edits: ConfigEdit[];
  /** Environment variables that it reads and that are not set. */
  unset: string[];
  /** A sentence for each kind of edit. */
  notes: string[];
}

/**
 * The changes of a config for another machine: relative paths are absolute, logs and sockets are in
 * `/tmp`, where Envoy can write, and values of the environment are in place.
 */
export function environmentOf(config: JsonObject, variables: Record<string, string>): Environment {
  const moved: Record<'log' | 'socket', string[]> = { log: [], socket: [] };
  const edits = namedFiles(config).flatMap(({ path, at, role }): ConfigEdit[] => {
    const to = role === 'log' || role === 'socket' ? writable(path) : absolute(path);
    if (to === path) return [];
    if (role === 'log' || role === 'socket') moved[role].push(`${path} at ${to}`);
    return [{ path: at, to }];
  });
  const reads = variablesRead(config, []);
  const unset = reads.filter(({ name }) => variables[name] === undefined);
  return {
    edits: [...edits, ...reads.map(({ at, name }) => ({ path: at, to: variables[name] ?? '', key: 'inline_string' }))],
    unset: [...new Set(unset.map(({ name }) => name))],
    notes: [
      ...(moved.log.length > 0 ? [`Logs are in /tmp: ${[...new Set(moved.log)].join(', ')}.`] : []),
      ...(moved.socket.length > 0 ? [`Sockets are in /tmp: ${[...new Set(moved.socket)].join(', ')}.`] : []),
    ],
  };
}

/** A path that every user can write: directly in `/tmp`; devices stay. */
function writable(path: string): string {
  const whole = absolute(path);
  if (/^\/(dev|proc)\//.test(whole) || /^\/tmp\/[^/]+$/.test(whole)) return path;
  return `/tmp/${whole.slice(1).replaceAll('/', '-')}`;
}

/** The fields of data sources that name a variable of Envoy's environment. */
function variablesRead(value: Json | undefined, at: ConfigPath): { at: ConfigPath; name: string }[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => variablesRead(item, [...at, index]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    const path = [...at, key];
    const isSource =
      snakeCase(key) === 'environment_variable' && typeof each === 'string' && Object.keys(value).length === 1;
    return isSource ? [{ at: path, name: each }] : variablesRead(each, path);
  });
}
