import { given } from '../../util/given.ts';
import type { AskFinding } from './ask-finding.ts';
import { findingCode } from './finding-code.ts';

const HEADER = /^(replies|received)\[[^\]]*\]\.headers\.([^\s[]+)(\[\d+\])?$/;

/** Joins headers that are new or missing in the same places into one finding. */
export function joinedHeaders(findings: readonly AskFinding[]): AskFinding[] {
  const groups = new Map<string, AskFinding[]>();
  for (const each of findings) {
    const key = keyOf(each) ?? each.finding.code;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].map((group) => {
    const [first, ...more] = group;
    return first && more.length > 0 ? joined(first, group) : (first as AskFinding);
  });
}

/** Equal for headers of the same message that one side lacks in the same places; undefined for other findings. */
function keyOf({ differences }: AskFinding): string | undefined {
  const [first] = differences;
  const [, message] = HEADER.exec(first?.path ?? '') ?? [];
  if (!first || message === undefined || (first.a === undefined) === (first.b === undefined)) return undefined;
  const places = differences.map(({ claim, exchange }) => JSON.stringify([claim, exchange])).sort();
  return JSON.stringify([message, first.a === undefined, places]);
}

function joined({ finding }: AskFinding, group: readonly AskFinding[]): AskFinding {
  const values = new Map<string, string>();
  for (const {
    finding: { a, b },
    differences,
  } of group) {
    const [, , name = ''] = HEADER.exec(differences[0]?.path ?? '') ?? [];
    if (!values.has(name)) values.set(name, a ?? b ?? '');
  }
  const names = [...values.keys()].sort();
  const { level, place, request, a } = finding;
  const isMissing = a !== undefined;
  const where = HEADER.exec(group[0]?.differences[0]?.path ?? '')?.[1] === 'received' ? 'request' : 'response';
  const [only, ...others] = names;
  const subject = others.length === 0 ? `${where} header ${only}` : `${names.length} ${where} headers`;
  const verb = `${others.length === 0 ? 'is' : 'are'} ${isMissing ? 'missing' : 'new'}`;
  const listed = names.map((name) => `${name}: ${values.get(name)}`).join(', ');
  return {
    finding: {
      ...{ code: findingCode(level, [where, isMissing, names]), level, place },
      what: others.length === 0 ? `${subject} ${verb}` : `${subject} ${verb}: ${names.join(', ')}`,
      ...given({ request, ...(isMissing ? { a: listed } : { b: listed }) }),
      count: finding.count,
    },
    differences: group.flatMap(({ differences }) => differences),
  };
}
