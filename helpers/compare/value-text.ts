import { counted } from '../report/wording.ts';
import type { Difference } from './differences.ts';
import { countOf, type ValueChange } from './entries.ts';
import { describeWeight } from './weight.ts';
import { type DiffStyle, wordDiff } from './word-diff.ts';

/** How many values of a known change are printed by default. */
export const FEW = 3;

/** Longer values are cut for printing. */
const LONGEST = 400;

/** `tproxy-local › claim › GET http://<blue>`. */
export function placeText({ slug, claim, exchange }: Difference): string {
  return [slug, claim, exchange].filter((part) => part !== '').join(' › ');
}

/** The only place of a change, or the number of its places and the first of them. */
export function placesText({ places }: ValueChange): string {
  const [first, ...more] = places;
  if (!first) return '';
  return more.length === 0 ? placeText(first) : `${places.length} places, first: ${placeText(first)}`;
}

/** Both values of a change, with a word diff. */
export function valuesText(change: ValueChange, style: DiffStyle): [a: string | undefined, b: string | undefined] {
  const [a, b] = [change.a, change.b].map((text) => text?.replaceAll(/\s+/g, ' '));
  const [one, other] = a === undefined || b === undefined ? [a, b] : wordDiff(a, b, style);
  return [one && cut(one), other && cut(other)];
}

/** `and 40 more differences of 12 values`. */
export function describeRest(values: ValueChange[]): string {
  return `and ${counted(countOf(values), 'more difference')} of ${counted(values.length, 'value')}`;
}

/** `96 differences: 89 in status, body and headers to either side; 7 in access log and warnings`. */
export function describeWeights(values: ValueChange[]): string {
  const weights = [...new Set(values.map(({ weight }) => weight))];
  const total = counted(countOf(values), 'difference');
  const [only, ...more] = weights;
  if (only !== undefined && more.length === 0) return `${total} in ${describeWeight(only)}`;
  const parts = weights.map((weight) => {
    const those = values.filter((value) => value.weight === weight);
    return `${countOf(those)} in ${describeWeight(weight)}`;
  });
  return `${total}: ${parts.join('; ')}`;
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text;
}
