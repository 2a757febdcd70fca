/** A quantifier: how often its part is repeated in a sample. */
interface Repeated {
  times: number;
  length: number;
}

/** What a class escape stands for. */
const ESCAPES: Record<string, string> = { d: '1', w: 'a', s: ' ', D: 'a', W: '-', S: 'a', t: '\t', n: '\n', r: '\r' };

/** Escapes that match at a position and consume nothing. */
const POSITIONS = 'bBAz';

/**
 * A text that a regular expression matches from end to end; undefined where this generator does not
 * know its syntax or finds none.
 *
 * @param usable whether a text can be used, such as one that begins with `/`
 */
export function regexSample(regex: string, usable: (text: string) => boolean = () => true): string | undefined {
  const matcher = fullMatch(regex);
  if (!matcher) return undefined;
  const made = new Sampler(regex.replace(/^\(\?[a-z]+\)/, '')).all();
  if (made === undefined) return undefined;
  return [made, `/${made}`, `${made}a`].find((text) => matcher.test(text) && usable(text));
}

/** An RE2 expression as one of JavaScript that matches whole texts; undefined where it has no such form. */
export function fullMatch(regex: string): RegExp | undefined {
  const [flags = '', letters = ''] = /^\(\?([a-z]+)\)/.exec(regex) ?? [];
  const body = regex.slice(flags.length).replaceAll('(?P<', '(?<');
  try {
    return new RegExp(`^(?:${body})$`, letters.includes('i') ? 'i' : '');
  } catch {
    return undefined;
  }
}

/** Makes one text of an expression, from the first alternative of each group. */
class Sampler {
  #at = 0;
  readonly #regex: string;

  constructor(regex: string) {
    this.#regex = regex;
  }

  all(): string | undefined {
    const text = this.#alternatives();
    return this.#at < this.#regex.length ? undefined : text;
  }

  #alternatives(): string | undefined {
    const first = this.#sequence();
    let text = first;
    while (this.#regex[this.#at] === '|') {
      this.#at++;
      const next = this.#sequence();
      text ??= next;
      // An empty alternative says little about the rest of a path.
      if (text === '') text = next;
    }
    return text;
  }

  #sequence(): string | undefined {
    let text = '';
    while (this.#at < this.#regex.length && !')|'.includes(this.#regex[this.#at] ?? '')) {
      const part = this.#part();
      if (part === undefined) return undefined;
      const { times, length } = quantifierAt(this.#regex, this.#at, part);
      this.#at += length;
      text += part.text.repeat(times);
    }
    return text;
  }

  #part(): { text: string; varies: boolean } | undefined {
    const character = this.#regex[this.#at++] ?? '';
    if (character === '^' || character === '$') return { text: '', varies: false };
    // People write `example.com` and mean the dot.
    if (character === '.') return { text: '*+?{'.includes(this.#regex[this.#at] ?? ' ') ? 'a' : '.', varies: true };
    if (character === '[') return this.#characterClass();
    if (character === '(') return this.#group();
    if (character === '\\') {
      const escaped = this.#regex[this.#at++] ?? '';
      if (POSITIONS.includes(escaped)) return { text: '', varies: false };
      const known = ESCAPES[escaped];
      if (known === undefined && /[A-Za-z0-9]/.test(escaped)) return undefined;
      return { text: known ?? escaped, varies: known !== undefined };
    }
    return '*+?{'.includes(character) ? undefined : { text: character, varies: false };
  }

  #group(): { text: string; varies: boolean } | undefined {
    const [opening] = /^\?(?:[imsU]*:|P?<\w+>)/.exec(this.#regex.slice(this.#at)) ?? [];
    if (opening === undefined && this.#regex[this.#at] === '?') return undefined;
    this.#at += opening?.length ?? 0;
    const text = this.#alternatives();
    if (text === undefined || this.#regex[this.#at++] !== ')') return undefined;
    return { text, varies: false };
  }

  #characterClass(): { text: string; varies: boolean } | undefined {
    const [whole, body = ''] = /^(\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*)\]/.exec(this.#regex.slice(this.#at)) ?? [];
    if (whole === undefined) return undefined;
    this.#at += whole.length;
    let matcher: RegExp;
    try {
      matcher = new RegExp(`^[${body}]$`);
    } catch {
      return undefined;
    }
    const text = [...CHARACTERS].find((character) => matcher.test(character));
    return text === undefined ? undefined : { text, varies: true };
  }
}

/** Characters of a sample, the most usual first. */
const CHARACTERS = 'a1A-_.~/ :@!#$%&()*+,;=?[]^{|}"\'<>`\\';

/** A part that varies occurs at least once, so that a sample of `/v[0-9]*` shows a digit. */
function quantifierAt(regex: string, at: number, { varies }: { varies: boolean }): Repeated {
  const [whole = '', least] = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})\??/.exec(regex.slice(at)) ?? [];
  if (whole === '') return { times: 1, length: 0 };
  const times = least === undefined ? (whole[0] === '+' || (whole[0] === '*' && varies) ? 1 : 0) : Number(least);
  return { times, length: whole.length };
}
