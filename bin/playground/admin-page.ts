import { callLab } from '../../fixtures/playground/lab-client.ts';
import { SetupError, UsageError } from '../../helpers/util/errors.ts';
import { knownName } from '../../helpers/util/known-name.ts';

/**
 * One of the admin pages of a lab's Envoy.
 *
 * @param path with or without the slash at its beginning
 * @throws UsageError for a page that this Envoy does not have, and for a request that it refuses
 */
export async function adminPage(slug: string | undefined, path: string, method: 'GET' | 'POST'): Promise<string> {
  const whole = path.startsWith('/') ? path : `/${path}`;
  const [page = ''] = whole.split('?', 1);
  const fetchPage = (path: string, method: 'GET' | 'POST') => callLab(slug, 'admin', { path, method });
  if (page !== '/') knownName('admin endpoint', page, adminPages(await fetchPage('/help', 'GET')));
  try {
    return await fetchPage(whole, method);
  } catch (error) {
    const status = error instanceof SetupError ? /returned (4\d\d), expected 200$/.exec(error.text)?.[1] : undefined;
    if (!(error instanceof SetupError) || status === undefined) throw error;
    const remedy = status === '405' && method === 'GET' ? '; add --post' : '';
    throw new UsageError(`Envoy rejects ${whole}: ${status} ${error.detail?.split('\n', 1)[0]?.trim()}${remedy}`);
  }
}

/** The pages that Envoy's `/help` lists. */
export function adminPages(help: string): string[] {
  return [...help.matchAll(/^ {2}(\/[\w/]+)/gm)].flatMap(([, page]) => page ?? []);
}
