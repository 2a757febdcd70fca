import { expect, test } from 'vitest';
import { OutcomeError, SetupError } from '../util/errors.ts';
import { isAssertion } from './assertion.ts';

function thrownBy(act: () => void): Error {
  try {
    act();
  } catch (error) {
    return error as Error;
  }
  throw new Error('it threw nothing');
}

test('what a matcher throws is an assertion, also where it refuses what it is given', () => {
  expect(isAssertion(thrownBy(() => expect(1).toBe(2)))).toBe(true);
  expect(isAssertion(thrownBy(() => expect(undefined).toMatch(/a/)))).toBe(true);
  expect(isAssertion(thrownBy(() => expect(undefined).toBeGreaterThan(1)))).toBe(true);
  expect(isAssertion(new OutcomeError('Envoy became live, but was expected to end'))).toBe(true);
});

test('trouble with a lab or with the code is none', () => {
  expect(isAssertion(new SetupError('lab', 'it is gone'))).toBe(false);
  expect(isAssertion(new TypeError('x is undefined'))).toBe(false);
  expect(isAssertion(undefined)).toBe(false);
});
