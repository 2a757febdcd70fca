/** The 503 body for a refused connection, `hidden` since `CHANGES.hideTransportFailureReason`. */
export function connectionRefusedBody(hidden: boolean): string {
  const body = 'upstream connect error or disconnect/reset before headers. reset reason: remote connection failure';
  return hidden ? body : `${body}, transport failure reason: delayed connect error: Connection refused`;
}
