/** The commands of the part "Try it" of a chapter's page, as they stand there. */
export function tryCommands(page: string): string[] {
  const [, section = ''] = /^## Try it$(.*?)(?=^## |$(?![\s\S]))/ms.exec(page) ?? [];
  const blocks = [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
  return blocks.flatMap((block) => block.split('\n')).filter((line) => line !== '' && !line.startsWith('#'));
}
