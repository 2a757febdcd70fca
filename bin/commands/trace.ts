import { DOWNSTREAM_UID } from '../../helpers/constants/ports.ts';
import { UsageError } from '../../helpers/util/errors.ts';
import { given } from '../../helpers/util/given.ts';
import { command, print } from './command.ts';
import { wholeFrom } from './option-values.ts';

interface TraceOptions {
  envoy?: string;
  user: number;
  mermaid?: true;
  json?: true;
  pcap?: string;
}

export const traceCommand = command('trace', ['trace tproxy-outgoing -- curl -H "host: blue" http://198.51.100.10/'])
  .description(
    'Sends one request and shows its life in one time line over all hosts: packets, the rules that they matched, Envoy, authorization, upstream. In the lab that is up, or else in one of its own.',
  )
  .usage('[options] [slug] [-- <command...>]')
  .argument(
    '[words...]',
    'the chapter (default: the only one that is up), and the command behind -- (default: the chapter’s own request)',
  )
  .option('--envoy <version>', 'the Envoy that a lab of its own has (default: the newest)')
  .option('--user <uid>', 'run the command as this user', wholeFrom(0), DOWNSTREAM_UID)
  .option('--mermaid', 'print a Mermaid sequence diagram')
  .option('--json', 'print one JSON value and nothing else')
  .option('--pcap <folder>', 'keep what each host captured there, for Wireshark')
  .action(async (all: string[], { envoy, user, mermaid, json, pcap }: TraceOptions) => {
    const { splitCommand } = await import('../playground/split-command.ts');
    const { words, command } = splitCommand(all);
    const [slug = await theOnlyLab(), ...more] = words;
    if (more.length > 0) throw new UsageError(`too many words before --: ${more.join(' ')}`);
    if (mermaid && json) throw new UsageError('--mermaid and --json are two forms of one output; name one');
    const { traceLab, writeCaptures } = await import('../playground/trace-lab.ts');
    const { formatTimeline, mermaidOf } = await import('../../helpers/trace/timeline-text.ts');
    const traced = await traceLab({ slug, ...given({ envoy }) }, command, user);
    if (pcap !== undefined) await writeCaptures(pcap, traced);
    const { timeline } = traced;
    print(json ? timeline : mermaid ? mermaidOf(timeline) : formatTimeline(timeline));
  });

async function theOnlyLab(): Promise<string> {
  const { labsUp } = await import('../../fixtures/playground/lab-client.ts');
  const [only, ...more] = await labsUp();
  if (only !== undefined && more.length === 0) return only;
  const others = only === undefined ? 'no lab is up' : `several labs are up: ${[only, ...more].join(', ')}`;
  throw new UsageError(`missing a chapter, as in \`trace original-dst\`; ${others}`);
}
