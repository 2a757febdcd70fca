import type { Spread } from '../../helpers/bench/spread.ts';
import { describeEnvoy, describeMachine } from '../../helpers/report/wording.ts';
import type { Bench, Measurement } from '../bench/measure.ts';
import { benchProxiesCommand } from './bench-proxies.ts';
import { command, print } from './command.ts';
import { wholeFrom } from './option-values.ts';

export const benchCommand = command('bench', ['bench --runs 3'])
  .description(
    'Measure lab start, exchange, teardown and whole runs, each beside its baseline. Print a Markdown table; progress goes to stderr.',
  )
  .option('--runs <number>', 'repetitions of each measurement', wholeFrom(1), 5)
  .option('--json', 'print JSON')
  .addCommand(benchProxiesCommand)
  .action(async ({ runs, json }: { runs: number; json?: true }) => {
    const { measure } = await import('../bench/measure.ts');
    const bench = await measure(runs, (line) => process.stderr.write(`${line}\n`));
    print(json ? bench : describe(bench));
  });

function describe({ machine, cores, envoy, runs, measurements }: Bench): string {
  return `${describeEnvoy(envoy)} on ${describeMachine(machine)}, ${cores} cores; medians of ${runs} runs, fastest and slowest in brackets.

| | time | baseline | ratio |
| --- | --- | --- | --- |
${measurements.map(row).join('\n')}

Labs run in the sandbox \`containers\`, whole runs in the default one. Baseline of start and teardown: the same containers with the same settings through the engine's API alone, until Envoy answers
\`/ready\`. Baseline of an exchange: the same request from the same agent, unobserved.
`;
}

function row({ topology, what, took, baseline, ratio }: Measurement): string {
  const cells = [
    `${topology}: ${what}`,
    cell(took),
    baseline ? cell(baseline) : '',
    ratio ? `${ratio.toFixed(2)} ×` : '',
  ];
  return `| ${cells.join(' | ')} |`;
}

function cell({ median, min, max }: Spread): string {
  return `${milliseconds(median)} ms (${milliseconds(min)} – ${milliseconds(max)})`;
}

/** Rounds to the precision of a busy machine: `4.3`, `76`, `1,240`. */
function milliseconds(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : Math.round(ms).toLocaleString('en-US');
}
