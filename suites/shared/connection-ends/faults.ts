import { CHANGES } from '../../../helpers/envoy/known-changes.ts';
import { type Faults, withoutRule } from '../../../helpers/scenario/faults.ts';

/** The faults of a chapter that captures connections, whose rules have these comments. */
export function capturedEnds(rules: { bytes: string; http: string }): Faults {
  return {
    'no rule captures connections to port 80': {
      fault: withoutRule(rules.bytes),
      why: 'the client and the upstream without HTTP meet each other: Envoy logs no connection',
    },
    'no rule captures connections to port 5000': {
      fault: withoutRule(rules.http),
      why: 'the client and the HTTP upstream meet each other: Envoy logs no request',
    },
    'pass-through of upstream RSTs dated to a later version': {
      misdated: CHANGES.upstreamResetPassedOn,
      why: 'claims expect the end of the stream',
    },
    'pass-through of client RSTs dated to a later version': {
      misdated: CHANGES.downstreamResetPassedOn,
      why: 'claims expect the end of the stream',
    },
  };
}
