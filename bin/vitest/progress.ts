/** Prints lines of several files in groups: one file is live, the lines of the others wait. */
export class GroupedLines {
  readonly #print: (line: string) => void;
  /** In the order of their first lines; the first one is live. */
  readonly #groups = new Map<string, { waiting: string[]; ended: boolean }>();

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /** @param head printed above the group's first line */
  add(group: string, line: string, head?: string): void {
    const known = this.#groups.get(group) ?? { waiting: head === undefined ? [] : [head], ended: false };
    known.waiting.push(line);
    this.#groups.set(group, known);
    this.#flush();
  }

  end(group: string): void {
    const known = this.#groups.get(group);
    if (known) known.ended = true;
    this.#flush();
  }

  /** Prints everything that waits: the run has ended. */
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
