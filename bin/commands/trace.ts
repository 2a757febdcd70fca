import { DOWNSTREAM_UID } from '../../helpers/constants/ports.ts';
import type { EnvoyChoice } from '../../helpers/record/variants.ts';
import { UsageError } from '../../helpers/util/errors.ts';
import { command, helpArguments, print, RUNNING_LAB } from './command.ts';
import { envoyBinaryOption, envoyImageOption, wholeFrom } from './option-values.ts';

interface TraceOptions extends EnvoyChoice {
  user: number;
  mermaid?: true;
  json?: true;
  pcap?: string;
}

export const traceCommand = command('trace', ['trace tproxy-outgoing -- curl -H "host: blue" http://198.51.100.10/'])
  .description(
    'Send one request and print a timeline over all hosts: packets, matching rules, Envoy, authorization, upstream. Use the running lab of the chapter, or start one.',
  )
  .usage('[options] [slug] [-- <command...>]')
  .argument('[words...]')
  .configureHelp(
    helpArguments({
      slug: RUNNING_LAB,
      command: "command to run on the downstream host (default: the chapter's request)",
    }),
  )
  .option('--envoy <version>', 'Envoy version if a lab is started (default: latest)')
  .addOption(envoyImageOption('runs instead'))
  .addOption(envoyBinaryOption('runs instead'))
  .option('--user <uid>', 'run the command as this user and group', wholeFrom(0), DOWNSTREAM_UID)
  .option('--mermaid', 'print a Mermaid sequence diagram')
  .option('--json', 'print JSON')
  .option('--pcap <folder>', 'write the packet capture of each host, for Wireshark')
  .action(async (all: string[], { user, mermaid, json, pcap, ...envoys }: TraceOptions) => {
    const { splitCommand } = await import('../playground/split-command.ts');
    const { words, command } = splitCommand(all);
    const [slug = await theOnlyLab(), ...more] = words;
    if (more.length > 0) throw new UsageError(`too many words before --: expected [slug], found ${words.join(' ')}`);
    if (mermaid && json) throw new UsageError('--mermaid and --json exclude each other; choose one');
    const { checkCaptureFolder, traceLab, writeCaptures } = await import('../playground/trace-lab.ts');
    const { formatTimeline, mermaidOf } = await import('../../helpers/trace/timeline-text.ts');
    if (pcap !== undefined) await checkCaptureFolder(pcap);
    const traced = await traceLab({ slug, ...envoys }, command, user);
    if (pcap !== undefined) await writeCaptures(pcap, traced);
    const { timeline } = traced;
    print(json ? timeline : mermaid ? mermaidOf(timeline) : formatTimeline(timeline));
  });

async function theOnlyLab(): Promise<string> {
  const { labsUp } = await import('../../fixtures/playground/lab-client.ts');
  const [only, ...more] = await labsUp();
  if (only !== undefined && more.length === 0) return only;
  const others = only === undefined ? 'no lab is running' : `several labs are running: ${[only, ...more].join(', ')}`;
  throw new UsageError(`missing a chapter: ${others}; name one, as in \`trace original-dst\``);
}
