import type { RunRecord } from '../../helpers/record/record.ts';
import { EXIT } from '../../helpers/util/errors.ts';
import { INTERRUPTED } from './interrupted.ts';

/** The exit status for each way in which a run can end. */
export const EXIT_OF: Record<RunRecord['outcome'], number> = {
  held: EXIT.held,
  partial: EXIT.held,
  failed: EXIT.failed,
  broken: EXIT.setup,
  running: INTERRUPTED,
};
