import { accessLog } from './access-log.ts';
import { listObserver } from './observer.ts';

/**
 * The fields of access log entries that Envoy does not write as `JSON.stringify` does, as text:
 * `1e+05` for 100000. Entries without such a field are left out.
 */
export const accessLogText = listObserver<Record<string, string>>(
  'Envoy wrote in its access log',
  (all) =>
    all.map((fields) =>
      Object.entries(fields)
        .map(([name, text]) => `${name}: ${text}`)
        .join(', '),
    ),
  { masks: accessLog.masks ?? {} },
);
