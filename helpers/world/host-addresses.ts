/** The addresses of a name, by the order of names: of the range for benchmarks (RFC 2544) and documentation. */
export function addressesOfName(index: number): [ipv4: string, ipv6: string] {
  const number = index + 1;
  return [`198.19.${number >> 8}.${number & 255}`, `2001:db8:19::${number.toString(16)}`];
}

/** Gives each name addresses of its own. */
export class HostNames {
  readonly table: Record<string, string[]> = {};

  addressesOf(name: string): string[] {
    const known = this.table[name] ?? addressesOfName(Object.keys(this.table).length);
    this.table[name] = known;
    return known;
  }
}
