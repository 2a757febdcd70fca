import type { Faults } from '../../helpers/scenario/faults.ts';
import { capturedEnds } from '../shared/connection-ends/faults.ts';
import { RULE } from './scenario.ts';

export const faults: Faults = capturedEnds(RULE);
