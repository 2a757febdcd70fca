import { isObject, type Json } from '../util/json.ts';

/** The value at a path of fields in snake_case, which the config may have in camelCase; the last of both. */
export function fields(value: Json | undefined, ...path: string[]): Json | undefined {
  return path.reduce<Json | undefined>((at, field) => {
    if (!isObject(at)) return undefined;
    const key = Object.keys(at).findLast((each) => each === field || snakeCase(each) === field);
    return key === undefined ? undefined : at[key];
  }, value);
}

/** `static_resources` of `staticResources`. */
export function snakeCase(name: string): string {
  return name.replaceAll(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
