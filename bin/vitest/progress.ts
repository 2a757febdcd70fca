/**
 * Prints lines that arrive from several files at once so that those of one file stand together: one file at a time is
 * shown live, the others' lines are kept until it is their turn.
 */
export class GroupedLines {
  readonly #print: (line: string) => void;
  /** In order of their first line; the first one is live. */
  readonly #groups = new Map<string, { waiting: string[]; ended: boolean }>();

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /** @param head printed above the group's first line */
  add(group: string, line: string, head?: string): void {
    let known = this.#groups.get(group);
    if (!known) {
      known = { waiting: head === undefined ? [] : [head], ended: false };
      this.#groups.set(group, known);
    }
    known.waiting.push(line);
    this.#flush();
  }

  end(group: string): void {
    const known = this.#groups.get(group);
    if (!known) return;
    known.ended = true;
    this.#flush();
  }

  /** Everything that still waits, ended or not: the run is over. */
  endAll(): void {
    for (const group of this.#groups.values()) group.ended = true;
    this.#flush();
  }

  #flush(): void {
    for (const [name, group] of this.#groups) {
      for (const line of group.waiting.splice(0)) this.#print(line);
      if (!group.ended) return;
      this.#groups.delete(name);
    }
  }
}
