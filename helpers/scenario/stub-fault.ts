import type { AnswersByKey } from '../exchange/stub-calls.ts';
import { mapAnswers } from './answers-by-key.ts';

/** How the answers of a stub differ from the configured ones, those of a claim too. */
export interface StubFault<A> {
  /** Gives this answer to every call. */
  always?: A;
  /** Gives the first of several answers to every call. */
  repeatsFirst?: true;
}

/** The answers that a stub with a fault gives instead of the configured ones. */
export function faultyAnswers<A extends object>(
  answers: AnswersByKey<A>,
  { always, repeatsFirst }: StubFault<A>,
): AnswersByKey<A> {
  const left = repeatsFirst
    ? Object.fromEntries(Object.entries(answers).map(([key, [first]]) => [key, [first] as const]))
    : answers;
  return always === undefined ? left : mapAnswers(left, () => always);
}
