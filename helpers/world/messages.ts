import { isObject, type Json, type JsonObject, objectsIn, textAt } from '../util/json.ts';

/** A message with a type. */
export interface Message {
  /** `envoy.extensions.filters.http.ext_authz.v3.ExtAuthz`. */
  type: string;
  body: JsonObject;
}

/** Every message with a type in a value, a TypedStruct as the message that it contains. */
export function messagesIn(value: Json | undefined): Message[] {
  return [...objectsIn(value)].flatMap((object) => {
    const message = messageOf(object);
    return message ? [message] : [];
  });
}

/** An object as a message; undefined where it has no type. */
export function messageOf(object: JsonObject): Message | undefined {
  const type = nameOf(textAt(object, '@type'));
  if (type === undefined) return undefined;
  if (!type.endsWith('.TypedStruct')) return { type, body: object };
  const inner = nameOf(textAt(object, 'type_url'));
  return inner === undefined ? undefined : { type: inner, body: isObject(object.value) ? object.value : {} };
}

/** Whether a message has a type of this last part: `ExtAuthz`. */
export function isOf({ type }: Message, ...names: string[]): boolean {
  return names.includes(type.slice(type.lastIndexOf('.') + 1));
}

/** `envoy.a.v3.B` of `type.googleapis.com/envoy.a.v3.B`. */
function nameOf(url: string | undefined): string | undefined {
  return url?.slice(url.lastIndexOf('/') + 1);
}
