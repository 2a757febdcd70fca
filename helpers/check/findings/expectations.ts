import { claimsOf, type EnvoyRecord } from '../../record/record.ts';
import { given } from '../../util/given.ts';
import type { Finding } from '../finding.ts';
import type { CheckRequest } from '../request.ts';
import { findingCode } from './finding-code.ts';

/** A finding for each request that the new version answers with another status than its file expects. */
export function unmetExpectations(a: EnvoyRecord, b: EnvoyRecord, requests: readonly CheckRequest[]): Finding[] {
  const [onA, onB] = [statusesOf(a), statusesOf(b)];
  return requests.flatMap(({ code, title, expect }): Finding[] => {
    const [one, other] = [onA.get(title), onB.get(title)];
    if (expect === undefined || !onB.has(title) || other === `${expect}`) return [];
    return [
      {
        ...{ code: findingCode('answer', ['expect', code]), level: 'answer', place: title },
        ...{ what: `response status is ${other ?? 'missing'}, expected ${expect}`, request: code, count: 1 },
        ...given({ a: one, b: other }),
      },
    ];
  });
}

/** The status of each request, or how its connection ended. */
function statusesOf(record: EnvoyRecord): Map<string, string | undefined> {
  return new Map(
    claimsOf(record).map(({ title, observations: [seen] }) => {
      const [reply] = seen?.replies ?? [];
      const outcome = reply?.status ?? reply?.ended?.code;
      return [title, outcome === undefined ? undefined : `${outcome}`];
    }),
  );
}
