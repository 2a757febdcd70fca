import type { TestCase } from 'vitest/node';
import { literal } from '../../helpers/util/literal.ts';

/** A claim's title, unique in its chapter, and the title of its `describe`. */
export interface ClaimName {
  title: string;
  group?: string;
}

export function claimName({ name, parent }: TestCase): ClaimName {
  return parent.type === 'suite' ? { title: name, group: parent.name } : { title: name };
}

/** Matches these claims only: vitest tests a pattern against group and title, joined by a space. */
export function claimsPattern(claims: ClaimName[]): RegExp {
  const names = claims.map(({ title, group }) => literal(group === undefined ? title : `${group} ${title}`));
  return new RegExp(`^(?:${names.join('|')})$`);
}
