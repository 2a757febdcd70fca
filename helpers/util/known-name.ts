import { UsageError } from './errors.ts';
import { unknownName } from './suggestion.mjs';

/**
 * The known name that was given.
 *
 * @param kind for the message: `chapter`
 * @throws UsageError for another one, with what may have been meant
 */
export function knownName<Name extends string>(kind: string, name: string, known: readonly Name[]): Name {
  const found = known.find((each) => each === name);
  if (found === undefined) throw new UsageError(unknownName(kind, name, known));
  return found;
}
