import type { EnvoyImageOptions } from '../../fixtures/lab/envoy-slot.ts';
import { guardsOf } from '../../fixtures/setup/envoy-guards.ts';
import { UsageError } from '../../helpers/util/errors.ts';
import { unknownName } from '../../helpers/util/suggestion.mjs';

/** What names of guards begin with. */
const FEATURES = 'envoy.reloadable_features.';

/** Settings that are on or off, and that Envoy does not define as guards. */
const SWITCHES = ['envoy.features.enable_all_deprecated_features', 'envoy.features.fail_on_any_deprecated_feature'];

/** Reads `--guard NAME=false`; a name without a dot is that of a reloadable feature. @throws UsageError */
export function parseGuards(options: readonly string[]): Record<string, boolean> {
  return Object.fromEntries(
    options.map((option) => {
      const [, name = '', value] = /^([\w.]+)=(true|false)$/.exec(option.trim()) ?? [];
      if (value === undefined)
        throw new UsageError(
          `--guard ${JSON.stringify(option)}: expected NAME=true or NAME=false, such as ${FEATURES}reset_with_error=false`,
        );
      return [name.includes('.') ? name : `${FEATURES}${name}`, value === 'true'];
    }),
  );
}

/**
 * Checks that each guard is of one of the Envoys: these ignore others without a word.
 *
 * @throws UsageError
 */
export async function checkGuards(
  guards: Record<string, boolean>,
  envoys: readonly Pick<EnvoyImageOptions, 'envoyImage'>[],
  guardsIn: (image: string) => Promise<string[]> = guardsOf,
): Promise<void> {
  const names = Object.keys(guards);
  if (names.length === 0) return;
  const known = (await Promise.all(envoys.map(({ envoyImage }) => guardsIn(envoyImage)))).flat();
  const unknown = names.find((name) => !SWITCHES.includes(name) && !known.includes(name));
  if (unknown === undefined) return;
  const [line = ''] = unknownName('guard', unknown, known).split(/; known:|\n {2}/, 1);
  throw new UsageError(`--guard: ${line}${/\?$/.test(line) ? '' : '; neither Envoy has it'}`);
}
