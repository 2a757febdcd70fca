import { chaptersAcross, type Trouble } from '../record/digest.ts';
import type { EnvoyBuild, EnvoyRecord, Machine, RunRecord } from '../record/record.ts';

/** How many chapters a title names. */
const NAMED = 3;

/** `Envoy 1.40.0 (commit 1234567890ab, release binary)`. */
export function describeEnvoy(envoy: EnvoyBuild): string {
  return `Envoy ${envoy.version} (commit ${envoy.commit.slice(0, 12)}, ${envoy.source})`;
}

/** `Linux 6.18.0 x86_64, iptables v1.8.11 (nf_tables), Docker 20.10.24, sandbox namespaces`. */
export function describeMachine(machine: Machine): string {
  const sandbox = machine.sandbox === undefined ? [] : [`sandbox ${machine.sandbox}`];
  return [`Linux ${machine.kernel} ${machine.architecture}`, machine.iptables, machine.engine, ...sandbox].join(', ');
}

/** The Envoy and the machine of a run, as far as they are known. */
export function describeEnvironment({
  build,
  sidecar,
  machine,
}: Pick<EnvoyRecord, 'build' | 'sidecar' | 'machine'>): string {
  const beside = sidecar ? ` with sidecars of ${describeEnvoy(sidecar)}` : '';
  const parts = [build && `${describeEnvoy(build)}${beside}`, machine && describeMachine(machine)];
  return parts.filter((part) => part !== undefined).join(' on ') || 'no Envoy started';
}

/** `original-dst on Envoy 1.40.0: the claim`, without the Envoy in a run on one. */
export function describeTrouble({ envoy, slug, claims }: Trouble, { envoys }: RunRecord): string {
  const on = envoys.length > 1 ? ` on Envoy ${envoy.name}` : '';
  const [first] = claims;
  const what = first && claims.length === 1 ? first.title : `${counted(claims.length, 'claim')} without a result`;
  return `${slug}${on}: ${what}`;
}

/** `original-dst on Envoy 1.40.0`, `20 chapters on 11 Envoy versions`. */
export function describeSubject(run: Pick<RunRecord, 'envoys'>): string {
  const slugs = chaptersAcross(run).map(({ chapter }) => chapter.slug);
  const [envoy, ...more] = run.envoys;
  const chapters = slugs.length > NAMED || slugs.length === 0 ? counted(slugs.length, 'chapter') : slugs.join(', ');
  if (!envoy) return chapters;
  return `${chapters} on ${more.length > 0 ? `${run.envoys.length} Envoy versions` : `Envoy ${envoy.name}`}`;
}

/** `1 claim`, `2 claims`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** `412 ms` below a second, `4.1 s` from there. */
export function duration(ms: number): string {
  return ms < 999.5 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** A text with every line that is not empty indented. */
export function indented(text: string, spaces: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(spaces));
}
