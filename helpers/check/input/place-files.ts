import { isObject, type Json } from '../../util/json.ts';
import { snakeCase } from '../fields.ts';
import { type ConfigDocument, type ConfigEdit, type ConfigPath, editConfig, parseConfig } from './config-document.ts';
import { namedFiles } from './named-files.ts';

const STREAM = /^\/(dev\/(stdout|stderr|fd\/[12])|proc\/self\/fd\/[12])$/;

type Files = Record<string, string | Uint8Array>;

/** A config with its files in another folder. */
export interface Placed {
  text: string;
  files: { path: string; text: string | Uint8Array }[];
}

/**
 * The text of a config that finds its files below a folder, and the files there. Files that name
 * others find them too.
 *
 * @param files by the path that the config names
 */
export function placeFiles(config: ConfigDocument, files: Files, root: string): Placed {
  const placed = Object.entries(files).map(([path, text]) => {
    if (typeof text !== 'string') return { path: `${root}${path}`, text };
    const document = documentIn(text, path);
    return {
      path: `${root}${path}`,
      text: document ? placedText(document, files, root) : withModules(text, path, files, root),
    };
  });
  return { text: placedText(config, files, root), files: placed };
}

function placedText(config: ConfigDocument, files: Files, root: string): string {
  const paths = Object.keys(files);
  const edits = namedFiles(config.value).flatMap(({ path, at, role }): ConfigEdit[] => {
    // Envoy cannot open its own streams where they are sockets.
    if (role === 'log') return STREAM.test(path) ? [{ path: at, to: '/dev/null' }] : [];
    if (role === 'socket') return [];
    const folder = role === 'runtime' || role === 'folder';
    const known = files[path] !== undefined || (folder && paths.some((each) => each.startsWith(`${path}/`)));
    return known ? [{ path: at, to: `${root}${path}` }] : [];
  });
  return editConfig(config, [...edits, ...luaEdits(config.value, [], files, root)]);
}

/** A document with resources; undefined for another file. */
export function documentIn(text: string, path: string): ConfigDocument | undefined {
  if (!/^\s*["']?resources["']?\s*:|^\s*\{\s*"/m.test(text) || !text.includes('resources')) return undefined;
  try {
    return parseConfig(text, path);
  } catch {
    return undefined;
  }
}

/** Code that loads modules gets the folder with them. */
function luaEdits(value: Json | undefined, at: ConfigPath, files: Files, root: string): ConfigEdit[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => luaEdits(item, [...at, index], files, root));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    const path = [...at, key];
    if (typeof each !== 'string') return luaEdits(each, path, files, root);
    if (!/^inline_(code|string)$/.test(snakeCase(key))) return [];
    const to = withModules(each, '.lua', files, root);
    return to === each ? [] : [{ path, to }];
  });
}

function withModules(text: string, path: string, files: Files, root: string): string {
  const loads = /\brequire\s*\(?\s*["']/.test(text) && Object.keys(files).some((each) => each.endsWith('.lua'));
  return loads && path.endsWith('.lua') ? `package.path = "${root}/?.lua;" .. package.path; ${text}` : text;
}
