/** How matchers of text and of numbers refuse what is none: `expect(undefined).toMatch(/a/)`. */
const REFUSED = /^\.to\w+\(\) expects to receive |^actual value must be number or bigint/;

/**
 * Whether an error says that something is otherwise than it was expected to be. A matcher that refuses what it is given
 * does so by an error of another class.
 */
export function isAssertion(error: { name?: string; message: string } | undefined): boolean {
  if (error?.name === 'AssertionError') return true;
  return error?.name === 'TypeError' && REFUSED.test(error.message);
}
