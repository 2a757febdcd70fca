import type { LabCall, LabCalls, Section } from '../../fixtures/playground/lab-calls.ts';
import { print } from './command.ts';

/** The calls that return sections. */
type Call = { [C in LabCall]: LabCalls[C] extends () => Promise<Section[]> ? C : never }[LabCall];

/** Prints the sections that a running lab returns for a call, each under its title. */
export async function printSections(call: Call, slug: string | undefined, json = false): Promise<void> {
  const { callLab } = await import('../../fixtures/playground/lab-client.ts');
  const sections: Section[] = await callLab(slug, call);
  print(json ? sections : sections.map(({ title, text }) => `== ${title}\n${text}\n`).join('\n') || 'none\n');
}
