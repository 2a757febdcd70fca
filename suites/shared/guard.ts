import type { ConfigChange } from '../../helpers/envoy/config-change.ts';

/**
 * Sets a runtime guard in the config, or a number that Envoy keeps among the guards.
 *
 * @param name without `envoy.reloadable_features.`
 */
export function guard(name: string, value: boolean | number): { config: ConfigChange } {
  const layers = [{ name: 'static', static_layer: { [`envoy.reloadable_features.${name}`]: value } }];
  return { config: { add: { layered_runtime: { layers } } } };
}
