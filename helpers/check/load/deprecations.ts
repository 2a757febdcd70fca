import type { LogMessage } from '../../envoy/log-kinds.ts';
import type { ConfigDocument } from '../input/config-document.ts';
import { fieldLines } from './load-error.ts';
import type { Deprecation } from './loaded.ts';

const FIELD = /^Deprecated field: type \S+ Using deprecated option '(\S+?)'/;
const VALUE = /Using (?:the default now-)?deprecated value (\S+) for enum/;

/** The name of the field or value that a message calls deprecated. */
export function deprecatedIn({ text }: LogMessage): string | undefined {
  return (FIELD.exec(text) ?? VALUE.exec(text))?.[1];
}

/** The deprecated fields of a log, each once, with their lines in the config. */
export function deprecationsIn(messages: LogMessage[], config?: ConfigDocument): Deprecation[] {
  const names = new Set(messages.flatMap((message) => deprecatedIn(message) ?? []));
  return [...names].map((field) => ({
    field,
    lines: config ? fieldLines(config, field.slice(field.lastIndexOf('.') + 1)) : [],
  }));
}
