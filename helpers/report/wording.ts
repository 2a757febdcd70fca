import type { EnvoyIdentity, EnvoyRecord, Machine } from '../record/record.ts';

/** `Envoy 1.40.0 (commit 1234567890ab, release binary)`. */
export function describeEnvoy(envoy: EnvoyIdentity): string {
  return `Envoy ${envoy.version} (commit ${envoy.commit.slice(0, 12)}, ${envoy.source})`;
}

/** `Linux 6.18.0 x86_64, iptables v1.8.11 (nf_tables), Docker 20.10.24`. */
export function describeMachine(machine: Machine): string {
  return [`Linux ${machine.kernel} ${machine.architecture}`, machine.iptables, machine.engine].join(', ');
}

/** What claims were tried on, as far as it is known. */
export function describeGround({ identity, machine }: Pick<EnvoyRecord, 'identity' | 'machine'>): string {
  const parts = [identity && describeEnvoy(identity), machine && describeMachine(machine)];
  return parts.filter((part) => part !== undefined).join(' on ') || 'no Envoy was met';
}

/** `1 claim`, `2 claims`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `412 ms` below a second, `4.1 s` from there. */
export function duration(ms: number): string {
  return ms < 999.5 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** Every line that has something moved to the right. */
export function indented(text: string, spaces: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(spaces));
}
