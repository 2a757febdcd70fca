import { type Document, visit } from 'yaml';

/** Reads `0777` as Envoy does (yaml-cpp, YAML 1.1): as an octal number. */
export function readOctalNumbers(document: Document): void {
  visit(document, {
    Scalar(_, node) {
      const isNumber = typeof node.value === 'bigint' || typeof node.value === 'number';
      if (isNumber && /^[-+]?0[0-7]+$/.test(node.source ?? '')) node.value = Number.parseInt(node.source ?? '', 8);
    },
  });
}
