import type { AnswersByKey } from '../exchange/stub-calls.ts';
import { UsageError } from '../util/errors.ts';

/** The answers that a claim or a scenario configures: one for every call, or by key and count. */
export type Configured<A> = A | AnswersByKey<A>;

/** Whether answers are by key: `/path`, `key=value`, or `*` for every other call. */
export function isByKey<A extends object>(configured: Configured<A>): configured is AnswersByKey<A> {
  const keys = Object.keys(configured);
  return keys.length > 0 && keys.every((key) => key === '*' || /[/=]/.test(key));
}

/**
 * The answers of a stub by key. One answer is for every call; answers by key leave other calls to those
 * of the scenario.
 */
export function byKey<A extends object>(configured: Configured<A>, others?: Configured<A>): AnswersByKey<A> {
  if (!isByKey(configured)) return { '*': [configured] };
  const all = others === undefined ? configured : { ...byKey(others), ...configured };
  if (!('*' in all)) throw new UsageError('the answers of a stub have none for other calls; add the key "*"');
  return all;
}

/** All configured answers. */
export function allOf<A extends object>(configured: Configured<A>): A[] {
  return isByKey(configured) ? Object.values(configured).flat() : [configured];
}

/** Changes each answer. */
export function mapAnswers<A extends object>(answers: AnswersByKey<A>, change: (answer: A) => A): AnswersByKey<A> {
  return Object.fromEntries(
    Object.entries(answers).map(([path, [first, ...more]]) => [path, [change(first), ...more.map(change)] as const]),
  );
}
