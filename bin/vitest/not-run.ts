import { counted } from '../../helpers/report/wording.ts';

/** A chapter of an interrupted run. */
export interface PlannedChapter {
  /** `original-dst` or, in a run on several versions, `original-dst on Envoy 1.40.0`. */
  name: string;
  /** Its claims and those that ended; absent where the chapter did not start. */
  claims?: { all: number; ended: number };
}

/** The chapters and claims that an interrupted run left out. */
export function describeNotRun(planned: PlannedChapter[]): string {
  const lines = [
    ...planned.flatMap(({ name, claims }) =>
      claims && claims.ended < claims.all
        ? `${claims.all - claims.ended} of ${counted(claims.all, 'claim')} of ${name}`
        : [],
    ),
    ...chaptersLeft(planned),
  ];
  return lines.length === 0 ? 'every claim ran' : `not run:${lines.map((line) => `\n  ${line}`).join('')}`;
}

function chaptersLeft(planned: PlannedChapter[]): string[] {
  const left = planned.filter(({ claims }) => claims === undefined).map(({ name }) => name);
  return left.length === 0 ? [] : [`${counted(left.length, 'chapter')}: ${left.join(', ')}`];
}
