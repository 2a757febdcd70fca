import { createHash } from 'node:crypto';

/** The longest name of a link: IFNAMSIZ without the final zero (netdevice(7)). */
const LONGEST = 15;

/** The end on Envoy's host of the veth pair to another host: `to-blue`. A long name is cut, and a digest added. */
export function linkTo(host: string): string {
  const link = `to-${host}`;
  if (link.length <= LONGEST) return link;
  const digest = createHash('sha256').update(host).digest('hex').slice(0, 4);
  return `${link.slice(0, LONGEST - digest.length - 1)}-${digest}`;
}
