import { ENVOY_UID } from '../constants/ports.ts';
import type { ConfigDump } from '../envoy/config-dump.ts';
import type { EnvoySpec } from '../scenario/scenario.ts';
import { objectsIn } from '../util/json.ts';

/** Messages whose sockets have options that need CAP_NET_ADMIN. */
const TYPES = /\.OriginalSrc$/;

/** The user of Envoy: root where its sockets need options of a transparent proxy (ip(7), IP_TRANSPARENT). */
export function privilegesOf({ listeners, clusters }: ConfigDump): Pick<EnvoySpec, 'uid' | 'capabilities'> {
  const needed = [...listeners, ...clusters].some((resource) =>
    [...objectsIn(resource)].some(
      (object) =>
        object.transparent === true || TYPES.test(String(object['@type'] ?? '')) || object.socket_options !== undefined,
    ),
  );
  return needed ? { uid: 0, capabilities: ['NET_ADMIN', 'NET_RAW'] } : { uid: ENVOY_UID };
}
