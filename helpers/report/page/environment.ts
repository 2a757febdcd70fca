import type { EnvoyRecord, RunRecord } from '../../record/record.ts';
import { describeLacking } from '../../record/verdict.ts';
import { type Content, type Html, html } from '../html.ts';
import { describeMachine } from '../wording.ts';
import { table } from './elements.ts';

/** The Envoy versions and kernels of a run, for its head. */
export function environmentFacts({ envoys }: RunRecord): [name: string, value: string][] {
  const versions = envoys.map(({ name, build }) => {
    if (!build) return `${name} (did not start)`;
    return envoys.length > 1 ? name : `${name} (${build.source}, commit ${build.commit.slice(0, 12)})`;
  });
  const kernels = envoys.flatMap(({ machine }) => (machine ? `${machine.kernel} ${machine.architecture}` : []));
  return [
    ['Envoy', versions.join(', ') || 'none started'],
    ['Kernel', [...new Set(kernels)].map((kernel) => `Linux ${kernel}`).join(', ') || 'unknown'],
  ];
}

/** The build and the machine of one Envoy. */
export function environment({ name, build, machine }: EnvoyRecord): Html {
  const rows: [string, Content][] = [
    ['Envoy', build ? `${build.version}, commit ${build.commit}` : 'did not start'],
    ['Build', build ? html`<code>${build.fullVersion}</code>` : 'unknown'],
    ['Image', build ? html`<code>${build.image}</code> (${build.source})` : 'unknown'],
    ['Machine', machine ? describeMachine(machine) : 'not probed'],
    ['Kernel', machine ? machine.kernel : 'not probed'],
    ['Rule backend', machine ? html`<code>${machine.backend}</code>` : 'not probed'],
    ['Missing capabilities', machine ? describeLacking(machine) : 'not probed'],
  ];
  const cells = rows.map(([title, value]) => [html`<th scope="row">${title}</th>`, html`<td>${value}</td>`]);
  return html`<h3>${name}</h3>\n${table(`Environment of ${name}`, [], cells)}`;
}
