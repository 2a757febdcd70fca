import type { TestCase } from 'vitest/node';
import { literal } from '../../helpers/util/literal.ts';

/** A claim's title, which is unique in its chapter, and the topic of the `describe` it is declared in. */
export interface ClaimName {
  title: string;
  group?: string;
}

export function claimName({ name, parent }: TestCase): ClaimName {
  return parent.type === 'suite' ? { title: name, group: parent.name } : { title: name };
}

/** Matches these claims and no others: vitest tests a pattern against the group and the title, joined by a space. */
export function claimsPattern(claims: ClaimName[]): RegExp {
  const names = claims.map(({ title, group }) => literal(group === undefined ? title : `${group} ${title}`));
  return new RegExp(`^(?:${names.join('|')})$`);
}
