import { Option } from 'commander';
import { LEVELS } from '../../helpers/check/finding.ts';
import { DEFAULT_FAIL_ON } from '../../helpers/check/verdict.ts';
import { ASK_S, EXPLAINED } from '../check/options.ts';
import type { CheckCommandOptions } from '../check/run-check.ts';
import { command } from './command.ts';
import {
  envoyBinaryOption,
  envoyImageOption,
  gathered,
  type LabSettings,
  sandboxOption,
  useLabSettings,
  wholeFrom,
} from './option-values.ts';

export const checkCommand = command(
  'check',
  [
    'check envoy.yaml --envoy 1.36.4,1.40.0',
    'check deploy/ --env SERVICE=backend --files ./certs:/etc/certs --markdown',
    'check --from-dump dump.json --rules iptables.sh --topology pod',
  ],
  `
Levels, heaviest first: ${LEVELS.join(', ')}.
Exit codes: 0 no finding at or above --fail-on, 1 a finding, 2 input that cannot be checked, 3 set-up.
`,
)
  .description(
    'Compare two Envoy versions on your own config: how they load it, and how they answer requests that are derived from it. Nothing has to be written. The report is written to reports/<id>/.',
  )
  .argument(
    '[config...]',
    'Envoy bootstraps in YAML or JSON: files, folders or globs; or names of setups (default: all setups of bigbook.config.*)',
  )
  .option(
    '--envoy <a,b>',
    'the Envoy in use and the new one: known versions or images (default: the version in .envoy-version, a Dockerfile, a compose file or chart values near the config, and the newest)',
  )
  .addOption(envoyImageOption('the new one, or after --envoy A; twice for both'))
  .addOption(envoyBinaryOption('as --envoy-image'))
  .option('--env <name=value>', 'value of a variable of configs; repeatable', gathered)
  .option('--files <host:container>', 'file or folder at the path that the config names; repeatable', gathered)
  .option('--from-dump <file>', 'a saved /config_dump?include_eds instead of a config')
  .option('--rules <file>', 'iptables script, iptables-save text or nft file to load before Envoy starts')
  .option('--topology <name>', 'edge, sameHost, router or pod (default: chosen by the rules, else edge)')
  .option('--uid <name=id>', 'id of a user that rules name; envoy and app are the programs; repeatable', gathered)
  .option('--requests <file>', 'send the requests of a .http file instead of derived ones; repeatable', gathered)
  .option('--write-requests <folder>', 'write the derived requests to .http files, to be edited')
  .option('--all-requests', 'send all derived requests (default: the 60 most different ones)')
  .addOption(
    new Option(
      '--time <seconds>',
      `how long the requests to both Envoys may take; requests for which there is no time are not sent, and the verdict says so (default: ${ASK_S}; with --all-requests no limit)`,
    ).argParser(wholeFrom(1)),
  )
  .option('--only <code>', 'send only the request with this code, or the one that showed the finding')
  .option('--keep', 'keep the lab of the new Envoy running until Ctrl-C, for `trace` and `exec`')
  .option('--guard <name=value>', 'set a runtime guard on both Envoys; repeatable', gathered)
  .addOption(
    new Option(
      '--explain [findings]',
      `look for the runtime guard that causes each finding, up to so many (default: ${EXPLAINED})`,
    ).argParser(wholeFrom(1)),
  )
  .option('--no-explain', 'do not look for runtime guards')
  .addOption(
    new Option(
      '--fail-on <level>',
      `exit with 1 for findings of this level or a heavier one (default: ${DEFAULT_FAIL_ON})`,
    ),
  )
  .option('--accept <file>', 'YAML list of accepted findings: code, reason and optionally place')
  .option('--print-accept', 'print the entries that would accept the findings on stdout, and the report on stderr')
  .option('--show-added', 'print the config with what the harness adds, and exit')
  .addOption(sandboxOption())
  .option('--json', 'print JSON')
  .option('--markdown', 'print Markdown for a pull request')
  .option('--junit <file>', 'write a JUnit report')
  .option('--html <file>', 'write a self-contained HTML report')
  .option('--annotations', 'print GitHub workflow commands that annotate the config')
  .action(async (configs: string[], options: CheckCommandOptions & LabSettings) => {
    useLabSettings(options);
    const { runCheck } = await import('../check/run-check.ts');
    process.exitCode = await runCheck(configs, options);
  });
