import { type Document, isMap, isPair, isScalar, visit } from 'yaml';

/** Replaces Unix sockets by abstract ones, which belong to the network namespace and not to a folder. */
export function useAbstractSockets(document: Document, paths: Set<string>, changes: string[]): void {
  if (paths.size === 0) return;
  visit(document, {
    Map: (_, map) => {
      const pipe = map.get('pipe');
      const path = isMap(pipe) ? pipe.get('path') : undefined;
      if (!isMap(pipe) || typeof path !== 'string' || !paths.has(path)) return;
      changes.push(`The Unix socket ${path} is an abstract one of this name.`);
      pipe.set('path', `@${path}`);
      // Envoy refuses a mode of an abstract socket.
      pipe.delete('mode');
    },
  });
}

/** Fields that name a folder of files. */
const FOLDER_FIELDS = new Set(['symlink_root', 'symlinkRoot']);
const FOLDER_MESSAGES = new Set(['watched_directory', 'watchedDirectory']);

/** Replaces the paths of files, and of folders that hold some, by the paths where they are. */
export function moveFiles(document: Document, files: Record<string, string>, changes: string[]): void {
  if (Object.keys(files).length === 0) return;
  visit(document, {
    Scalar: (_, node) => {
      const moved = typeof node.value === 'string' ? files[node.value] : undefined;
      if (moved === undefined) return;
      changes.push(`The file ${node.value} is at ${moved}.`);
      node.value = moved;
    },
    Pair: (_, { key, value }, path) => {
      const name = isScalar(key) ? String(key.value) : '';
      const parent = path.findLast((node) => isPair(node));
      const message = isPair(parent) && isScalar(parent.key) ? String(parent.key.value) : '';
      const isFolder = FOLDER_FIELDS.has(name) || (name === 'path' && FOLDER_MESSAGES.has(message));
      if (!isFolder || !isScalar(value) || typeof value.value !== 'string') return;
      const moved = movedFolder(value.value, files);
      if (moved === undefined) return;
      changes.push(`The folder ${value.value} is at ${moved}.`);
      value.value = moved;
    },
  });
}

/** Where a folder is that holds one of the files. */
function movedFolder(folder: string, files: Record<string, string>): string | undefined {
  const below = `${folder.replace(/\/+$/, '')}/`;
  const held = Object.entries(files).find(([path]) => path.startsWith(below));
  return held && `${held[1].slice(0, -held[0].length)}${folder}`;
}
