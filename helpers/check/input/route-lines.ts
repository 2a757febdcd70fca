import { isMap, isScalar, isSeq, visit, type YAMLMap } from 'yaml';
import { snakeCase } from '../fields.ts';
import { type ConfigDocument, lineOf, parseConfig } from './config-document.ts';

/**
 * The lines of the routes in the text of a config, by the names that requests have for them: `route shop[2]`, or
 * their own names. Routes whose name is not theirs alone have none.
 */
export function routeLines(text: string): Map<string, number> {
  let config: ConfigDocument;
  try {
    config = parseConfig(text, '');
  } catch {
    return new Map();
  }
  const found = new Map<string, number[]>();
  if (!config.document) return new Map();
  visit(config.document, {
    Pair(_, { key, value }) {
      if (!isScalar(key) || snakeCase(String(key.value)) !== 'virtual_hosts' || !isSeq(value)) return;
      for (const host of value.items.filter((item) => isMap(item))) {
        const routes = nodeOf(host, 'routes');
        if (!isSeq(routes)) continue;
        for (const [index, route] of routes.items.entries()) {
          const own = isMap(route) ? textOf(route, 'name') : undefined;
          const name = `route ${own || `${textOf(host, 'name') ?? '?'}[${index}]`}`;
          const line = isMap(route) ? lineOf(config, { value: route }) : undefined;
          if (line !== undefined) found.set(name, [...(found.get(name) ?? []), line]);
        }
      }
    },
  });
  return new Map(
    [...found].flatMap(([name, [line, ...more]]) => (line === undefined || more.length > 0 ? [] : [[name, line]])),
  );
}

function nodeOf(map: YAMLMap, field: string): unknown {
  return map.items.find(({ key }) => isScalar(key) && snakeCase(String(key.value)) === field)?.value;
}

function textOf(map: YAMLMap, field: string): string | undefined {
  const value = nodeOf(map, field);
  return isScalar(value) && value.value !== null ? String(value.value) : undefined;
}
