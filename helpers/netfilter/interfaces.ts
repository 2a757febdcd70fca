/** Names that machines give to their network cards. A bridge or a tunnel has no counterpart in a lab. */
const CARD = /^(?:eth|ens|eno|enp|enx|em|wlan|wlp|wlo|bond|venet|p\d+p)[\w.]*\+?$/;

/** Where a rule or a route names an interface. */
const NAMED =
  /(?:^|\s)(?:-i|-o|--in-interface|--out-interface|dev|iifname|oifname|iif|oif)\s+(?:!=\s+)?"?([\w.+*@-]+)"?/g;

/** The network cards that rules name, in their order, `eth0` first where a program may ask for it. */
export function cardsIn(text: string): string[] {
  const named = [...text.matchAll(NAMED)].flatMap(([, name]) => (name && CARD.test(name) ? name : []));
  const spoken = [...text.matchAll(/\b(?:eth|ens|enp\d+s|eno|wlan)\d\w*/g)].map(([name]) => name);
  return [...new Set([...named, ...spoken])].map((name) => name.replace(/[+*]$/, '0'));
}

/** The sides of Envoy's host in a lab, by the names of its links; `to-+` is every link. */
export interface Sides {
  /** The link of the packets that arrive. */
  inside: string;
  /** The link of the packets that Envoy's host sends. */
  outside: string;
}

/**
 * The link of a lab for each card that rules name: where packets come in, that towards the downstream; where
 * they only go out, that towards the upstreams.
 */
export function linksOfCards(texts: string[], sides: Sides): Record<string, string> {
  const text = texts.join('\n');
  const links: Record<string, string> = {};
  for (const [, name = ''] of text.matchAll(NAMED)) {
    if (!CARD.test(name)) continue;
    const quoted = name.replaceAll(/[+.]/g, '\\$&');
    const incoming = new RegExp(`(?:-i|iifname|iif) (?:!= )?"?${quoted}"?(?:\\s|$)`, 'm').test(text);
    links[name] = incoming ? sides.inside : sides.outside;
  }
  return links;
}

/** A rule, route or set of rules with the links of a lab in place of network cards. */
export function withLinks(text: string, links: Record<string, string>): string {
  return text.replace(NAMED, (named, name: string) => {
    const link = links[name];
    return link === undefined ? named : named.replace(name, link);
  });
}
