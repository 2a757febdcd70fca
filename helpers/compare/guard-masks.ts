/**
 * Halves of a list of guards such that the halves that have an effect name the guard: one pair for
 * each bit of a guard's index, the guards without and with that bit.
 */
export function halvesOf(guards: readonly string[]): [string[], string[]][] {
  const bits = Math.ceil(Math.log2(guards.length));
  return Array.from({ length: Math.max(0, bits) }, (_, bit) => {
    const has = (index: number): boolean => Math.floor(index / 2 ** bit) % 2 === 1;
    return [guards.filter((_, index) => !has(index)), guards.filter((_, index) => has(index))];
  });
}

/**
 * The only guard with an effect.
 *
 * @param effects whether each half had the effect
 * @returns undefined where one guard alone does not account for the effects
 */
export function guardOf(guards: readonly string[], effects: readonly [boolean, boolean][]): string | undefined {
  if (effects.some(([without, having]) => without === having)) return undefined;
  return guards[effects.reduce((index, [, having], bit) => index + (having ? 2 ** bit : 0), 0)];
}
