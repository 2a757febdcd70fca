import { type AccessLogEntry, accessLog, loggedLine, withoutEnd } from './access-log.ts';
import { listObserver } from './observer.ts';

/** An entry of the harness's access log of a sidecar. */
export interface SidecarLogEntry {
  /** The upstream that it stands beside. */
  sidecar: string;
  entry: AccessLogEntry;
}

export const sidecarLog = listObserver<SidecarLogEntry>(
  'the sidecar logged',
  (all) => all.map(({ sidecar, entry }) => `${sidecar}: ${loggedLine(entry)}`),
  {
    record: (seen) => seen.map(({ sidecar, entry }) => ({ sidecar, entry: withoutEnd(entry) })),
    masks: accessLog.masks ?? {},
  },
);
