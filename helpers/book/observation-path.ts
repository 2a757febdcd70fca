import { isHeaders } from '../compare/header-differences.ts';
import { parsedObject } from '../exchange/masked-json.ts';

/**
 * The value at a path below a value: `headers.x-a`, `attributes.request.http.path`, `body.headers.host`.
 *
 * @returns for a header the values of its lines; undefined where there is nothing
 */
export function resolve(value: unknown, path: string): unknown {
  if (path === '') return value;
  if (isHeaders(value)) {
    if (path === 'length') return value.length;
    const lines = value.filter(([name]) => name.toLowerCase() === path.toLowerCase()).map(([, text]) => text);
    return lines.length > 0 ? lines : undefined;
  }
  if (Array.isArray(value)) {
    if (path === 'length') return value.length;
    const [step, at] = /^\[(\d+)\]\.?/.exec(path) ?? [];
    return step === undefined ? undefined : resolve(value[Number(at)], path.slice(step.length));
  }
  const object = typeof value === 'string' ? parsedObject(value) : value;
  if (typeof object !== 'object' || object === null) return undefined;
  // A key may have dots.
  const keys = Object.keys(object).filter(
    (key) => path === key || path.startsWith(`${key}.`) || path.startsWith(`${key}[`),
  );
  const [longest] = keys.sort((a, b) => b.length - a.length);
  if (longest === undefined) return undefined;
  return resolve((object as Record<string, unknown>)[longest], path.slice(longest.length).replace(/^\./, ''));
}
