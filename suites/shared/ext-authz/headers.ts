import type { HeaderValueOption } from '../../../helpers/exchange/stub-calls.ts';
import type { RawHeader } from '../../../helpers/exchange/wire.ts';
import { APPEND_ACTION, type AppendAction, header } from '../../../helpers/scenario/answers.ts';

export const APPEND_ACTIONS = Object.keys(APPEND_ACTION) as AppendAction[];

export function twice(name: string): RawHeader[] {
  return [
    [name, 'c1'],
    [name, 'c2'],
  ];
}

export function many(count: number): HeaderValueOption[] {
  return Array.from({ length: count }, (_, index) => header(`x-many-${index}`, 'stub'));
}
