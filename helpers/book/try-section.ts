import { DOWNSTREAM_HOST, ENVOY_HOSTS } from '../constants/host-names.ts';
import { DOWNSTREAM_UID } from '../constants/ports.ts';
import { PROGRAM_OF_CHECKOUT } from '../constants/program.ts';
import { firstRequest } from '../scenario/first-request.ts';
import { shellWords } from '../util/shell-words.ts';
import { block, type Part, present } from './markdown.ts';
import type { ChapterSource } from './sources.ts';

/** Commands to copy, each on a line with a comment. A test runs them as they stand. */
export function trySection({ scenario, faults }: ChapterSource): Part[] {
  const { slug, topology, envoy, netfilter, netfilter6 } = scenario;
  const downstream = topology.kind === 'same host' ? ENVOY_HOSTS[topology.kind] : DOWNSTREAM_HOST;
  const rulesets = [netfilter, netfilter6, ...Object.values(topology.upstreams).map((spec) => spec.netfilter ?? '')];
  const hasRules = rulesets.some((rules) => rules.trim() !== '');
  const [fault] = Object.keys(faults);
  const request = shellWords(firstRequest(scenario));
  const line = (command: string, does: string): string => `${PROGRAM_OF_CHECKOUT} ${command} # ${does}`;
  const lines = [
    line(`up ${slug} --detach`, 'start the lab'),
    line(`exec ${slug} ${downstream} --user ${DOWNSTREAM_UID} -- ${request}`, 'send a request'),
    line(`trace ${slug}`, 'trace a request'),
    hasRules && line(`rules ${slug}`, 'show the rules and their counters'),
    netfilter.trim() !== '' && line(`edit ${slug} rules`, 'edit the rules'),
    envoy && line(`edit ${slug} config`, "edit Envoy's config"),
    line(`reset ${slug}`, 'restore rules and config'),
    line(`down ${slug}`, 'stop the lab'),
    line(`run ${slug}`, 'run the claims'),
    fault !== undefined && line(`prove ${slug} --fault ${shellWords([fault])}`, 'inject a fault'),
  ];
  return ['## Try it', block('sh', present(lines).join('\n'))];
}
