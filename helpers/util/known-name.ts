import { UsageError } from './errors.ts';
import { unknownName } from './suggestion.mjs';

/**
 * Checks that a name is known.
 *
 * @param kind for the message: `chapter`
 * @throws UsageError for an unknown one, with suggestions
 */
export function knownName<Name extends string>(kind: string, name: string, known: readonly Name[]): Name {
  const found = known.find((each) => each === name);
  if (found === undefined) throw new UsageError(unknownName(kind, name, known));
  return found;
}
