/**
 * The body of the 503 that Envoy writes when a connection to the upstream is refused.
 *
 * @param hidden whether it keeps the transport failure reason to itself, `CHANGES.hiddenFailureReason`
 */
export function connectionRefusedBody(hidden: boolean): string {
  const body = 'upstream connect error or disconnect/reset before headers. reset reason: remote connection failure';
  return hidden ? body : `${body}, transport failure reason: delayed connect error: Connection refused`;
}
