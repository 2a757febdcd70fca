/**
 * The reason of a crash in Envoy's log: the first message of its signal handler, its terminate handler
 * or a failed assertion. The backtrace follows it. Undefined where the log has none, as after SIGKILL.
 *
 * Source: source/server/backtrace.h, source/exe/terminate_handler.cc, source/common/common/assert.cc.
 */
export function crashReason(log: string): string | undefined {
  const reasons = [...log.matchAll(/^\[[^\]]+\]\[\d+\]\[critical\]\[(?:backtrace|assert|main)\] \[[^\]]+\] (.*)$/gm)];
  const found = reasons.map(([, text = '']) => text).find((text) => REASON.test(text));
  return found?.replace(/, see trace\.$/, '');
}

const REASON = /^(Caught |std::terminate called|assert failure|panic: )/;
