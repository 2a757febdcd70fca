/** Values of `e_machine` (elf(5)), in the words of `uname -m`. */
const MACHINES: Record<number, string> = { 62: 'x86_64', 183: 'aarch64' };

/** The length of the part of an ELF header that `architectureIn` reads. */
export const HEADER_BYTES = 20;

/**
 * The architecture of a Linux program, from the first bytes of its file.
 *
 * @returns undefined where the file is no 64-bit ELF file; `other` for another architecture than Envoy's releases have
 */
export function architectureIn(header: Uint8Array): string | undefined {
  const [magic, bits, order] = [Buffer.from(header.subarray(0, 4)).toString('latin1'), header[4], header[5]];
  if (header.length < HEADER_BYTES || magic !== '\x7fELF' || bits !== 2 || order !== 1) return undefined;
  return MACHINES[Buffer.from(header).readUInt16LE(18)] ?? 'other';
}
