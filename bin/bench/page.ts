import { readFileSync, writeFileSync } from 'node:fs';
import { messageOf, UsageError } from '../../helpers/util/errors.ts';

const BEGIN = '<!-- Begin of the output of bench. -->';
const END = '<!-- End of the output of bench. -->';

/** A page with a place for results: between two comments. */
export class ResultsPage {
  private constructor(readonly path: string) {}

  /** @throws UsageError where the file cannot be read, or has no place for results */
  static open(path: string): ResultsPage {
    const page = new ResultsPage(path);
    page.#parts();
    return page;
  }

  /** Replaces the results; keeps everything before and after them. */
  write(results: string): void {
    const { before, after } = this.#parts();
    writeFileSync(this.path, `${before}\n\n${results.trimEnd()}\n\n${after}`);
  }

  #parts(): { before: string; after: string } {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      throw new UsageError(
        `--write ${this.path}: cannot read it: ${messageOf(error)}; expected a page such as docs/performance.md`,
      );
    }
    const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
    if (from < 0 || to < from)
      throw new UsageError(
        `--write ${this.path}: expected the lines "${BEGIN}" and "${END}", between which results stand`,
      );
    return { before: text.slice(0, from + BEGIN.length), after: text.slice(to) };
  }
}
