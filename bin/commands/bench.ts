import type { Spread } from '../../helpers/bench/spread.ts';
import { describeEnvoy, describeMachine } from '../../helpers/report/wording.ts';
import type { Bench, Measurement } from '../bench/measure.ts';
import { benchProxiesCommand } from './bench-proxies.ts';
import { command, print } from './command.ts';
import { wholeFrom } from './option-values.ts';

export const benchCommand = command('bench', ['bench --runs 3'])
  .description(
    'Measures how long labs and whole runs take, beside the least they could: a table in Markdown. Progress goes to stderr.',
  )
  .option('--runs <number>', 'how often each thing is measured', wholeFrom(1), 5)
  .option('--json', 'print one JSON value and nothing else')
  .addCommand(benchProxiesCommand)
  .action(async ({ runs, json }: { runs: number; json?: true }) => {
    const { measure } = await import('../bench/measure.ts');
    const bench = await measure(runs, (line) => process.stderr.write(`${line}\n`));
    print(json ? bench : describe(bench));
  });

function describe({ machine, cores, envoy, runs, measurements }: Bench): string {
  return `${describeEnvoy(envoy)} on ${describeMachine(machine)}, ${cores} cores; medians of ${runs} runs, from the fastest to the slowest in brackets.

| | time | floor | ratio |
| --- | --- | --- | --- |
${measurements.map(row).join('\n')}

Floor of start and teardown: the same containers with the same settings through the engine's API and nothing else, until Envoy answers
\`/ready\`. Floor of an exchange: the same request from the same agent, with nobody looking.
`;
}

function row({ topology, what, took, floor, ratio }: Measurement): string {
  const cells = [`${topology}: ${what}`, cell(took), floor ? cell(floor) : '', ratio ? `${ratio.toFixed(2)} ×` : ''];
  return `| ${cells.join(' | ')} |`;
}

function cell({ median, min, max }: Spread): string {
  return `${milliseconds(median)} ms (${milliseconds(min)} – ${milliseconds(max)})`;
}

/** Three digits say all that a busy machine can: `4.3`, `76`, `1,240`. */
function milliseconds(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : Math.round(ms).toLocaleString('en-US');
}
