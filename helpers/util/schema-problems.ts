import { isObject, type Json, type JsonObject, objectAt } from './json.ts';

/**
 * The places where a value does not follow a JSON schema, which uses the keywords of the published ones. Fields that the
 * schema does not name are problems too.
 */
export function schemaProblems(value: Json, schema: JsonObject): string[] {
  return problems(value, schema, 'report', schema);
}

function problems(value: Json | undefined, schema: JsonObject, at: string, root: JsonObject): string[] {
  if (typeof schema.$ref === 'string')
    return problems(value, objectAt(root, '$defs', schema.$ref.split('/').at(-1) ?? '') ?? {}, at, root);
  if (Array.isArray(schema.oneOf)) {
    const fitting = (schema.oneOf as JsonObject[]).filter((each) => problems(value, each, at, root).length === 0);
    return fitting.length === 1 ? [] : [`${at}: fits ${fitting.length} of oneOf`];
  }
  if ('const' in schema) return value === schema.const ? [] : [`${at}: not ${schema.const}`];
  if (Array.isArray(schema.enum)) return schema.enum.includes(value ?? null) ? [] : [`${at}: not in enum`];
  const type = Array.isArray(value) ? 'array' : typeof value;
  if (type !== schema.type && !(schema.type === 'integer' && Number.isInteger(value))) return [`${at}: ${type}`];
  if (Array.isArray(value))
    return value.flatMap((item, index) => problems(item, schema.items as JsonObject, `${at}[${index}]`, root));
  if (!isObject(value)) return [];
  const known = schema.properties as Record<string, JsonObject> | undefined;
  if (!known) return [];
  const missing = (schema.required as string[]).filter((name) => value[name] === undefined);
  return [
    ...missing.map((name) => `${at}.${name}: missing`),
    ...Object.entries(value).flatMap(([name, item]) =>
      known[name] ? problems(item, known[name], `${at}.${name}`, root) : [`${at}.${name}: not in the schema`],
    ),
  ];
}
