/** Envoy's admin pages about its start. */
export const READINESS_PAGES = ['/server_info', '/init_dump', '/stats?filter=warming_state$'] as const;

/**
 * What keeps Envoy from the state LIVE, from the bodies of `READINESS_PAGES`: uninitialized
 * clusters and targets of listeners.
 */
export function unmetRequirement([serverInfo = '', initDump = '', warming = '']: string[]): string {
  const state = /"state": "(\w+)"/.exec(serverInfo)?.[1] ?? 'unknown';
  const { unready_targets_dumps: dumps = [] } = JSON.parse(initDump || '{}') as InitDump;
  const clusters = [...warming.matchAll(/^cluster\.(.*)\.warming_state: 1$/gm)];
  return [
    `its state is ${state}`,
    ...clusters.map(([, name]) => `cluster ${name} is not initialized`),
    ...dumps.map(
      ({ name, target_names = [] }) =>
        `${shortName(name)} waits for ${target_names.map(shortName).join(', ') || 'its own start'}`,
    ),
  ].join('; ');
}

interface InitDump {
  /** A manager that is not ready itself has no names. */
  unready_targets_dumps?: { name: string; target_names?: string[] }[];
}

/** `init manager Listener-local-init-manager ingress 17003969344426300190`: `listener ingress`. */
function shortName(name: string): string {
  return name
    .replace(/^init manager Listener-local-init-manager (.*) \d+$/, 'listener $1')
    .replace(/^(?:shared )?target /, '');
}
