/** The pages that differ from what would be generated now, a line each. */
export function pageDifferences(wouldBe: Map<string, string>, are: Map<string, string>): string[] {
  const differing = [...wouldBe].flatMap(([name, text]) => {
    const is = are.get(name);
    if (is === undefined) return [`docs/${name} is missing`];
    const [a, b] = [steady(is), steady(text)];
    return a === b ? [] : [`docs/${name}: ${firstDifference(a, b)}`];
  });
  const stray = [...are.keys()].filter((name) => !wouldBe.has(name));
  return [...differing, ...stray.map((name) => `docs/${name} belongs to no chapter`)];
}

/** A chapter page without what a record gives: its first exchange, and those of its claims. */
export function withoutExchanges(page: string): string {
  return page
    .replace(/\n\n<details>\n<summary>The first exchange[^:]*: [\s\S]*?\n<\/details>(?=\n)/, '')
    .replaceAll(/\n(- (\d+ × )?`| {2}- |This claim reads the lab itself).*/g, '');
}

/** Without numbers of packets: a busy kernel repeats some. */
function steady(text: string): string {
  return text.replaceAll(/: (\d+|some) packets?\b/g, ': <packets>');
}

function firstDifference(is: string, wouldBe: string): string {
  const [a, b] = [is.split('\n'), wouldBe.split('\n')];
  const at = a.findIndex((text, index) => text !== b[index]);
  const line = at < 0 ? a.length : at;
  return `line ${line + 1} is ${shown(a[line])}, expected ${shown(b[line])}`;
}

function shown(line: string | undefined): string {
  if (line === undefined) return 'missing';
  return JSON.stringify(line.length > 100 ? `${line.slice(0, 100)}…` : line);
}

/** The longest page, and the most lines of all chapter pages: for each chapter, and for each of its claims. */
export const PAGE_LIMITS = { page: 1500, perChapter: 120, perClaim: 8 };

/** The limits that pages exceed, a line each. */
export function limitsExceeded(chapters: { name: string; text: string; claims: number }[]): string[] {
  const linesOf = (text: string): number => text.split('\n').length - 1;
  const long = chapters.filter(({ text }) => linesOf(text) > PAGE_LIMITS.page);
  const lines = chapters.reduce((sum, { text }) => sum + linesOf(text), 0);
  const claims = chapters.reduce((sum, chapter) => sum + chapter.claims, 0);
  const allowed = PAGE_LIMITS.perChapter * chapters.length + PAGE_LIMITS.perClaim * claims;
  return [
    ...long.map(({ name, text }) => `docs/${name} has ${linesOf(text)} lines, at most ${PAGE_LIMITS.page} are allowed`),
    ...(lines > allowed
      ? [
          `the pages of ${chapters.length} chapters with ${claims} claims have ${lines} lines, at most ${allowed} are allowed`,
        ]
      : []),
  ];
}
