import { PROGRAM_OF_CHECKOUT } from '../constants/program.ts';
import { TASKS, type Task } from '../scenario/topics.ts';
import { inBookOrder } from './contents.ts';
import { block, code, list, page, prose, proseWithCode } from './markdown.ts';
import type { ChapterSource } from './sources.ts';

const TITLE = {
  title: 'The Envoy Big Book, executable',
  description: 'Real Envoy, real netfilter, every claim asserted',
};

/** The first page: the chapters by task, and how to read one. */
export function indexPage(chapters: Pick<ChapterSource, 'scenario'>[]): string {
  const sorted = inBookOrder(chapters);
  return page(TITLE, [
    'How Envoy behaves between a client, the kernel and an upstream. Each chapter runs a real Envoy in its own network namespaces, and asserts every claim on its page.',
    '**Planning an upgrade?** [Check your own config](check.md) on two versions with one command. [Changes between Envoy versions](versions.md) lists every known change, and `npm run bigbook -- compare 1.37.0 1.40.0` compares any two versions. **Something does not work?** [Find the symptom](troubleshooting.md).',
    '## <a id="start"></a>Get started',
    'You need a checkout of this project, a container engine on Linux (local, or reached through `DOCKER_HOST` or a Docker context), and Node 20.18.1 or newer. In the checkout:',
    block(
      'sh',
      [
        'npm run setup # install npm packages and images',
        `${PROGRAM_OF_CHECKOUT} run original-dst # run one chapter`,
        `${PROGRAM_OF_CHECKOUT} run # run every chapter`,
      ].join('\n'),
    ),
    'Paths such as `suites/original-dst/claims.test.ts` begin at the root of the checkout. [Commands](commands.md) lists every command.',
    '## Chapters',
    ...(Object.keys(TASKS) as Task[]).flatMap((task) => {
      const own = sorted.filter(({ scenario }) => scenario.task === task);
      return own.length > 0 ? [`### ${prose(TASKS[task])}`, list(own.map(entryOf))] : [];
    }),
    '## How to read a chapter',
    [
      'A chapter begins with its requirement and its lab: hosts, netfilter rules and the Envoy config.',
      'Its first exchange is shown whole, from the response to the counters.',
      'Each claim is a test; below it are the values that the test read.',
      'The trace is one request: packets from tcpdump, matched rules from the kernel, steps from the Envoy log, without acknowledgements, ends of connections and repetitions.',
      'The faults show that each claim can fail.',
      'The commands at the end start the same lab on your machine.',
    ].join(' '),
    'Values that vary between runs are masked: `<port>` is an ephemeral port, `<blue>` the address of the host `blue`, and `<id>`, `<date>` and `<ms>` are what their names say.',
    '## More',
    list([
      '[Your own chapters](own-chapters.md)',
      '[Set-up](setup.md)',
      '[How the harness works](how-it-works.md)',
      '[Commands](commands.md)',
      '[Glossary](glossary.md)',
    ]),
  ]);
}

function entryOf({ scenario: { slug, requirement, tags } }: Pick<ChapterSource, 'scenario'>): string {
  return [`[${slug}](${slug}.md): ${proseWithCode(requirement)}`, ...tags.map(code)].join(' ');
}
