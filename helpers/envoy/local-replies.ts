/**
 * The body of Envoy's 503 for a refused upstream connection.
 *
 * @param hidden whether the body omits the transport failure reason, `CHANGES.hiddenFailureReason`
 */
export function connectionRefusedBody(hidden: boolean): string {
  const body = 'upstream connect error or disconnect/reset before headers. reset reason: remote connection failure';
  return hidden ? body : `${body}, transport failure reason: delayed connect error: Connection refused`;
}
