import type { Command } from 'commander';
import { parseEnvoys } from '../../helpers/envoy/versions.ts';
import { describeProxies } from '../bench/describe-proxies.ts';
import type { ProxiesOptions } from '../bench/measure-proxies.ts';
import { command, print } from './command.ts';
import { ENVOY_VERSIONS, wholeFrom } from './option-values.ts';

interface Options extends Omit<ProxiesOptions, 'envoys'> {
  envoy?: string;
  json?: true;
}

/** A subcommand of `bench`; the options `--runs` and `--json` may be before or after `proxies`. */
export const benchProxiesCommand = command('proxies', ['bench proxies --envoy 1.36.4,1.40.0'])
  .description(
    'Send the same load through the HTTP proxy, through the TCP proxy and directly to the upstream. Print a Markdown table; progress goes to stderr.',
  )
  .option('--envoy <versions>', ENVOY_VERSIONS)
  .option('--requests <number>', 'requests per load', wholeFrom(1_000), 40_000)
  .configureHelp({ showGlobalOptions: true })
  .action(async (_, proxies: Command) => {
    const { envoy = 'latest', runs, requests, json } = proxies.optsWithGlobals<Options>();
    const envoys = parseEnvoys(envoy);
    const { measureProxies } = await import('../bench/measure-proxies.ts');
    const bench = await measureProxies({ envoys, runs, requests }, (line) => process.stderr.write(`${line}\n`));
    print(json ? bench : describeProxies(bench));
  });
