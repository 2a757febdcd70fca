import type { Variant } from '../../helpers/record/variants.ts';
import { counted } from '../../helpers/report/wording.ts';
import { EXIT } from '../../helpers/util/errors.ts';
import { colours as pc } from '../colours.ts';
import { runUnreported } from '../run/unreported-runs.ts';

/**
 * Runs chapters without a fault, and says which claims fail: each would pass for one that detects every fault.
 *
 * @returns the exit status to end with; undefined where every chapter is sound
 * @throws the error of a failed set-up
 */
export async function refuseUnsound(
  variant: Variant,
  slugs: string[],
  say: (line: string) => unknown,
): Promise<number | undefined> {
  say(pc.dim(`running ${counted(slugs.length, 'chapter')} without a fault`));
  const envoys = await runUnreported([{ ...variant, leavesEvidence: false }], slugs);
  if (!envoys) return EXIT.interrupted;
  const failed = envoys.flatMap(({ chapters }) =>
    chapters.flatMap(({ slug, claims }) =>
      claims
        .filter(({ outcome }) => outcome === 'failed' || outcome === 'error')
        .map(({ title }) => `${slug}: claim "${title}" fails without a fault`),
    ),
  );
  for (const line of failed) say(`${pc.red('✗')} ${line}`);
  return failed.length > 0 ? EXIT.failed : undefined;
}
