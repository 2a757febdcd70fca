import { readFile } from 'node:fs/promises';
import { unsetVariables } from '../../helpers/check/input/variables.ts';

/** The variables of a config that have no default, each with a value to begin with. */
export async function variablesOf(config: string): Promise<Record<string, string>> {
  const text = await readFile(config, 'utf8').catch(() => '');
  return Object.fromEntries(unsetVariables(text).map((name) => [name, valueFor(name)]));
}

/** What a variable of this name may hold. */
function valueFor(name: string): string {
  if (/PORT/i.test(name)) return '8080';
  if (/ADDR|_IP$|^IP/i.test(name)) return '127.0.0.1';
  if (/LEVEL/i.test(name)) return 'info';
  return name.toLowerCase().replaceAll('_', '-');
}
