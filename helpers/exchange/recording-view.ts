import type { Kind, Seen } from './observers/registry.ts';
import type { ReplySeen } from './observers/replies.ts';

/** An exchange, for claims. */
interface Viewed extends Seen {
  title: string;
  /** The first of `replies`. */
  reply: ReplySeen;
}

/** A read of a leaf, by the keys that lead to it from the exchange. */
export interface Read {
  kind: Kind | 'title';
  keys: string[];
  /** Whether there was a value. */
  exists: boolean;
}

/** Properties that assertions, printers and `await` probe on every object. */
const PROBES =
  /^(then|toJSON|inspect|asymmetricMatch|\$\$typeof|@@__IMMUTABLE.*|nodeType|nodeName|tagName|isEqualNode|hasAttribute)$/;

/**
 * A view of an exchange that records what is read through it. A read is of a leaf: a text, a
 * number, an absent field, an empty object, an object of which no field is read, or the length of a
 * list. A method call such as `header('x-a')` is one read, by the method's name and arguments.
 */
export class RecordingView<E extends Viewed> {
  /** Equal to the exchange in every assertion. */
  readonly exchange: E;
  readonly #reads = new Map<string, { path: string[]; exists: boolean }>();
  /** One view per object, so that views of the same object are identical. */
  readonly #views = new WeakMap<object, object>();
  #readsBeforeFailure: number | undefined;

  constructor(exchange: E) {
    this.#viewOf(exchange.reply, ['replies', '0']);
    this.exchange = this.#viewOf(exchange, []);
  }

  /** Remembers what has been read so far. A failed assertion goes on to print whole objects. */
  markFailure(): void {
    this.#readsBeforeFailure = this.#reads.size;
  }

  /** All reads, or those before the last failure. */
  reads(beforeFailure = false): Read[] {
    const reads = [...this.#reads.values()].slice(0, beforeFailure ? this.#readsBeforeFailure : undefined);
    const parents = new Set(reads.flatMap(({ path }) => path.map((_, depth) => path.slice(0, depth).join('\0'))));
    return reads.flatMap(({ path, exists }) => {
      const [kind, ...keys] = path;
      return parents.has(path.join('\0')) ? [] : { kind: kind as Read['kind'], keys, exists };
    });
  }

  #note(path: string[], exists: boolean): void {
    const key = path.join('\0');
    if (!this.#reads.has(key)) this.#reads.set(key, { path, exists });
  }

  #viewOf<T extends object>(target: T, path: string[]): T {
    const known = this.#views.get(target);
    if (known) return known as T;
    const handler: ProxyHandler<T> = Array.isArray(target) ? this.#listHandler(path) : this.#objectHandler(path);
    const view = new Proxy(target, handler);
    this.#views.set(target, view);
    return view;
  }

  #listHandler(path: string[]): ProxyHandler<object> {
    return {
      get: (list, name, receiver) => {
        const value: unknown = Reflect.get(list, name, receiver);
        if (typeof name === 'symbol' || typeof value === 'function' || PROBES.test(name)) return value;
        // An index behind the end reveals the length.
        if (name === 'length' || value === undefined) this.#note([...path, 'length'], true);
        else if (isObject(value)) return this.#viewOf(value, [...path, name]);
        else this.#note([...path, name], true);
        return value;
      },
    };
  }

  #objectHandler(path: string[]): ProxyHandler<object> {
    const note = (name: string, value: unknown): void => {
      // The fields of an exchange always exist.
      if (path.length > 0 || !isObject(value)) this.#note([...path, name], value !== undefined);
    };
    const noteName = (object: object, name: string | symbol): void => {
      if (typeof name === 'symbol' || PROBES.test(name) || name in Object.prototype) return;
      const value: unknown = Reflect.get(object, name);
      if (typeof value !== 'function') note(name, value);
    };
    return {
      get: (object, name, receiver) => {
        if (typeof name === 'symbol' || PROBES.test(name) || name in Object.prototype) {
          return Reflect.get(object, name, receiver);
        }
        const value: unknown = Reflect.get(object, name);
        if (typeof value === 'function') {
          return (...args: unknown[]) => {
            this.#note([...path, name, ...args.map(String)], false);
            return Reflect.apply(value, object, args);
          };
        }
        note(name, value);
        return isObject(value) ? this.#viewOf(value, [...path, name]) : value;
      },
      has: (object, name) => {
        noteName(object, name);
        return Reflect.has(object, name);
      },
      getOwnPropertyDescriptor: (object, name) => {
        noteName(object, name);
        return Reflect.getOwnPropertyDescriptor(object, name);
      },
      ownKeys: (object) => {
        const names = Reflect.ownKeys(object);
        if (names.length === 0) this.#note(path, true);
        return names;
      },
    };
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
