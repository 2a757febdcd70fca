import { readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { filesIn } from '../../fixtures/check/find-configs.ts';
import { mayBeBootstrap } from '../../helpers/check/input/bootstrap.ts';
import { OWN_CLAIMS } from '../../helpers/constants/project.mjs';
import { mayBeRules } from '../../helpers/project/rules-search.ts';

/** A larger file is neither a config nor a script. */
const MOST_BYTES = 1_000_000;

/** What `init` finds in a project, by paths relative to it. */
export interface FoundInputs {
  configs: string[];
  rules: string[];
}

/** Searches a project for Envoy bootstraps and for rules. */
export async function findInputs(project: string): Promise<FoundInputs> {
  const found: FoundInputs = { configs: [], rules: [] };
  for (const path of await filesIn(project)) {
    const file = relative(project, path);
    if (file.startsWith(`${OWN_CLAIMS}/`) || (await stat(path)).size > MOST_BYTES) continue;
    const text = await readFile(path, 'utf8').catch(() => '');
    if (/\.(ya?ml|json)$/i.test(file)) {
      if (mayBeBootstrap(text) && !isTemplate(text)) found.configs.push(file);
    } else if (mayBeRules(file, text)) found.rules.push(file);
  }
  return found;
}

/** A template of Helm or Jinja, or a manifest that contains a bootstrap, is no config that Envoy reads. */
function isTemplate(text: string): boolean {
  return /\{\{|\{%/.test(text) || /^(apiVersion|services):/m.test(text);
}

/** The rules for a config: those in its folder, else the only ones of the project. */
export function rulesFor(config: string, rules: readonly string[]): string | undefined {
  const folderOf = (path: string): string => join(path, '..');
  const near = rules.filter((path) => folderOf(path) === folderOf(config));
  const candidates = near.length > 0 ? near : rules;
  return candidates.length === 1 ? candidates[0] : undefined;
}
