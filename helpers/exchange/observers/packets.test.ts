import { expect, test } from 'vitest';
import { packetsSent, resetsReceived, synsSent } from './packets.ts';

test('counts the SYNs and all packets of the downstream to port 80, of either family, and no others', () => {
  const packets = [
    'downstream 1.0 eth0  Out IP 192.0.2.10.40000 > 198.51.100.10.80: Flags [S], seq 1, win 64240, length 0',
    'router 1.1 to-downstream In  IP 192.0.2.10.40000 > 198.51.100.10.80: Flags [S], seq 1, win 64240, length 0',
    'downstream 1.2 eth0  In  IP 198.51.100.10.80 > 192.0.2.10.40000: Flags [S.], seq 9, ack 2, win 65160, length 0',
    'downstream 2.0 eth0  Out IP6 2001:db8:1::10.40000 > 2001:db8:2::10.80: Flags [S], seq 1, win 64800, length 0',
    'downstream 3.0 eth0  Out IP 192.0.2.10.40002 > 198.51.100.10.81: Flags [S], seq 1, win 64240, length 0',
    'downstream 4.0 eth0  Out IP 192.0.2.10.40001 > 198.51.100.10.80: Flags [R], seq 7, win 0, length 0',
  ];
  expect(synsSent(packets)).toBe(2);
  expect(packetsSent(packets)).toBe(3);
});

test('counts the resets that the downstream receives from port 80, of either family, but not those that it sends', () => {
  const packets = [
    'downstream 1.0 eth0  Out IP 192.0.2.10.40001 > 198.51.100.10.80: Flags [R], seq 7, win 0, length 0',
    'router 1.1 to-downstream Out IP 198.51.100.10.80 > 192.0.2.10.40000: Flags [R], seq 7, win 0, length 0',
    'downstream 1.2 eth0  In  IP 198.51.100.10.80 > 192.0.2.10.40000: Flags [R], seq 7, win 0, length 0',
    'downstream 1.3 eth0  In  IP6 2001:db8:2::10.80 > 2001:db8:1::10.40000: Flags [R.], seq 0, ack 1, win 0, length 0',
    'downstream 1.4 eth0  In  IP 198.51.100.10.81 > 192.0.2.10.40000: Flags [R], seq 7, win 0, length 0',
  ];
  expect(resetsReceived(packets)).toBe(2);
});
