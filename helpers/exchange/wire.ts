/** A header as on the wire, the name in its original case. */
export type RawHeader = [name: string, value: string];

/** One end of a connection, `192.0.2.1:80` or `[2001:db8::1]:80`. */
export type SocketAddress = string;
