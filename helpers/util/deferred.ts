/** A promise that others settle; Node has `Promise.withResolvers` from 22 on. */
export interface Deferred<T> {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (error: unknown) => void;
}

export function deferred<T>(): Deferred<T> {
  let resolve: Deferred<T>['resolve'] = () => undefined;
  let reject: Deferred<T>['reject'] = () => undefined;
  const promise = new Promise<T>((keep, dismiss) => {
    resolve = keep;
    reject = dismiss;
  });
  return { promise, resolve, reject };
}
