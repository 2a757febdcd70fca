import { inBookOrder, isVariant } from './contents.ts';
import { page, prose } from './markdown.ts';
import type { BookSources } from './sources.ts';

/** The first page: the requirement of every chapter, and how to read the book. */
export function indexPage({ chapters, envoys: { envoys } }: BookSources): string {
  const items = inBookOrder(chapters).map(({ scenario }) => {
    const { slug, title, requirement } = scenario;
    return `${isVariant(scenario) ? '  ' : ''}- [${prose(title)}](${slug}.md): ${prose(requirement)}`;
  });
  const versions = envoys.map(({ version }) => version);
  const [oldest, newest] = [versions[0], versions.at(-1)];
  const range = oldest === newest ? `Envoy ${newest}` : `${versions.length} Envoys from ${oldest} to ${newest}`;
  return page({ title: 'The Envoy Big Book, run', description: 'Real Envoy, real netfilter, every claim asserted' }, [
    'What goes on between Envoy and the kernel, chapter by chapter: which rule took the packet, which socket got it, what Envoy did, what the upstream saw. Every page is made from a scenario as it is stood up, and from what was seen when it ran.',
    '## The chapters',
    items.join('\n'),
    '## How to read a chapter',
    [
      'Each begins with the sentence that must hold, then shows what is stood up: hosts, rules and config, as they are loaded.',
      'Then come the claims, each a fact that a test asserts. Open what stands under one to see an exchange that it was asserted of: what the downstream got, what the upstream received, which rules counted, what conntrack rewrote, what Envoy logged.',
      'The sequence diagram is one request, traced. The faults behind it show that each claim can fail, and the last part how to try it yourself.',
    ].join(' '),
    'What is random is masked by what it is: `<port>` is a port that the kernel picked, `<blue>` the address of the host blue, `<id>`, `<date>` and `<ms>` what they say.',
    '## Further',
    [
      `- [Which Envoy does what](versions.md): the claims on ${versions.length === 0 ? 'each Envoy' : range}, and what differs between them`,
      '- [How the harness works](how-it-works.md)',
      '- [Glossary](glossary.md)',
    ].join('\n'),
  ]);
}
