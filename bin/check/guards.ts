import { UsageError } from '../../helpers/util/errors.ts';

/** Reads `--guard NAME=false`; a name without a dot is that of a reloadable feature. @throws UsageError */
export function parseGuards(options: readonly string[]): Record<string, boolean> {
  return Object.fromEntries(
    options.map((option) => {
      const [, name = '', value] = /^([\w.]+)=(true|false)$/.exec(option.trim()) ?? [];
      if (value === undefined)
        throw new UsageError(
          `--guard ${JSON.stringify(option)}: expected NAME=true or NAME=false, such as envoy.reloadable_features.reset_with_error=false`,
        );
      return [name.includes('.') ? name : `envoy.reloadable_features.${name}`, value === 'true'];
    }),
  );
}
