import type { AnswersByPath } from '../exchange/stub-calls.ts';

/** The answers that a claim or a scenario configures: one for every call, or by path and count. */
export type Configured<A> = A | AnswersByPath<A>;

/** Whether answers are by path: `/path`, or `*` for every other one. */
export function isByPath<A extends object>(configured: Configured<A>): configured is AnswersByPath<A> {
  const keys = Object.keys(configured);
  return keys.length > 0 && keys.every((key) => key === '*' || key.startsWith('/'));
}

/**
 * The answers of a stub by path. One answer is for every path; answers by path leave the others to
 * those of the scenario.
 */
export function byPath<A extends object>(configured: Configured<A>, others?: Configured<A>): AnswersByPath<A> {
  if (!isByPath(configured)) return { '*': [configured] };
  return others === undefined ? configured : { ...byPath(others), ...configured };
}

/** All configured answers. */
export function allOf<A extends object>(configured: Configured<A>): A[] {
  return Object.values(byPath(configured)).flat();
}

/** Changes each of the answers. */
export function mapAnswers<A extends object>(answers: AnswersByPath<A>, change: (answer: A) => A): AnswersByPath<A> {
  return Object.fromEntries(
    Object.entries(answers).map(([path, [first, ...more]]) => [path, [change(first), ...more.map(change)] as const]),
  );
}
