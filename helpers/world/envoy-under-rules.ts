import { DOWNSTREAM_UID, ENVOY_UID } from '../constants/ports.ts';
import type { CapturedRules } from '../netfilter/captured-rules.ts';
import type { CapturedTraffic } from '../netfilter/path/captured-traffic.ts';
import type { EnvoySpec } from '../scenario/scenario.ts';
import { UsageError } from '../util/errors.ts';
import { given } from '../util/given.ts';

/** How Envoy runs where rules capture the connections of its host. */
export interface EnvoyUnderRules {
  uid: number;
  capabilities: string[];
  /** A mark that the rules exempt: its connections get it, where they exempt no user. */
  mark?: number;
  note: string;
}

/** Ports that rules for every connection capture. */
const USUAL = [80, 443, 8080];

/**
 * The user as which Envoy runs, so that rules do not capture its own connections.
 *
 * @throws UsageError where they capture them all
 */
export function envoyUnderRules(
  { file, tool }: Pick<CapturedRules, 'file' | 'tool'>,
  { outbound, inbound, exempt, exemptMarks }: CapturedTraffic,
  spec: Pick<EnvoySpec, 'uid' | 'capabilities'> | undefined,
  chosen: number | undefined,
): EnvoyUnderRules {
  const usesTproxy = [...inbound, ...outbound].some(({ how }) => how === 'tproxy');
  // A user other than root would lose the capability that IP_TRANSPARENT requires, ip(7).
  const uid = chosen ?? exempt[0] ?? (usesTproxy ? 0 : (spec?.uid ?? ENVOY_UID));
  const capabilities = [...new Set([...(spec?.capabilities ?? []), ...(usesTproxy ? ['NET_ADMIN'] : [])])];
  const isCaptured = outbound.length > 0 && !exempt.includes(uid);
  const mark = isCaptured ? exemptMarks[0] : undefined;
  const captured = outbound.flatMap(({ destinations }) => destinations);
  if (isCaptured && mark === undefined && USUAL.every((port) => captured.some((each) => each.endsWith(`:${port}`))))
    throw new UsageError(
      `${file}: the rules capture the connections of Envoy (uid ${uid}) too, so that they would come back to it without end; name a user that they exempt: --uid envoy=1337`,
    );
  const why = exempt.includes(uid)
    ? ', which they exempt'
    : mark === undefined
      ? ''
      : `; its connections get the mark 0x${mark.toString(16)}, which they exempt`;
  const { length } = exempt.filter((each) => each !== DOWNSTREAM_UID);
  const more = length > 1 ? ` (of ${length} users that they exempt)` : '';
  return {
    ...{ uid, capabilities, ...given({ mark }) },
    note: `The rules are loaded by ${tool}, and Envoy runs as uid ${uid}${why}${more}.`,
  };
}
