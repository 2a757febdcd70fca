/**
 * Whether an error says that something is otherwise than it was expected to be. Matchers of text refuse what is none by an
 * error of another class: `expect(undefined).toMatch(/a/)`.
 */
export function isAssertion(error: { name?: string; message: string } | undefined): boolean {
  if (error?.name === 'AssertionError') return true;
  return error?.name === 'TypeError' && /^\.to\w+\(\) expects to receive /.test(error.message);
}
