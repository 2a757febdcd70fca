import { type ConfigDocument, editConfig } from './config-document.ts';

/**
 * The text of a config that finds its files below a folder, and the files there.
 *
 * @param files by the path that the config names
 */
export function placeFiles(
  config: ConfigDocument,
  files: Record<string, string>,
  root: string,
): { text: string; files: { path: string; text: string }[] } {
  return {
    text: editConfig(config, []),
    files: Object.entries(files).map(([path, text]) => ({ path: `${root}${path}`, text })),
  };
}
