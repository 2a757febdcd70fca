import { isObject, type JsonObject, textAt } from '../../util/json.ts';
import { fullMatch, regexSample } from './regex-sample.ts';

type Usable = (text: string) => boolean;

/** A text that a StringMatcher accepts; undefined where none is known. */
export function matchingText(matcher: JsonObject, usable?: Usable): string | undefined {
  const { exact, prefix, suffix, contains } = matcher;
  if (typeof exact === 'string') return exact;
  if (typeof prefix === 'string') return prefix;
  if (typeof suffix === 'string') return suffix;
  if (typeof contains === 'string') return contains;
  const regex = textAt(matcher, 'safe_regex', 'regex');
  return regex === undefined ? undefined : regexSample(regex, usable);
}

/** Whether a StringMatcher accepts a text; undefined where its form is unknown. */
export function textMatches(matcher: JsonObject, text: string): boolean | undefined {
  const folded = (value: string): string => (matcher.ignore_case === true ? value.toLowerCase() : value);
  const { exact, prefix, suffix, contains } = matcher;
  const value = folded(text);
  if (typeof exact === 'string') return value === folded(exact);
  if (typeof prefix === 'string') return value.startsWith(folded(prefix));
  if (typeof suffix === 'string') return value.endsWith(folded(suffix));
  if (typeof contains === 'string') return value.includes(folded(contains));
  const regex = textAt(matcher, 'safe_regex', 'regex');
  return regex === undefined ? undefined : fullMatch(regex)?.test(text);
}

/** The StringMatcher that a HeaderMatcher contains, of its older fields too; undefined for other kinds. */
function matcherIn(header: JsonObject): JsonObject | undefined {
  if (isObject(header.string_match)) return header.string_match;
  const older = { exact: header.exact_match, prefix: header.prefix_match, suffix: header.suffix_match };
  const [found] = Object.entries({ ...older, contains: header.contains_match }).filter(
    ([, value]) => value !== undefined,
  );
  if (found) return Object.fromEntries([found]);
  return isObject(header.safe_regex_match) ? { safe_regex: header.safe_regex_match } : undefined;
}

/**
 * The value of a header that a HeaderMatcher accepts; null where the header must be absent, and
 * undefined where none is known.
 */
export function headerValue(header: JsonObject, usable?: Usable): string | null | undefined {
  const inverted = header.invert_match === true;
  const matcher = matcherIn(header);
  if (isObject(header.range_match)) {
    const { start = 0, end = 0 } = header.range_match;
    return `${inverted ? end : start}`;
  }
  if (matcher === undefined) return (header.present_match ?? true) === inverted ? null : 'present';
  if (!inverted) return matchingText(matcher, usable);
  return textMatches(matcher, OTHER) === false ? OTHER : undefined;
}

/** A value that few matchers accept. */
const OTHER = 'other';

/** Whether a HeaderMatcher accepts a header's value; undefined where its form is unknown. */
export function headerMatches(header: JsonObject, value: string | undefined): boolean | undefined {
  const inverted = header.invert_match === true;
  const matcher = matcherIn(header);
  const range = isObject(header.range_match) ? header.range_match : undefined;
  if (!matcher && !range) return (value !== undefined) === ((header.present_match ?? true) !== inverted);
  if (value === undefined && header.treat_missing_header_as_empty !== true) return false;
  const met = range
    ? Number(value) >= Number(range.start ?? 0) && Number(value) < Number(range.end ?? 0)
    : textMatches(matcher ?? {}, value ?? '');
  return met === undefined ? undefined : met !== inverted;
}
